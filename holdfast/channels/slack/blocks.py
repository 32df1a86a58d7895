"""Turns the door's messages into Slack's: sections, buttons, and the whole text for notifications. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.channels.slack.events import ACTION_PREFIX
from holdfast.channels.slack.markup import bold, escape, linked
from holdfast.door.messages import Button, Outbound

# Slack's limits (reference of Block Kit and of chat.postMessage): characters, or things of a kind.
SECTION, BLOCKS, LABEL, VALUE, ROW = 3000, 50, 75, 2000, 25
#: Characters of one message's text. Slack cuts at 40,000; short enough for every client and screen reader.
TEXT = 12_000


@dataclass(frozen=True)
class Message:
    """One message as Slack takes it. ``text`` says everything that ``blocks`` say, except the buttons."""

    text: str
    blocks: tuple[Mapping[str, Any], ...]


def messages(event: Outbound, byline: str | None = None) -> tuple[Message, ...]:
    """The event as one message, or more when it is very long. The buttons are on the last one.

    ``byline`` says who of the staff writes.
    """
    pages: list[list[str]] = [[]]
    for section in _sections(event, byline):
        full = len(pages[-1]) >= BLOCKS - 3 or sum(map(len, pages[-1])) + len(section) > TEXT
        if pages[-1] and full:
            pages.append([])
        pages[-1].append(section)
    texts = [_fallback(event, byline)] if len(pages) == 1 else ["\n\n".join(map(_unlinked, page)) for page in pages]
    buttons = [_buttons(event) if page is pages[-1] else [] for page in pages]
    return tuple(Message(text, (*_rendered(page), *row)) for text, page, row in zip(texts, pages, buttons, strict=True))


def together(events: Sequence[Outbound]) -> Message | None:
    """Several events as one message, for the answer to a slash command; None when there is nothing to say."""
    parts = [part for event in events for part in messages(event)]
    blocks = tuple(block for part in parts for block in part.blocks)
    text = "\n\n".join(part.text for part in parts)
    return Message(text, blocks if len(blocks) <= BLOCKS else ()) if parts else None


def _fallback(event: Outbound, byline: str | None) -> str:
    return escape(f"{byline}\n\n{event.text}" if byline else event.text) or " "


def _unlinked(section: str) -> str:
    return re.sub(r"<(?:[^|>]*\|)?([^>]*)>", r"\1", section)


def _sections(event: Outbound, byline: str | None) -> Iterator[str]:
    """The text in Slack's markup, in pieces that a section holds. Everything in ``event.text`` is in it."""
    if byline:
        yield bold(byline)
    for number, paragraph in enumerate(filter(None, event.text.split("\n\n"))):
        title = event.kind == "card" and event.blocks and number == 0 and event.blocks[0].get("text") != paragraph
        yield from _fitting(bold(paragraph) if title else _paragraph(paragraph, event.blocks))


def _paragraph(paragraph: str, blocks: Sequence[Mapping[str, Any]]) -> str:
    """One paragraph; when it is a line or an emergency number, its name stands out and the number can be tapped."""
    for block in blocks:
        name = str(block.get({"line": "name", "emergency": "label"}.get(block["type"], ""), ""))
        if name and paragraph.startswith(f"{name}: "):
            return f"{bold(name)}: {_dialable(paragraph.removeprefix(f'{name}: '), block)}"
    return linked(paragraph)


def _dialable(words: str, block: Mapping[str, Any]) -> str:
    """The words with the number to call as a link, where it cannot be mistaken for the number to text."""
    phone = block if block["type"] == "emergency" else block.get("phone")
    texting = (block.get("text") or {}).get("display") if block["type"] == "line" else None
    if not phone or phone["display"] == texting or words.count(phone["display"]) != 1:
        return linked(words)
    before, after = words.split(phone["display"])
    return f"{linked(before)}<{escape(phone['tel'])}|{escape(phone['display'])}>{linked(after)}"


def _fitting(section: str) -> Iterator[str]:
    """The section in pieces of Slack's length, cut between words; neither links nor escapes are broken."""
    piece = ""
    for token in re.findall(r"<[^>]*>|&\w+;|\s+|[^\s<&]+", section):
        for part in [token] if len(token) <= SECTION else _chopped(token):
            if len(piece) + len(part) > SECTION:
                yield piece.strip() or " "
                piece = ""
            piece += part
    if piece.strip():
        yield piece.strip()


def _chopped(token: str) -> list[str]:
    bare = token.strip("<>").split("|")[-1]  # a link as long as that is no link
    return [bare[start : start + SECTION] for start in range(0, len(bare), SECTION)]


def _rendered(page: Iterable[str]) -> list[Mapping[str, Any]]:
    # verbatim: names of channels and people in a text stay words and call nobody
    return [{"type": "section", "text": {"type": "mrkdwn", "text": section, "verbatim": True}} for section in page]


def _buttons(event: Outbound) -> list[Mapping[str, Any]]:
    usable = [button for button in event.buttons if button.label.strip() and len(button.payload) <= VALUE]
    rows = [usable[start : start + ROW] for start in range(0, len(usable), ROW)][:2]
    return [
        {"type": "actions", "elements": [_button(event, row * ROW + place, each) for place, each in enumerate(buttons)]}
        for row, buttons in enumerate(rows)
    ]


def _button(event: Outbound, number: int, button: Button) -> Mapping[str, Any]:
    label = button.label if len(button.label) <= LABEL else button.label[: LABEL - 1] + "…"
    return {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{event.event_id}:{number}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "value": button.payload,
    }
