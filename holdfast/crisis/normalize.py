"""From what a person typed to words that phrases can be matched on. Pure; linear in the length of the text.

Two forms come out (SM-27). The *plain* form undoes what never changes the meaning: Unicode variants, look-alike
letters, accents, case, contractions, abbreviations, stretched letters, emoji. The *repaired* form also undoes what
only somebody who hides a word, or mistypes it, would write: leet digits, spaced or dotted letters, starred letters,
glued words, typing errors in the words that matter. A repair must give words of a reviewed list (``critical`` in
``data/normalize.yml``); anything else is left alone.
"""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import yaml

from holdfast.crisis.characters import FOREIGN_LETTER, Characters
from holdfast.crisis.phrases import BOUNDARIES, END, QUESTION, START, STOP

DATA = Path(__file__).parent / "data"
#: Stands for a word in a script that no phrase is written in.
FOREIGN = "qq"
LONGEST_WORD = 40

_LEXEMES = re.compile(
    r"(?P<word>[a-z0-9@$*#|+_'\u00b7]+(?:!+[a-z0-9@$*|+_'\u00b7]+)*)"
    r"|(?P<paragraph>\n[ \t]*\n)|(?P<pause>\.{2,}|[,\n])|(?P<stop>[.!])|(?P<question>\?)|(?P<dash> -+ |--+)"
)
_SPACED = re.compile(
    r"(?<![a-z0-9@$'])([a-z0-9@$])([ .\-_*/|,~+]{1,2})(?:[a-z0-9@$!]\2){1,78}[a-z0-9@$](?![a-z0-9@$'])"
)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_INNER = re.compile(r"[^a-z0-9]+")
_CAPITAL_I = re.compile(r"(?<=[a-z])I{1,2}(?![A-Z])")
_CACHE = 50_000
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


@dataclass(frozen=True)
class Form:
    """Words in order, framed and divided by the marks of ``phrases.BOUNDARIES``.

    ``pauses`` holds the positions of words before which a comma, quotation mark or line break stood.
    """

    words: tuple[str, ...]
    pauses: frozenset[int]

    @property
    def text(self) -> str:
        """The form as text; normalizing it again gives the same form."""
        pieces: list[str] = []
        for position, word in enumerate(self.words):
            if word in (START, END):
                continue
            if position in self.pauses:
                pieces.append(",")
            pieces.append(word)
        return " ".join(pieces)


@dataclass(frozen=True)
class Normalized:
    """Both forms of a text; ``repaired`` is ``plain`` itself when nothing was there to repair."""

    plain: Form
    repaired: Form


_Value = TypeVar("_Value")


def _kept(cache: dict[str, _Value], key: str, work_out: Callable[[str], _Value]) -> _Value:
    """The value for a key, worked out once; the cache is emptied when it is full. Safe from several threads."""
    with contextlib.suppress(KeyError):
        return cache[key]
    if len(cache) >= _CACHE:
        cache.clear()
    value = cache[key] = work_out(key)
    return value


