"""Phrase patterns over words: a small readable syntax, and one automaton that finds all of them in linear time.

The syntax is explained in docs/detector.md. All patterns of a lexicon are merged into one automaton whose
deterministic states are built on first use and kept (as in RE2), so a text is read once, whatever the number of
patterns, and no text can make it slow by backtracking.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

START, END, STOP, QUESTION = "^^", "$$", ".", "?"
BOUNDARIES = frozenset({START, END, STOP, QUESTION})
ANY = "~"
LONGEST_GAP = 12
LONGEST_PATTERN = 60
CACHE_STATES = 15_000
CACHE_WORDS = 100_000

_LEXEMES = re.compile(
    r"\s*(?:(?P<gap>~\d+)|(?P<macro><[a-z_]+>)|(?P<mark>\^\^?|\$\$?|\[\?\])|(?P<punct>[()|?])|(?P<word>(?:[^\W_]|['\u0300-\u036f\u0900-\u0963\u0966-\u097f])+\*?))"
)


class PatternError(ValueError):
    """A pattern cannot be read; the message says what is wrong with it."""


# A pattern as a tree: nested tuples, so that equal parts compare equal.
Node = tuple[str, tuple["Node", ...], tuple[str, ...]]


def _node(kind: str, parts: Iterable[Node] = (), symbols: Iterable[str] = ()) -> Node:
    return (kind, tuple(parts), tuple(symbols))


def _alternatives(options: list[Node]) -> Node:
    """Any of the options; single words among them become one step, which keeps the automaton small."""
    flat: list[Node] = []
    for option in options:
        flat.extend(option[1] if option[0] == "alt" else [option])
    symbols = tuple(dict.fromkeys(symbol for kind, _, words in flat if kind == "word" for symbol in words))
    rest = list(dict.fromkeys(option for option in flat if option[0] != "word"))
    merged = [_node("word", (), symbols), *rest] if symbols else rest
    return merged[0] if len(merged) == 1 else _node("alt", merged)


class _Parser:
    def __init__(
        self,
        pattern: str,
        macros: Mapping[str, Node],
        words: Callable[[str], Sequence[str]],
        variants: Callable[[str], Sequence[str]],
    ) -> None:
        self.pattern = pattern
        self.macros = macros
        self.words = words
        self.variants = variants
        self.lexemes: list[tuple[str, str]] = []
        at = 0
        text = pattern.rstrip()
        while at < len(text):
            match = _LEXEMES.match(text, at)
            if match is None or match.end() == at:
                raise PatternError(f"cannot read {text[at : at + 12]!r} in {pattern!r}")
            kind = match.lastgroup or ""
            self.lexemes.append((kind, match.group(kind)))
            at = match.end()
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else ("", "")

    def parse(self) -> Node:
        tree = self.alternatives()
        if self.at != len(self.lexemes):
            raise PatternError(f"unbalanced {self.peek()[1]!r} in {self.pattern!r}")
        return tree

    def alternatives(self) -> Node:
        options = [self.sequence()]
        while self.peek() == ("punct", "|"):
            self.at += 1
            options.append(self.sequence())
        return _alternatives(options)

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek()[0] and self.peek() not in (("punct", "|"), ("punct", ")")):
            part = self.atom()
            if self.peek() == ("punct", "?"):
                self.at += 1
                part = _node("opt", [part])
            parts.append(part)
        if not parts:
            raise PatternError(f"an empty alternative in {self.pattern!r}")
        return parts[0] if len(parts) == 1 else _node("seq", parts)

    def atom(self) -> Node:
        kind, value = self.peek()
        self.at += 1
        if kind == "gap":
            length = int(value[1:])
            if not 1 <= length <= LONGEST_GAP:
                raise PatternError(f"a gap must be 1 to {LONGEST_GAP} words, not {value!r}, in {self.pattern!r}")
            return _node("seq", [_node("opt", [_node("word", (), [ANY])])] * length)
        if kind == "macro":
            try:
                return self.macros[value[1:-1]]
            except KeyError:
                raise PatternError(f"unknown macro {value} in {self.pattern!r}") from None
        if kind == "mark":
            symbols = {
                "^^": [START],
                "$$": [END],
                "^": [START, STOP, QUESTION],
                "$": [END, STOP, QUESTION],
                "[?]": [QUESTION],
            }
            return _node("word", (), symbols[value])
        if kind == "word":
            if value.endswith("*"):
                stem = value[:-1] if value.isascii() else "".join(self.words(value[:-1]))
                return _node("word", (), [f"{each}*" for each in self.variants(stem)])
            parts = [_node("word", (), self.variants(word)) for word in self.words(value)]
            return parts[0] if len(parts) == 1 else _node("seq", parts)
        if (kind, value) == ("punct", "("):
            tree = self.alternatives()
            if self.peek() != ("punct", ")"):
                raise PatternError(f"a parenthesis is not closed in {self.pattern!r}")
            self.at += 1
            return tree
        raise PatternError(f"{value!r} has no place in {self.pattern!r}")


def _as_written(word: str) -> Sequence[str]:
    return (word,)


def parse(
    pattern: str,
    macros: Mapping[str, Node],
    words: Callable[[str], Sequence[str]],
    variants: Callable[[str], Sequence[str]] = _as_written,
) -> Node:
    """The tree of a pattern. Raises PatternError.

    ``words`` gives the normalized form of a written word, ``variants`` the forms under which such a word is found.
    """
    if not pattern.strip():
        raise PatternError("an empty pattern")
    return _Parser(pattern, macros, words, variants).parse()


def longest(node: Node) -> int:
    """The number of words that the longest match of a tree has."""
    kind, parts, _ = node
    if kind == "word":
        return 1
    lengths = [longest(part) for part in parts]
    return max(lengths) if kind == "alt" else sum(lengths)


def may_be_empty(node: Node) -> bool:
    """Whether a tree matches no words at all."""
    kind, parts, _ = node
    if kind == "word":
        return False
    if kind == "opt":
        return True
    return (any if kind == "alt" else all)(may_be_empty(part) for part in parts)


def check(node: Node) -> None:
    """Raises PatternError when a tree matches no words at all, or too many."""
    if may_be_empty(node):
        raise PatternError("the pattern matches no words at all")
    if longest(node) > LONGEST_PATTERN:
        raise PatternError(f"the pattern may match more than {LONGEST_PATTERN} words")


class Hit(NamedTuple):
    """Pattern number ``pattern`` matches some words that end before position ``end``."""

    pattern: int
    end: int


class _State:
    __slots__ = ("accepts", "following", "items")

    def __init__(self, items: frozenset[int], accepts: tuple[int, ...]) -> None:
        self.items = items
        self.accepts = accepts
        self.following: dict[int, _State] = {}


class Automaton:
    """All patterns at once. ``find`` is safe from several threads: what is cached is only ever added or replaced."""

    def __init__(self, trees: Sequence[Node]) -> None:
        self._edges: list[dict[str, list[int]]] = []
        self._epsilon: list[list[int]] = []
        self._accepting: dict[int, int] = {}
        self._starts: list[int] = []
        self._first: list[int] = []
        self._lengths = [longest(tree) for tree in trees]
        for number, tree in enumerate(trees):
            self._first.append(len(self._edges))
            start = self._new()
            self._accepting[self._build(tree, start)] = number
            self._starts.append(start)
        self._first.append(len(self._edges))
        self._closures = [self._closure(state) for state in range(len(self._edges))]
        self._symbols = {symbol for edges in self._edges for symbol in edges}
        self._prefixes = {symbol[:-1] for symbol in self._symbols if symbol.endswith("*")}
        self._shortest_prefix = min((len(prefix) for prefix in self._prefixes), default=0)
        self._opening: dict[str, set[int]] = {}
        for start in self._starts:
            for state in self._closures[start]:
                for symbol, targets in self._edges[state].items():
                    for target in targets:
                        self._opening.setdefault(symbol, set()).update(self._closures[target])
        self._reversed: dict[int, dict[int, list[tuple[str, int]]]] = {}
        self._root = _State(frozenset(), ())
        self._states: dict[frozenset[int], _State] = {}
        self._classes: dict[str, int] = {}
        self._numbering = threading.Lock()
        self._class_symbols: list[tuple[str, ...]] = []
        self._class_numbers: dict[tuple[str, ...], int] = {}

    def _new(self) -> int:
        self._edges.append({})
        self._epsilon.append([])
        return len(self._edges) - 1

    def _build(self, node: Node, start: int) -> int:
        kind, parts, symbols = node
        if kind == "word":
            end = self._new()
            for symbol in symbols:
                self._edges[start].setdefault(symbol, []).append(end)
            return end
        if kind == "seq":
            for part in parts:
                start = self._build(part, start)
            return start
        # Patterns have no loops, so alternatives may leave from the same state.
        end = self._new()
        for part in parts:
            self._epsilon[self._build(part, start)].append(end)
        if kind == "opt":
            self._epsilon[start].append(end)
        return end

    def _closure(self, state: int) -> tuple[int, ...]:
        seen = {state}
        todo = [state]
        while todo:
            for target in self._epsilon[todo.pop()]:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        # Only states that lead on by a word, or accept, matter.
        return tuple(sorted(item for item in seen if self._edges[item] or item in self._accepting))

    def _class(self, word: str) -> int:
        """The number of the word's class; words that satisfy the same symbols are the same to the automaton."""
        if word in self._classes:
            return self._classes[word]
        if word in BOUNDARIES:
            found: tuple[str, ...] = (word,)
        else:
            symbols = [ANY]
            if word in self._symbols:
                symbols.append(word)
            symbols.extend(
                f"{word[:n]}*" for n in range(self._shortest_prefix, len(word) + 1) if word[:n] in self._prefixes
            )
            found = tuple(symbols)
        if len(self._classes) > CACHE_WORDS:
            self._classes = {}
        number = self._class_numbers.get(found)
        if number is None:
            with self._numbering:
                number = self._class_numbers.get(found)
                if number is None:
                    number = len(self._class_symbols)
                    self._class_symbols.append(found)
                    self._class_numbers[found] = number
        self._classes[word] = number
        return number

    def _step(self, state: _State, number: int) -> _State:
        items: set[int] = set()
        for symbol in self._class_symbols[number]:
            items |= self._opening.get(symbol, set())
            for item in state.items:
                for target in self._edges[item].get(symbol, ()):
                    items.update(self._closures[target])
        key = frozenset(items)
        following = self._states.get(key)
        if following is None:
            if len(self._states) > CACHE_STATES:
                self._states = {}
                self._root = _State(frozenset(), ())
            accepts = tuple(sorted({self._accepting[item] for item in key if item in self._accepting}))
            following = self._states[key] = _State(key, accepts)
        state.following[number] = following
        return following

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every pattern that ends at every position, in the order of the words."""
        hits: list[Hit] = []
        state = self._root
        classes = self._classes
        for position, word in enumerate(words):
            number = classes.get(word)
            if number is None:
                number = self._class(word)
            state = state.following.get(number) or self._step(state, number)
            if state.accepts:
                end = position + 1
                for pattern in state.accepts:
                    hits.append(Hit(pattern, end))
        return hits

    def starts(self, hit: Hit, words: Sequence[str]) -> list[int]:
        """The positions at which a match of the hit may begin, the earliest first."""
        table = self._reversed.get(hit.pattern)
        if table is None:
            table = self._reverse(hit.pattern)
        start = self._starts[hit.pattern]
        final = next(s for s in range(self._first[hit.pattern], self._first[hit.pattern + 1]) if s in self._accepting)
        active = {final}
        found: list[int] = []
        for position in range(hit.end - 1, max(-1, hit.end - 1 - self._lengths[hit.pattern]), -1):
            symbols = self._class_symbols[self._class(words[position])]
            active = {before for item in active for symbol, before in table.get(item, ()) if symbol in symbols}
            if not active:
                break
            if start in active:
                found.append(position)
        return sorted(found)

    def _reverse(self, pattern: int) -> dict[int, list[tuple[str, int]]]:
        """For each state the words and states that lead to it, empty steps already taken."""
        table: dict[int, list[tuple[str, int]]] = {}
        start = self._starts[pattern]
        for state in range(self._first[pattern], self._first[pattern + 1]):
            before = [state, start] if state != start and state in self._closures[start] else [state]
            for symbol, targets in self._edges[state].items():
                for target in targets:
                    for item in self._closures[target]:
                        table.setdefault(item, []).extend((symbol, other) for other in before)
        self._reversed[pattern] = table
        return table
