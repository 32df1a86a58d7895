"""Cuts a message into sentence windows, so that one sentence of risk is not drowned by the hundred around it.

Pure; time grows with the length of the text (times its logarithm, past the limit). Sentences end at . ! ? and their kin
in other scripts, at a semicolon, a line break or an emoji, also where no space follows ("no!i cant"). What is in doubt
is cut: the pairs of neighbors put it together again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import accumulate, pairwise
from typing import NamedTuple

# Runs of two disjoint character classes: matching never goes back. Emoji and their joiners count as ends, too.
_EMOJI = "\U0001f1e6-\U0001faff\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3"
_MARKS = f".!?;\u2026\u203c\u2047-\u2049\u3002\uff01\uff1f\uff1b\uff0e\uff61\u061f\u061b\u06d4\u0964{_EMOJI}"
_END = re.compile(f"[{_MARKS}]+[\"'\u2019\u201d\u00bb)\\]}}*~]*")
_ABBREVIATIONS = frozenset(
    ["dr", "dra", "mr", "mrs", "ms", "prof", "sr", "sra", "srta", "st", "ud", "uds", "vs", "e.g", "i.e", "p.ej"]
)
_OPENERS = "\"'\u2018\u201c\u00ab([{*_~\u00bf\u00a1"


class Span(NamedTuple):
    """A stretch of words, from the first to before the last."""

    first: int
    last: int


def windows(text: str, *, max_chars: int = 240, limit: int = 24) -> list[str]:
    """Cut a text into at most `limit` windows that together hold all its words, in the order of the text.

    Each sentence is a window of its own, and so is a pair of neighbors of at most two thirds of `max_chars`. A sentence
    of more than `max_chars` characters becomes windows of whole words that overlap by up to a third. White space is
    narrowed to single spaces; a word longer than `max_chars` is cut into pieces; equal windows are given once.

    More than `limit` windows: the longest pairs go first. If the sentences alone are too many, the neighbors that are
    shortest together are merged, so that everything is still covered and most sentences still stand alone when the text
    is only a little too long. No window is longer than `max_chars`, or, after merging, than twice the characters of all
    sentences divided by `limit`: about `2 * len(text) / limit`, and up to three times that where sentences overlap or
    lack spaces between them.

    Nothing but white space gives an empty list. Raises ValueError for max_chars < 16 or limit < 1.
    """
    if max_chars < 16 or limit < 1:
        raise ValueError(f"windows needs max_chars of at least 16 and a limit of at least 1, not {max_chars}, {limit}")
    words, sentences = _sentences(text, max_chars)
    layout = _Layout(words)
    singles = [span for sentence in sentences for span in _pieces(sentence, layout, max_chars)]
    distinct = layout.distinct(singles)
    if len(distinct) > limit:
        return [layout.text(span) for span in layout.distinct(_merge(singles, layout, limit))]
    joined = (Span(one.first, two.last) for one, two in pairwise(sentences))
    pairs = layout.distinct(pair for pair in joined if layout.length(pair) <= max_chars * 2 // 3)
    # Short sentences need their neighbors most ("Tonight."), so with little room the short pairs stay.
    kept = sorted(pairs, key=layout.length)[: limit - len(distinct)]
    return [layout.text(span) for span in layout.distinct(sorted([*distinct, *kept]))]


class _Layout:
    """The words of a text with their places, so that the length of any stretch costs nothing to ask for."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._offsets = [0, *accumulate(len(word) + 1 for word in words)]

    def length(self, span: Span) -> int:
        return self._offsets[span.last] - self._offsets[span.first] - 1

    def text(self, span: Span) -> str:
        return " ".join(self._words[span.first : span.last])

    def end_within(self, first: int, chars: int) -> int:
        """Give the end of the longest span from `first` that has at most `chars` characters."""
        return bisect_right(self._offsets, self._offsets[first] + chars + 1) - 1

    def distinct(self, spans: Iterable[Span]) -> list[Span]:
        """Drop spans that read like one before them: a line sent fifty times is one window."""
        return list({self.text(span): span for span in reversed(list(spans))}.values())[::-1]