class Normalizer:
    """Holds the reviewed tables. ``Normalizer.load()`` reads ``data/normalize.yml``."""

    def __init__(self, data: dict[str, Any], file: str = "normalize.yml") -> None:
        self._characters = Characters(
            {char: letter for letter, chars in data["lookalikes"].items() for char in chars}, data["emoji"]
        )
        self._critical: frozenset[str] = frozenset(data["critical"])
        self._replacements: dict[str, tuple[str, ...]] = {}
        for key, value in data["words"].items():
            self._replacements[str(key)] = tuple(str(value).split())
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for key, value in data["phrases"].items():
            first, *rest = str(key).split()
            self._phrases.setdefault(first, []).append((tuple(rest), tuple(str(value).split())))
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
        self._plain_cache: dict[str, tuple[str, ...]] = {}
        self._repair_cache: dict[str, tuple[str, ...] | None] = {}

    @classmethod
    def load(cls, file: Path | None = None) -> Normalizer:
        """Reads and checks the tables. Raises NormalizeError with file, key and remedy."""
        file = file or DATA / "normalize.yml"
        try:
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
            schema = json.loads((DATA / "normalize.schema.json").read_text(encoding="utf-8"))
            jsonschema.validate(data, schema)
        except (OSError, yaml.YAMLError, jsonschema.ValidationError) as error:
            reason = error.message if isinstance(error, jsonschema.ValidationError) else error
            raise NormalizeError(f"{file}: {reason}. Correct the file.") from None
        return cls(data, str(file))

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

    # One word ---------------------------------------------------------------------------------------------------

    def words_of(self, written: str) -> tuple[str, ...]:
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

    def _repair(self, lexeme: str) -> tuple[str, ...] | None:
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

    def _respell(self, word: str) -> tuple[str, ...] | None:
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

    def _segment(self, letters: str) -> tuple[str, ...] | None:
        """The letters as critical words without rest, the longest words preferred; None when that fails."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
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

    # The text ---------------------------------------------------------------------------------------------------

    def __call__(self, text: str) -> Normalized:
        """Both forms of a text of any length and content. Never raises; time grows with the length only."""
        composed = unicodedata.normalize("NFKC", text)
        mapped = composed.translate(self._characters)
        plain, suspicious = self._form(mapped, repair=False)
        # A capital I between small letters passes for an l.
        reread = _CAPITAL_I.sub(lambda match: "l" * len(match.group()), composed)
        despaced = _SPACED.sub(self._join_spaced, mapped if reread == composed else reread.translate(self._characters))
        if not suspicious and despaced == mapped:
            return Normalized(plain, plain)
        repaired, _ = self._form(despaced, repair=True)
        return Normalized(plain, plain if repaired == plain else repaired)

    def _join_spaced(self, match: re.Match[str]) -> str:
        run = match.group()
        letters = run[:: 1 + len(match.group(2))]
        for one in ("i", "l") if "1" in letters else ("i",):
            plain = "".join(one if char == "1" else _LEET.get(char, char) for char in letters)
            found = self._segment(plain) if self._core.search(plain) else None
            if found:
                return " ".join(found)
        return run

    def _form(self, mapped: str, *, repair: bool) -> tuple[Form, bool]:
        words: list[str] = [START]
        pauses: set[int] = set()
        suspicious = False
        pause = False
        for match in _LEXEMES.finditer(mapped):
            kind = match.lastgroup
            if kind == "word":
                lexeme = match.group()
                found: tuple[str, ...] | None = None
                if repair:
                    found = _kept(self._repair_cache, lexeme, self._repair)
                elif not suspicious:
                    suspicious = _kept(self._repair_cache, lexeme, self._repair) is not None
                if found is None:
                    found = _kept(self._plain_cache, lexeme, self._plain_words)
                repeated = bool(found) and found == tuple(words[-len(found) :])
                if repair and repeated:
                    continue
                suspicious = suspicious or repeated
                if pause and found and words[-1] not in BOUNDARIES:
                    pauses.add(len(words))
                pause = False
                words.extend(found)
            elif kind in ("stop", "question", "paragraph"):
                mark = QUESTION if kind == "question" else STOP
                if words[-1] in BOUNDARIES:
                    if mark == QUESTION and words[-1] == STOP:
                        words[-1] = QUESTION
                else:
                    words.append(mark)
                pause = False
            elif kind in ("pause", "dash"):
                pause = True
        words.append(END)
        return self._replace_phrases(words, pauses), suspicious

    def _plain_words(self, lexeme: str) -> tuple[str, ...]:
        if FOREIGN_LETTER in lexeme:
            return (FOREIGN,)
        bare = lexeme.replace("'", "")
        if bare.isalnum() or lexeme in self._replacements:
            return self.words_of(lexeme.strip("'"))
        return tuple(word for part in _INNER.split(bare) if part for word in self.words_of(part))

    def _replace_phrases(self, words: list[str], pauses: set[int]) -> Form:
        """Spells out what takes more than one word to recognize, for example "my self"."""
        if not any(word in self._phrases for word in words):
            return Form(tuple(words), frozenset(pauses))
        out: list[str] = []
        kept: set[int] = set()
        at = 0
        while at < len(words):
            if at in pauses:
                kept.add(len(out))
            for rest, replacement in self._phrases.get(words[at], ()):
                if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                    out.extend(replacement)
                    at += 1 + len(rest)
                    break
            else:
                out.append(words[at])
                at += 1
        return Form(tuple(out), frozenset(kept))
