"""Fits texts and buttons into Telegram's limits: 4,096 characters a message, 64 bytes a button's data. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import Any

from holdfast.door.messages import Button

#: Characters of one message, counted in UTF-16 units as Telegram's clients do; never more than it allows.
MOST_CHARS = 4096
#: Bytes of a button's data.
MOST_DATA = 64
#: Where a text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.?!:;]) "), re.compile(r" "))
_IN_A_NUMBER = re.compile(r"[\d()+./-] [\d()+./-]")


def length(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = MOST_CHARS) -> list[str]:
    """The text in parts of at most ``limit`` units, cut at the best place, never within a telephone number."""
    parts: list[str] = []
    rest = text.strip()
    while length(rest) > limit:
        head = _head(rest, limit)
        cut = _cut(head, rest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _head(text: str, limit: int) -> str:
    """As many whole characters of ``text`` as fit."""
    if length(text[:limit]) <= limit:
        return text[:limit]
    return text.encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")


def _cut(head: str, text: str) -> int:
    for pattern in _CUTS:
        places = [match.end() for match in pattern.finditer(head) if match.end() >= len(head) // 2]
        for place in reversed(places):
            if not _IN_A_NUMBER.fullmatch(text[place - 2 : place + 1]):
                return place
    # No gap at all in the second half: a wall of characters, which is cut anywhere but within digits.
    place = len(head)
    while place > 1 and text[place - 1 : place + 1].isdigit():
        place -= 1
    return place if place > 1 else len(head)


def data_for(payload: str) -> str:
    """A button's data: the payload itself, or its digest when it is longer than Telegram carries."""
    if len(payload.encode()) <= MOST_DATA:
        return payload
    return "#" + hashlib.sha256(payload.encode()).hexdigest()[:40]


def payload_of(data: str, issued: Collection[str]) -> str | None:
    """The payload that a tapped button stands for, among those that were issued in the conversation; else None."""
    return next((payload for payload in issued if data_for(payload) == data), None)


def keyboard(buttons: Sequence[Button]) -> dict[str, Any] | None:
    """The inline keyboard, a button a row, because labels are sentences; None without buttons."""
    if not buttons:
        return None
    return {"inline_keyboard": [[{"text": each.label, "callback_data": data_for(each.payload)}] for each in buttons]}
