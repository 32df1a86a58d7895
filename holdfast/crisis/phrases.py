"""Phrase patterns over words: a small readable syntax, explained in docs/detector.md, read into trees.

``automaton.py`` finds all patterns of a lexicon in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

START, END, STOP, QUESTION = "^^", "$$", ".", "?"
BOUNDARIES = frozenset({START, END, STOP, QUESTION})
ANY = "~"
LONGEST_GAP = 12
LONGEST_PATTERN = 60

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


def has_gap(node: Node) -> bool:
    """Whether a tree holds a gap, where any word may stand."""
    _, parts, symbols = node
    return ANY in symbols or any(has_gap(part) for part in parts)


def opening(node: Node) -> str:
    """The first word that a tree names."""
    kind, parts, symbols = node
    return symbols[0] if kind == "word" else opening(parts[0])


def check(node: Node) -> None:
    """Raises PatternError when a tree matches no words at all, or too many."""
    if may_be_empty(node):
        raise PatternError("the pattern matches no words at all")
    if longest(node) > LONGEST_PATTERN:
        raise PatternError(f"the pattern may match more than {LONGEST_PATTERN} words")
