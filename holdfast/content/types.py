"""What goes into and comes out of the content room. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

LEVELS = ("concern", "crisis", "emergency")
NOTICES = ("recorded", "notified", "claimed", "nobody")
Block = Mapping[str, Any]


class Button(TypedDict):
    """A choice offered to the user; ``payload`` starts with ``/``."""

    label: str
    payload: str


@dataclass(frozen=True, kw_only=True)
class CardRequest:
    """What a card is asked for. ``now`` must be aware.

    ``variant`` is ``full``, ``short``, ``link`` or ``body``; ``level`` one of LEVELS; ``subject`` is ``self`` or
    ``other``; ``notice`` one of NOTICES or None. ``situations`` are the detector's flags, unknown ones are ignored;
    ``lines_only`` asks for a card that answers no message.

    ``country`` is an ISO code or None when it is not known. ``on_call_phone`` is the clinic's on-call line, printed as
    a fact after a session (SM-64). ``quick_exit``: the chat has a button that closes it at once (SM-76).
    """

    country: str | None
    language: str
    now: datetime
    variant: str = "full"
    level: str = "concern"
    subject: str | None = "self"
    situations: frozenset[str] = frozenset()
    notice: str | None = None
    staff_name: str | None = None
    ask_question: bool = False
    quick_exit: bool = False
    on_call_phone: str | None = None


@dataclass(frozen=True)
class Card:
    """A crisis resource message. ``blocks`` stand in the order in which they are shown; ``text`` is plain text."""

    variant: str
    country: str | None
    language: str
    title: str
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...]
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The card in the shape that every channel gets."""
        return {
            "variant": self.variant,
            "country": self.country,
            "language": self.language,
            "title": self.title,
            "blocks": [dict(block) for block in self.blocks],
            "buttons": [dict(button) for button in self.buttons],
            "text": self.text,
        }


@dataclass(frozen=True)
class Reply:
    """A scripted reply. ``tags`` hold ``after_risk:keep`` or ``after_risk:replace`` (G5) and what else was given."""

    name: str
    text: str
    buttons: tuple[Button, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An information answer.

    ``signed_by`` is who has signed these words as they are. ``withheld`` means that nobody has, and ``text`` is the
    stand-in for them.
    """

    topic: str
    language: str
    title: str
    text: str
    more: str
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    version: str
    updated: str
    next_review: str
    signed_by: str | None
    buttons: tuple[Button, ...] = ()
    withheld: bool = False
