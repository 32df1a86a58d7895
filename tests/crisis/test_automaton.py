"""Every pattern is found wherever a plain reading of its tree finds it, however the patterns are divided."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.crisis.automaton import GAP_MACHINES, Automaton, Hit
from holdfast.crisis.phrases import ANY, BOUNDARIES, END, START, Node, has_gap, may_be_empty, opening, parse

WORDS = ("i", "want", "wanted", "to", "die", ".", "?")


def tree(pattern: str) -> Node:
    return parse(pattern, {}, lambda word: (word,))


def ends(node: Node, words: Sequence[str], start: int) -> set[int]:
    """Where matches that begin at ``start`` end: the meaning of a tree, read off its shape."""
    kind, parts, symbols = node
    if kind == "word":
        return {start + 1} if start < len(words) and fits(words[start], symbols) else set()
    if kind == "opt":
        return {start, *ends(parts[0], words, start)}
    if kind == "alt":
        return set().union(*(ends(part, words, start) for part in parts))
    reached = {start}
    for part in parts:
        reached = set().union(*(ends(part, words, place) for place in reached)) if reached else set()
    return reached


def fits(word: str, symbols: Sequence[str]) -> bool:
    if word in BOUNDARIES:
        return word in symbols
    return any(symbol in (ANY, word) or (symbol.endswith("*") and word.startswith(symbol[:-1])) for symbol in symbols)


def words_of_a_pattern() -> st.SearchStrategy[str]:
    word = st.sampled_from(["i", "want*", "want", "to", "die", "~1", "~3", "^", "$", "[?]"])
    part = st.recursive(
        word,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda found: f"({' '.join(found)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda found: f"({'|'.join(found)})"),
            inner.map(lambda found: f"({found})?"),
        ),
        max_leaves=6,
    )
    return st.lists(part, min_size=1, max_size=3).map(" ".join)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(words_of_a_pattern(), min_size=1, max_size=8),
    st.lists(st.sampled_from(WORDS), max_size=12),
)
def test_it_finds_what_the_trees_mean_and_where_it_begins(patterns: list[str], said: list[str]) -> None:
    trees = [found for found in map(tree, patterns) if not may_be_empty(found)]
    words = [START, *said, END]
    automaton = Automaton(trees)
    begun = {
        (number, start, end)
        for number, each in enumerate(trees)
        for start in range(len(words))
        for end in ends(each, words, start)
    }
    hits = automaton.find(words)
    assert set(hits) == {Hit(number, end) for number, _, end in begun}
    assert len(set(hits)) == len(hits)
    assert [hit.end for hit in hits] == sorted(hit.end for hit in hits)
    found = {(hit.pattern, start, hit.end) for hit in hits for start in automaton.starts(hit, words)}
    assert found == begun


def test_what_was_found_before_is_found_again() -> None:
    automaton = Automaton([tree("i ~2 die"), tree("to die"), tree("want* ~1 to")])
    words = [START, "i", "want", "to", "die", END]
    first = automaton.find(words)
    assert [tuple(hit) for hit in first] == [(2, 4), (0, 5), (1, 5)]
    assert automaton.find(words) == first


class Counted(str):
    """Counts how often a piece of it is taken."""

    cuts = 0

    def __getitem__(self, key: object) -> str:
        Counted.cuts += 1
        return super().__getitem__(key)  # type: ignore[index]


def test_a_word_of_any_length_is_looked_at_briefly_and_not_kept_g1() -> None:
    """A text of one long word must not hold up everybody else, nor stay in memory (G7)."""
    automaton = Automaton([tree("want* ~1 to"), tree("kill*")])
    word = Counted("a" * 100_000)
    assert automaton.find([START, word, END]) == []
    assert 0 < Counted.cuts < 50
    assert all(word not in machine._classes for machine in automaton._machines)


def test_many_patterns_with_gaps_are_divided_and_keep_their_numbers() -> None:
    names = [f"w{letter}" for letter in "abcdefghij"]
    automaton = Automaton([tree(f"{name} ~2 end") for name in names] + [tree("plain end")])
    assert len(automaton._machines) == GAP_MACHINES + 1
    for number, name in enumerate(names):
        assert automaton.find([START, name, "x", "end", END]) == [Hit(number, 4)]
    assert automaton.find([START, "plain", "end", END]) == [Hit(len(names), 3)]


def test_where_a_pattern_has_a_gap_and_how_it_opens() -> None:
    assert has_gap(tree("a (b|c ~1) d"))
    assert not has_gap(tree("a (b|c) d?"))
    assert opening(tree("(a|b) c")) == "a"
