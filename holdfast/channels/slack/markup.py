"""Slack's markup: its messages as the words that a person typed, and our words so that Slack shows them as they are."""

from __future__ import annotations

import re
from collections.abc import Collection

import emoji

#: The three characters that Slack wants escaped, and nothing else.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SEQUENCE = re.compile(r"<([^<>]*)>")
_SKIN_TONE = re.compile(r":skin-tone-[2-6]:")
_URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]]")


def typed(text: str, bots: Collection[str] = ()) -> str:
    """What the person typed: without mentions of ``bots`` (user ids), links and names as words, emoji as characters."""
    words = _SEQUENCE.sub(lambda match: _sequence(match.group(1), bots), text)
    for char, escape in reversed(_ESCAPES.items()):
        words = words.replace(escape, char)
    return emoji.emojize(_SKIN_TONE.sub("", words), language="alias").strip()


def mentions(text: str, bots: Collection[str]) -> bool:
    """Whether the text calls one of ``bots`` by its user id."""
    return any(re.search(rf"<@{re.escape(bot)}(\||>)", text) for bot in bots)


def _sequence(inner: str, bots: Collection[str]) -> str:
    target, _, label = inner.partition("|")
    kind, name = target[:1], target[1:]
    if kind == "@":
        return "" if name in bots else f"@{label or 'someone'}"
    if kind == "#":
        return f"#{label or 'channel'}"
    if kind == "!":
        return label or f"@{name.split('^')[0]}"
    if not label or label in target:  # a bare address, or one that Slack recognized: mailto:a@b.c|a@b.c
        return label or target
    return f"{label} {target}"


def escape(text: str) -> str:
    """The text with Slack's control characters escaped."""
    return "".join(_ESCAPES.get(char, char) for char in text)


def linked(text: str) -> str:
    """The text escaped, with its web addresses as links: a block that is ``verbatim`` makes none by itself."""
    parts, end = [], 0
    for match in _URL.finditer(text):
        parts += [escape(text[end : match.start()]), f"<{escape(match.group())}>"]
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def bold(text: str) -> str:
    """The text escaped and bold, or only escaped where an asterisk or a line break in it would spoil that."""
    return escape(text) if not text.strip() or "*" in text or "\n" in text else f"*{escape(text)}*"