def _sentences(text: str, max_chars: int) -> tuple[list[str], list[Span]]:
    """Give the words of a text and its sentences as spans over them."""
    words: list[str] = []
    sentences: list[Span] = []
    for line in text.splitlines():
        start = len(words)
        open_first = start
        visible = False  # has the open sentence a letter or digit yet?
        ended = False
        for token in line.split():
            for atom, ends in _atoms(token, at_start=len(words) == start):
                spoken = any(map(str.isalnum, atom))
                if ended and spoken and visible:
                    sentences.append(Span(open_first, len(words)))
                    open_first, visible = len(words), False
                words.extend(_sliced(atom, max_chars))
                visible = visible or spoken
                # Marks that stand alone (" !!", an emoji) end the sentence before them and open none.
                ended = ends or (ended and not spoken)
        if len(words) > open_first:
            sentences.append(Span(open_first, len(words)))
    return words, _speaking(sentences, words)


def _speaking(sentences: list[Span], words: list[str]) -> list[Span]:
    """Join lines that have no letter or digit (rules, lone emoji) to the sentence before them, or else after them."""
    joined: list[Span] = []
    carried: int | None = None
    for span in sentences:
        if any(any(map(str.isalnum, word)) for word in words[span.first : span.last]):
            joined.append(Span(span.first if carried is None else carried, span.last))
            carried = None
        elif joined:
            joined[-1] = Span(joined[-1].first, span.last)
        elif carried is None:
            carried = span.first
    return joined if carried is None else [Span(carried, len(words))]


def _atoms(token: str, *, at_start: bool) -> Iterator[tuple[str, bool]]:
    """Cut a word where a sentence ends inside it; with each piece, whether a sentence ends after it."""
    begin = 0
    for match in _END.finditer(token):
        before, marks, after = token[begin : match.start()], match.group(), token[match.end() : match.end() + 1]
        if after and not _breaks_inside(before, marks, after):
            continue
        if not after and marks == "." and _is_abbreviation(before, at_start=at_start and begin == 0):
            continue
        yield token[begin : match.end()], True
        begin = match.end()
    if begin < len(token):
        yield token[begin:], False


def _breaks_inside(before: str, marks: str, after: str) -> bool:
    """Say whether marks inside a word end a sentence: not in 2.5, U.S.A or example.org, but in ok.I and no!i."""
    if marks.strip(".") == "" and len(marks) == 1:
        return (after.isupper() or after in "\u00bf\u00a1") and len(before.rpartition(".")[2]) > 1
    return after.isalpha() or after in _OPENERS


def _is_abbreviation(before: str, *, at_start: bool) -> bool:
    """Say whether a full stop after this word ends no sentence: Dr., e.g., or the number of a list entry."""
    return before.lstrip(_OPENERS).lower() in _ABBREVIATIONS or (at_start and before.isdigit())


def _sliced(word: str, max_chars: int) -> list[str]:
    """Cut a word that fits no window (a script without spaces, a key held down) into quarters of one."""
    if len(word) <= max_chars:
        return [word]
    size = (max_chars - 3) // 4  # four of them and the spaces between
    return [word[start : start + size] for start in range(0, len(word), size)]


def _pieces(sentence: Span, layout: _Layout, max_chars: int) -> Iterator[Span]:
    """Give the sentence itself, or overlapping stretches of its words where it is too long."""
    first = sentence.first
    while True:
        last = min(layout.end_within(first, max_chars), sentence.last)
        yield Span(first, last)
        if last == sentence.last:
            return
        # Go back by up to a third, but no further than leaves room for the next word.
        first = last
        while (
            layout.length(Span(first - 1, last)) <= max_chars // 3
            and layout.length(Span(first - 1, last + 1)) <= max_chars
        ):
            first -= 1


def _merge(spans: list[Span], layout: _Layout, limit: int) -> list[Span]:
    """Join the two neighbors that are shortest together, again and again, until at most `limit` spans are left."""
    merged = dict(enumerate(spans))
    right = {place: place + 1 for place in range(len(spans) - 1)}
    left = {after: place for place, after in right.items()}

    def candidate(one: int, two: int) -> tuple[int, int, int]:
        return layout.length(Span(merged[one].first, merged[two].last)), one, two

    heap = [candidate(one, two) for one, two in right.items()]
    heapify(heap)
    while len(merged) > limit:
        entry = heappop(heap)
        _, one, two = entry
        if right.get(one) != two or candidate(one, two) != entry:
            continue  # one of the two has been joined to another since
        merged[one] = Span(merged[one].first, merged.pop(two).last)
        del right[one]
        if two in right:
            right[one] = right.pop(two)
            left[right[one]] = one
            heappush(heap, candidate(one, right[one]))
        if one in left:
            heappush(heap, candidate(left[one], one))
    return list(merged.values())
