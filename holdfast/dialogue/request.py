"""Reads the door's request for a turn: checks its shape and makes its text harmless to Rasa. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.crisis.types import FLAGS, Level
from holdfast.dialogue.wire import assessment_from, assessment_to

#: What Rasa reads of a text at most, in characters; its cost grows with the length. The door sends at most 1,500.
MOST_CHARS = 4_000
_SENDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}")
_COMMAND = re.compile(r"/[a-z][a-z0-9_]*")
_TEXTS = ("language", "country", "channel", "asked_back", "about")


class BadRequest(Exception):
    """The request is not of the agreed shape; the message says which part."""


@dataclass(frozen=True)
class TurnRequest:
    """A turn that Rasa may be given. ``text`` begins with ``/`` only when it is the command of a button."""

    sender: str
    text: str
    metadata: dict[str, Any]

    @property
    def command(self) -> str | None:
        """The intent that a button stands for."""
        return self.text[1:] if self.text.startswith("/") else None


def read_request(data: Any, intents: Collection[str]) -> TurnRequest:
    """The request in ``data``. ``intents`` may be commands. Raises BadRequest.

    A command counts only when nobody assessed a risk in it: a risk goes to the detector's intent, whatever was tapped.
    """
    if not isinstance(data, Mapping):
        raise BadRequest("the body must be a JSON object")
    sender, text, payload, metadata = (data.get(key) for key in ("sender", "text", "payload", "metadata"))
    if not isinstance(sender, str) or not _SENDER.fullmatch(sender):
        raise BadRequest("sender must be a name of letters, digits and . : _ -")
    if not isinstance(text, str):
        raise BadRequest("text must be a string")
    if payload is not None and not isinstance(payload, str):
        raise BadRequest("payload must be a string or null")
    known = _metadata({} if metadata is None else metadata)
    if payload and _COMMAND.fullmatch(payload) and payload[1:] in intents and not _risk(known):
        return TurnRequest(sender, payload, known)
    return TurnRequest(sender, harmless(text), known)


def harmless(text: str) -> str:
    """The text without control characters and half surrogates, bounded, never beginning like a command, never empty."""
    if len(text) > MOST_CHARS:
        text = f"{text[: MOST_CHARS * 2 // 3]} ... {text[-MOST_CHARS // 4 :]}"
    kept = (" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return "".join(kept).strip().lstrip("/ \u00a0\u200b\u2060\ufeff").strip() or "."


def _metadata(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise BadRequest("metadata must be an object")
    kept: dict[str, Any] = {}
    for key in _TEXTS:
        if raw.get(key) is not None:
            if not isinstance(raw[key], str) or len(raw[key]) > 40:
                raise BadRequest(f"metadata.{key} must be a short string or null")
            kept[key] = raw[key]
    for key in ("card_sent", "after_risk", "after_card", "denied", "reached"):
        if not isinstance(raw.get(key, False), bool):
            raise BadRequest(f"metadata.{key} must be true or false")
        kept[key] = raw.get(key, False)
    flags = raw.get("flags", [])
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        raise BadRequest("metadata.flags must be a list of names")
    kept["flags"] = sorted(FLAGS & frozenset(flags))
    if raw.get("assessment") is not None:
        if not isinstance(raw["assessment"], Mapping):
            raise BadRequest("metadata.assessment must be an object or null")
        try:
            kept["assessment"] = assessment_to(assessment_from(raw["assessment"]))
        except ValueError as error:
            raise BadRequest(f"metadata: {error}") from None
    return kept


def _risk(metadata: Mapping[str, Any]) -> bool:
    if "assessment" not in metadata:
        return False
    assessment = assessment_from(metadata["assessment"])
    return assessment.level >= Level.CONCERN or assessment.answer is not None
