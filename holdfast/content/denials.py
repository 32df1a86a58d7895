"""How people plainly deny that they meant a risk: words from `denials.yml`, matched as the whole of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from holdfast.content.form_words import plain
from holdfast.content.reading import DATA, read

#: So many words may follow "I only meant"; more is a story of its own.
MOST_WORDS = 6
MOST_CHARS = 140


@dataclass(frozen=True)
class Denials:
    """The phrases, ready to be matched against `plain` text."""

    _free: re.Pattern[str]
    _bare: re.Pattern[str]
    _contradictions: re.Pattern[str]

    @classmethod
    def load(cls, folder: Path | None = None) -> Denials:
        """The words in ``folder`` (default: the repository's). Read once a process. Raises ContentError."""
        return _load(folder or DATA)

    def denies(self, text: str, *, nothing_else: bool = False) -> bool:
        """Whether the message is a plain denial with nothing in it that contradicts it (SM-19, SM-26).

        What was meant instead may follow in a few words; with ``nothing_else`` only one of the listed matters.
        """
        said = plain(text)
        if len(said) > MOST_CHARS or self._contradictions.search(said):
            return False
        return bool((self._bare if nothing_else else self._free).fullmatch(f"{said} "))  # each phrase ends in a space


@lru_cache(maxsize=2)
def _load(folder: Path) -> Denials:
    raw = read(folder / "denials.yml", "denials.schema.json")
    words = {name: _any(phrases) for name, phrases in raw.items()}
    filled, links = rf"(?:{words['fillers']} )*", rf"(?:{words['links']} )*"
    free = rf"(?:\S+ ){{0,{MOST_WORDS - 1}}}\S+ "
    bare = rf"{links}{words['matters']} {filled}"

    def whole(meant: str) -> re.Pattern[str]:
        no, denial = rf"{words['no']} {filled}", rf"{words['denials']} {filled}"
        only = rf"(?:{words['only']} (?:{meant})?)"
        return re.compile(rf"{filled}(?:(?:{no})*(?:{denial}){{1,2}}(?:{no})*{only}?|(?:{no})+{only})")

    return Denials(whole(free), whole(bare), re.compile(rf"\b{words['contradictions']}\b"))


def _any(phrases: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)) + ")"
