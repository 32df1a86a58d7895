"""From what a person typed to words that phrases can be matched on. Pure; linear in the length of the text.

Two forms come out (SM-27). The *plain* form undoes what never changes the meaning: Unicode variants, look-alike
letters, accents, case, contractions, abbreviations, stretched letters, emoji. The *repaired* form also undoes what
only somebody who hides a word, or mistypes it, would write: leet digits, spaced or dotted letters, starred letters,
glued words, typing errors in the words that matter. A repair must give words of a reviewed list (``critical`` in
``data/normalize.yml``); anything else is left alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from holdfast.crisis.characters import Characters
from holdfast.crisis.phrases import BOUNDARIES, END, QUESTION, START, STOP
from holdfast.crisis.spelling import NormalizeError, Speller, Words
from holdfast.quick_yaml import safe_load

__all__ = ["DATA", "Form", "NormalizeError", "Normalized", "Normalizer"]

DATA = Path(__file__).parent / "data"

# Words; full stops and question marks; what makes a pause; a blank line.
_LEXEMES = re.compile(r"[a-z0-9@$*#|+_'\u00b7]+(?:!+[a-z0-9@$*|+_'\u00b7]+)*|\n[ \t]*\n|\.{2,}|[,\n]|[.!?]| -+ |--+")
_MARKS = {".": STOP, "!": STOP, "?": QUESTION}
_PAUSES = frozenset(",\n-")
_SPACED = re.compile(
    r"(?<![a-z0-9@$'])([a-z0-9@$])([ .\-_*/|,~+]{1,2})(?:[a-z0-9@$!]\2){1,78}[a-z0-9@$](?![a-z0-9@$'])"
)
_CAPITAL_I = re.compile(r"(?<=[a-z])I{1,2}(?![A-Z])")


@dataclass(frozen=True)
class Form:
    """Words in order, framed and divided by the marks of ``phrases.BOUNDARIES``.

    ``pauses`` holds the positions of words before which a comma, quotation mark or line break stood.
    """

    words: Words
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


@dataclass
class _Draft:
    """A form while it is being written."""

    words: list[str] = field(default_factory=lambda: [START])
    pauses: set[int] = field(default_factory=set)

    def add(self, found: Words, pause: bool) -> None:
        if pause and self.words[-1] not in BOUNDARIES:
            self.pauses.add(len(self.words))
        self.words.extend(found)

    def mark(self, mark: str) -> None:
        if self.words[-1] not in BOUNDARIES:
            self.words.append(mark)
        elif mark == QUESTION and self.words[-1] == STOP:
            self.words[-1] = QUESTION


class Normalizer:
    """Holds the reviewed tables. ``Normalizer.load()`` reads ``data/normalize.yml``. Safe from several threads."""

    def __init__(self, data: dict[str, Any], file: str = "normalize.yml") -> None:
        self._characters = Characters(
            {char: letter for letter, chars in data["lookalikes"].items() for char in chars}, data["emoji"]
        )
        self._unmasking = str.maketrans(
            {char: letter for letter, chars in data["lookalikes"].items() for char in chars if char.isalpha()}
        )
        self._speller = Speller(data, file)
        self._phrases: dict[str, list[tuple[Words, Words]]] = {}
        for key, value in data["phrases"].items():
            first, *rest = str(key).split()
            self._phrases.setdefault(first, []).append((tuple(rest), tuple(str(value).split())))

    @classmethod
    def load(cls, file: Path | None = None) -> Normalizer:
        """Reads and checks the tables. Raises NormalizeError with file, key and remedy."""
        file = file or DATA / "normalize.yml"
        try:
            data = safe_load(file.read_text(encoding="utf-8"))
            schema = json.loads((DATA / "normalize.schema.json").read_text(encoding="utf-8"))
            jsonschema.validate(data, schema)
        except (OSError, yaml.YAMLError, jsonschema.ValidationError) as error:
            reason = error.message if isinstance(error, jsonschema.ValidationError) else error
            raise NormalizeError(f"{file}: {reason}. Correct the file.") from None
        return cls(data, str(file))

    def words_of(self, written: str) -> Words:
        """The plain form of one written word."""
        return self._speller.words_of(written)

    def unmasked(self, text: str) -> str:
        """The text with Latin letters where others only look like them; everything else stays as it is."""
        return text.translate(self._unmasking)

    def variants(self, word: str) -> Words:
        """A word of a phrase is found as it stands: what differs has been put right before."""
        return (word,)

    def __call__(self, text: str) -> Normalized:
        """Both forms of a text of any length and content. Never raises; time grows with the length only."""
        composed = unicodedata.normalize("NFKC", text.replace("\u00b4", "'"))
        mapped = composed.translate(self._characters)
        plain, repaired = self._forms(mapped)
        # A capital I between small letters passes for an l.
        reread = _CAPITAL_I.sub(lambda match: "l" * len(match.group()), composed)
        despaced = _SPACED.sub(self._join_spaced, mapped if reread == composed else reread.translate(self._characters))
        if despaced != mapped:
            _, repaired = self._forms(despaced)
        return Normalized(plain, plain if repaired == plain else repaired)

    def _join_spaced(self, match: re.Match[str]) -> str:
        run = match.group()
        found = self._speller.join(run[:: 1 + len(match.group(2))])
        return " ".join(found) if found else run

    def _forms(self, mapped: str) -> tuple[Form, Form]:
        """The plain and the repaired form of a text whose characters are mapped."""
        plain = _Draft()
        repaired: _Draft | None = None  # begun where the two part
        pause = False
        read = self._speller.read
        for lexeme in _LEXEMES.findall(mapped):
            mark = _MARKS.get(lexeme)
            if mark is None and (lexeme[0] in _PAUSES or lexeme[0] == " " or lexeme[0] == "."):
                mark = STOP if len(lexeme) > 1 and lexeme[0] == lexeme[-1] == "\n" else None
                if mark is None:
                    pause = True
                    continue
            if mark is not None:
                plain.mark(mark)
                if repaired is not None:
                    repaired.mark(mark)
                pause = False
                continue
            found, other = read(lexeme)
            if not found and not other:
                continue
            so_far = plain.words if repaired is None else repaired.words
            repeated = other == tuple(so_far[-len(other) :])
            if repaired is None and (repeated or other is not found):
                repaired = _Draft(list(plain.words), set(plain.pauses))
            if repaired is not None and not repeated:
                repaired.add(other, pause)
            if found:
                plain.add(found, pause)
            pause = False
        plain.words.append(END)
        form = self._replace_phrases(plain)
        if repaired is None:
            return form, form
        repaired.words.append(END)
        return form, self._replace_phrases(repaired)

    def _replace_phrases(self, draft: _Draft) -> Form:
        """Spells out what takes more than one word to recognize, for example "my self"."""
        words, phrases = draft.words, self._phrases
        found: list[tuple[int, int, Words]] = []  # where, how many words, what stands for them
        at = 0
        for place in [place for place, word in enumerate(words) if word in phrases]:
            for rest, replacement in phrases[words[place]] if place >= at else ():
                if tuple(words[place + 1 : place + 1 + len(rest)]) == rest:
                    at = place + 1 + len(rest)
                    found.append((place, at, replacement))
                    break
        if not found:
            return Form(tuple(words), frozenset(draft.pauses))
        out: list[str] = []
        kept: set[int] = set()
        pauses = sorted(draft.pauses)
        at = 0
        for place, after, replacement in (*found, (len(words), len(words), ())):
            shift = len(out) - at
            kept.update(pause + shift for pause in pauses[bisect_left(pauses, at) : bisect_right(pauses, place)])
            out.extend(words[at:place])
            out.extend(replacement)
            at = after
        return Form(tuple(out), frozenset(kept))
