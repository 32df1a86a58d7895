"""What each character becomes before words are read: look-alikes, accents, emoji, marks. Pure."""

from __future__ import annotations

import unicodedata

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_APOSTROPHES = frozenset("'’‘`´ʼ′＇‛ʹ")
_PAUSES = frozenset(',;:()[]{}<>"“”„«»—–‒―、，؛،')
_STOPS = frozenset(".!…。！｡¡")
_QUESTIONS = frozenset("?？؟")
_KEPT = frozenset("@$*#|+_-/\\&%=~^\n'!.?,")
#: Stands for a letter of a script that no phrase is written in.
FOREIGN_LETTER = "\u00b7"


class Characters(dict[int, str]):
    """What each character becomes, worked out when first met."""

    def __init__(self, lookalikes: dict[str, str], emoji: dict[str, str]) -> None:
        super().__init__()
        self._lookalikes = lookalikes
        self._emoji = emoji

    def __missing__(self, code: int) -> str:
        found = self._work_out(chr(code))
        self[code] = found
        return found

    def _work_out(self, char: str) -> str:
        if char in self._emoji:
            return f" {self._emoji[char]} "
        if char in self._lookalikes:
            return self._lookalikes[char]
        if char in _APOSTROPHES:
            return "'"
        if char in _STOPS:
            return "!" if char in "!！" else "."
        if char in _QUESTIONS:
            return "?"
        if char in "\n\u2028\u2029\x0b\x0c\x85":
            return "\n"
        if char in _PAUSES:
            return " - " if char in "—–‒―" else ","
        category = unicodedata.category(char)
        if category in ("Mn", "Me", "Cf") or 0xFE00 <= ord(char) <= 0xFE0F or char == "\u00ad":
            return ""
        folded = "".join(
            self._lookalikes.get(part, part)
            for part in unicodedata.normalize("NFKD", char.casefold())
            if unicodedata.category(part) not in ("Mn", "Me", "Cf")
        )
        if folded and all(part in _LETTERS for part in folded):
            return folded
        if char in _KEPT:
            return char
        return FOREIGN_LETTER if category[0] in "LNM" and category != "No" else " "
