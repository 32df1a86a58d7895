"""Finds all patterns of a lexicon in a text, in time that grows with its length only.

The patterns are divided among a few machines whose deterministic states are built on first use and kept (as in RE2), so
no text can make them slow by backtracking. A gap (``~4``) makes many states out of few words, and those of two patterns
multiply within one machine but only add up over two: hence the division.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from holdfast.crisis.phrases import ANY, BOUNDARIES, Node, has_gap, longest, opening

#: Among so many machines the patterns with gaps are divided.
GAP_MACHINES = 4
CACHE_STATES = 15_000  # of one machine
CACHE_WORDS = 100_000
LONGEST_CACHED = 40  # letters; what is longer is no word, and would only fill the memory


class Hit(NamedTuple):
    """Pattern number ``pattern`` matches some words that end before position ``end``."""

    pattern: int
    end: int


class Automaton:
    """All patterns at once. ``find`` is safe from several threads: what is cached is only ever added or replaced."""

    def __init__(self, trees: Sequence[Node]) -> None:
        plain = [number for number, tree in enumerate(trees) if not has_gap(tree)]
        # Patterns that begin alike wait in the same states, so they belong together.
        gapped = sorted((opening(tree), number) for number, tree in enumerate(trees) if has_gap(tree))
        share = -(-len(gapped) // GAP_MACHINES) or 1
        parts = [plain, *([n for _, n in gapped[at : at + share]] for at in range(0, len(gapped), share))]
        self._machines = [_Machine([trees[number] for number in part], part) for part in parts if part]
        self._place = {
            number: (machine, own)
            for machine in self._machines
            for own, number in enumerate(machine.numbers)
        }  # fmt: skip

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every pattern that ends at every position, in the order of the words, then of the patterns."""
        hits = [hit for machine in self._machines for hit in machine.find(words)]
        hits.sort(key=_place)
        return hits

    def starts(self, hit: Hit, words: Sequence[str]) -> list[int]:
        """The positions at which a match of the hit may begin, the earliest first."""
        machine, own = self._place[hit.pattern]
        return machine.starts(own, hit.end, words)


def _place(hit: Hit) -> tuple[int, int]:
    return hit.end, hit.pattern


class _State:
    __slots__ = ("accepts", "following", "items")

    def __init__(self, items: frozenset[int], accepts: tuple[int, ...]) -> None:
        self.items = items
        self.accepts = accepts
        self.following: dict[int, _State] = {}


class _Machine:
    """Some patterns as one automaton; ``numbers`` are those by which the others know them."""

    def __init__(self, trees: Sequence[Node], numbers: Sequence[int]) -> None:
        self.numbers = tuple(numbers)
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
        self._accepting_items = frozenset(self._accepting)
        self._moves: list[dict[str, tuple[int, ...]]] = [
            {
                symbol: tuple({item for target in targets for item in self._closures[target]})
                for symbol, targets in edges.items()
            }
            for edges in self._edges
        ]
        moving: dict[str, set[int]] = {}
        for item, moves in enumerate(self._moves):
            for symbol in moves:
                moving.setdefault(symbol, set()).add(item)
        self._moving = {symbol: frozenset(items) for symbol, items in moving.items()}
        self._prefixes = {symbol[:-1] for symbol in self._moving if symbol.endswith("*")}
        lengths = [len(prefix) for prefix in self._prefixes]
        self._prefix_lengths = range(min(lengths, default=0), max(lengths, default=-1) + 1)
        self._opening: dict[str, set[int]] = {}
        for start in self._starts:
            for state in self._closures[start]:
                for symbol, reached in self._moves[state].items():
                    self._opening.setdefault(symbol, set()).update(reached)
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
            if word in self._moving:
                symbols.append(word)
            symbols.extend(
                f"{word[:n]}*" for n in self._prefix_lengths if n <= len(word) and word[:n] in self._prefixes
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
        if len(word) <= LONGEST_CACHED:
            self._classes[word] = number
        return number

    def _step(self, state: _State, number: int) -> _State:
        items: set[int] = set()
        for symbol in self._class_symbols[number]:
            items |= self._opening.get(symbol, frozenset())
            for item in self._moving.get(symbol, frozenset()) & state.items:
                items.update(self._moves[item][symbol])
        key = frozenset(items)
        following = self._states.get(key)
        if following is None:
            if len(self._states) > CACHE_STATES:
                self._states = {}
                self._root = _State(frozenset(), ())
            accepts = tuple(sorted(self.numbers[self._accepting[item]] for item in key & self._accepting_items))
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

    def starts(self, pattern: int, end: int, words: Sequence[str]) -> list[int]:
        """Where a match of the machine's own pattern number ``pattern`` that ends at ``end`` may begin."""
        table = self._reversed.get(pattern)
        if table is None:
            table = self._reverse(pattern)
        start = self._starts[pattern]
        final = next(s for s in range(self._first[pattern], self._first[pattern + 1]) if s in self._accepting)
        active = {final}
        found: list[int] = []
        for position in range(end - 1, max(-1, end - 1 - self._lengths[pattern]), -1):
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
