"""One written word at a time: its plain form, and what a disguised or mistyped one stands for."""

from __future__ import annotations

import re
from typing import Any

from holdfast.crisis.characters import FOREIGN_LETTER

Words = tuple[str, ...]

#: Stands for a word in a script that no phrase is written in.
FOREIGN = "qq"
LONGEST_WORD = 40
CACHE_WORDS = 50_000

_STRETCHED = re.compile(r"([a-z])\1{2,}")
_INNER = re.compile(r"[^a-z0-9]+")
_LEET = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "9": "g",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "l",
    "+": "t",
}


class NormalizeError(RuntimeError):
    """The normalizer's data is wrong; the message names the file, the key and the remedy."""


class Speller:
    """The tables of ``data/normalize.yml`` that work on single words. Safe to use from several threads."""

    def __init__(self, data: dict[str, Any], file: str) -> None:
        self._critical: frozenset[str] = frozenset(data["critical"])
        self._replacements: dict[str, Words] = {
            str(key): tuple(str(value).split()) for key, value in data["words"].items()
        }
        self._check(data, file)
        self._known = self._critical | frozenset(self._replacements)
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self._critical):
            self._by_length.setdefault(len(word), []).append(word)
        self._longest = max(map(len, self._critical))
        self._near = self._neighbors(data["fuzzy"])
        self._innocent = frozenset(data["innocent"])
        self._glued = re.compile("|".join(sorted(data["glue"])))
        self._core = re.compile("|".join(sorted(word for word in self._critical if len(word) > 2)))
        self._cache: dict[str, tuple[Words, Words]] = {}

    def _check(self, data: dict[str, Any], file: str) -> None:
        """Normalizing twice must change nothing, so no replacement may contain what is replaced."""
        for table in ("words", "phrases"):
            for key, value in data[table].items():
                for word in str(value).split():
                    if word in self._replacements or _STRETCHED.search(word) or _INNER.search(word):
                        raise NormalizeError(
                            f"{file}: {table}: {key!r} becomes {value!r}, but {word!r} is itself replaced or not plain "
                            "letters. Write its final form."
                        )

    @staticmethod
    def _neighbors(words: list[str]) -> dict[str, str]:
        """Every string one slip away from a word (a letter missing, doubled, swapped or wrong), and the word."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        near: dict[str, str] = {}
        for word in words:
            cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
            slips = {head + tail[1:] for head, tail in cuts[1:] if tail}
            slips |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
            slips |= {head + letter + tail[1:] for head, tail in cuts[1:] if tail for letter in letters}
            slips |= {head + letter + tail for head, tail in cuts[1:] for letter in letters}
            for slip in slips:
                near.setdefault(slip, word)
        for word in words:
            near[word] = word
        return near

    def read(self, lexeme: str) -> tuple[Words, Words]:
        """The plain and the repaired words of a lexeme; the same object twice when there is nothing to repair."""
        found = self._cache.get(lexeme)
        if found is None:
            plain = self._plain_words(lexeme)
            repaired = self._repair(lexeme)
            found = (plain, plain if repaired is None or repaired == plain else repaired)
            if len(self._cache) >= CACHE_WORDS:
                self._cache = {}
            if len(lexeme) <= LONGEST_WORD:
                self._cache[lexeme] = found
        return found

    def join(self, letters: str) -> Words | None:
        """The words that letters written one by one stand for, when they are of the critical list."""
        for one in ("i", "l") if "1" in letters else ("i",):
            plain = "".join(one if char == "1" else _LEET.get(char, char) for char in letters)
            found = self._segment(plain) if self._core.search(plain) else None
            if found:
                return found
        return None

    def _plain_words(self, lexeme: str) -> Words:
        if FOREIGN_LETTER in lexeme:
            return (FOREIGN,)
        bare = lexeme.replace("'", "")
        if bare.isalnum() or lexeme in self._replacements:
            return self.words_of(lexeme.strip("'"))
        return tuple(word for part in _INNER.split(bare) if part for word in self.words_of(part))

    def words_of(self, written: str) -> Words:
        """The plain form of one written word: contraction and abbreviation spelled out, stretched letters let go."""
        direct = self._replacements.get(written)
        if direct is not None:
            return direct
        word = written.replace("'", "")
        if not word:
            return ()
        direct = self._replacements.get(word)
        if direct is not None:
            return direct
        if len(word) > LONGEST_WORD:
            return (word[:LONGEST_WORD] if _STRETCHED.search(word) is None else FOREIGN,)
        if _STRETCHED.search(word):
            word = self._unstretch(word)
            return self._replacements.get(word, (word,))
        return (word,)

    def _unstretch(self, word: str) -> str:
        runs = [match.span() for match in _STRETCHED.finditer(word)]
        if len(runs) <= 3:
            for keep in range(2 ** len(runs)):
                candidate = word
                for number in range(len(runs) - 1, -1, -1):
                    start, end = runs[number]
                    candidate = candidate[:start] + candidate[start] * (1 + (keep >> number & 1)) + candidate[end:]
                if candidate in self._known:
                    return candidate
        single = _STRETCHED.sub(r"\1", word)
        thin = re.sub(r"([a-z])\1+", r"\1", word)
        return thin if thin in self._known else single

    def _repair(self, lexeme: str) -> Words | None:
        """The words of the critical list that a disguised or mistyped lexeme stands for, else None."""
        if len(lexeme) > LONGEST_WORD:
            return None
        word = lexeme.replace("'", "").strip("_|+#*") if "*" not in lexeme.strip("*") else lexeme.strip("_|+#'")
        if not word or word in self._critical or word in self._replacements:
            return None
        if word.isalpha():
            return self._respell(word)
        letters = sum(char.isalpha() for char in word)
        if letters and "*" not in word and "#" not in word:
            for one in ("i", "l"):
                candidate = "".join(one if char == "1" else _LEET.get(char, char) for char in word)
                if candidate in self._critical:
                    return (candidate,)
                if candidate in self._replacements and len(candidate) > 2:
                    return self._replacements[candidate]
                if candidate.isalpha() and (found := self._respell(self._unstretch(candidate))):
                    return found
        if letters * 2 >= len(word) and word[0].isalpha():
            for known in self._by_length.get(len(word), ()):
                if (
                    all(char == other or not char.isalpha() for char, other in zip(word, known, strict=False))
                    and len(known) > 2
                ):
                    return (known,)
        return None

    def _respell(self, word: str) -> Words | None:
        if word in self._critical:
            return (word,)
        if word in self._innocent:
            return None
        near = self._near.get(word)
        if near is not None:
            return (near,)
        if len(word) >= 6 and self._glued.search(word):
            return self._segment(word)
        return None

    def _segment(self, letters: str) -> Words | None:
        """The letters as critical words without rest, the longest words preferred; None when that fails."""
        best: list[Words | None] = [()] + [None] * len(letters)
        cost = [0] + [10**6] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self._longest), end):
                before = best[start]
                word = letters[start:end]
                if (
                    before is not None
                    and cost[start] + 1 < cost[end]
                    and (word in self._critical or word in self._replacements)
                ):
                    cost[end] = cost[start] + 1
                    best[end] = (*before, *self._replacements.get(word, (word,)))
        found = best[-1]
        return found if found and cost[-1] * 2 <= len(letters) else None
