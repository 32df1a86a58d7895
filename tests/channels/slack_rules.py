"""What Slack's reference says of a message: fields and limits of blocks, and of the text's control characters."""

from __future__ import annotations

import re
from typing import Any

MOST_BLOCKS, MOST_ELEMENTS = 50, 25
_TEXT = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
_BUTTON = {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}


class SlackError(Exception):
    """An ``{"ok": false, "error": ...}`` answer."""


def check_text(text: Any, longest: int = 40_000) -> None:
    """The top-level text. Stricter than Slack: it must be there, and escaped."""
    if not isinstance(text, str) or not text.strip():
        raise SlackError("no_text")
    if len(text) > longest:
        raise SlackError("msg_too_long")
    check_escaped(text)


def check_escaped(text: str) -> None:
    """``&``, ``<`` and ``>`` only as entities and in links; nothing that would call people."""
    bare = re.sub(r"<(https?://[^|<>\s]+|tel:[+0-9*#,;-]+)(\|[^<>]+)?>", "", text)
    if re.search(r"[<>]|&(?!(amp|lt|gt);)", bare):
        raise SlackError("unescaped")


def check_blocks(blocks: Any) -> None:
    """The blocks of a message: at most 50, with the fields and limits of the reference."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > MOST_BLOCKS:
        raise SlackError("invalid_blocks")
    actions: list[str] = []
    for block in blocks:
        if block.get("type") == "section":
            _fields(block, {"type", "text", "block_id"}, {"text"})
            _text_object(block["text"], 3000)
        elif block.get("type") == "actions":
            _fields(block, {"type", "elements", "block_id"}, {"elements"})
            if not 1 <= len(block["elements"]) <= MOST_ELEMENTS:
                raise SlackError("invalid_blocks")
            for element in block["elements"]:
                _button(element)
                actions.append(element["action_id"])
        else:
            raise SlackError("invalid_blocks")
    if len(set(actions)) != len(actions):
        raise SlackError("invalid_blocks")


def _button(element: dict[str, Any]) -> None:
    _fields(element, _BUTTON, {"text", "action_id"})
    if element["type"] != "button" or element["text"].get("type") != "plain_text":
        raise SlackError("invalid_blocks")
    _text_object(element["text"], 75)
    if len(element["action_id"]) > 255 or len(element.get("value", "x")) > 2000 or not element.get("value", "x"):
        raise SlackError("invalid_blocks")


def _text_object(text: Any, longest: int) -> None:
    kind = text.get("type") if isinstance(text, dict) else None
    if kind not in _TEXT or set(text) - _TEXT[kind] or not 1 <= len(text["text"]) <= longest:
        raise SlackError("invalid_blocks")
    if kind == "mrkdwn":
        check_escaped(text["text"])


def _fields(given: Any, known: set[str], needed: set[str]) -> None:
    if not isinstance(given, dict) or set(given) - known or needed - set(given):
        raise SlackError("invalid_blocks")
