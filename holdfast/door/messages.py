"""What channels and the door say to each other: a message coming in, messages going out."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

Kind = Literal["card", "reply", "notice", "staff", "echo"]
Author = Literal["bot", "staff", "user"]


@dataclass(frozen=True)
class Inbound:
    """One message of a user. ``message_id`` is the platform's own; ``text`` is None when it cannot be read.

    An edit has a ``message_id`` of its own, such as ``17:edit:1795428000``. ``addressed`` is false for what was only
    overheard in a group: it is assessed like everything (G6), and kept and answered only when a card is due.
    """

    conversation_id: str
    message_id: str
    text: str | None
    channel: str
    unreadable: str | None = None  # voice, photo, sticker: what it was
    edit: bool = False
    language: str | None = None  # chosen by the person in the interface
    address: Mapping[str, Any] | None = None  # where the platform reaches the person, when that is new
    addressed: bool = True


@dataclass(frozen=True)
class Button:
    """A tap target. ``payload`` starts with ``/`` and is a command only where the server sent it."""

    label: str
    payload: str

    def to_dict(self) -> dict[str, str]:
        """JSON-ready data."""
        return {"label": self.label, "payload": self.payload}


@dataclass(frozen=True)
class Outbound:
    """One message to a user. ``event_id`` rises within the conversation; ``at`` is aware, UTC."""

    event_id: int
    kind: Kind
    text: str
    at: datetime
    blocks: tuple[Mapping[str, Any], ...] = ()
    buttons: tuple[Button, ...] = ()
    author: Author = "bot"
    staff_name: str | None = None
    in_reply_to: str | None = None
    language: str = "en"
    country: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What a client sees, JSON-ready."""
        return {
            "event_id": self.event_id,
            "kind": self.kind,
            "text": self.text,
            "blocks": [dict(block) for block in self.blocks],
            "buttons": [button.to_dict() for button in self.buttons],
            "author": self.author,
            "staff_name": self.staff_name,
            "in_reply_to": self.in_reply_to,
            "language": self.language,
            "country": self.country,
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Outbound:
        """Reverses `to_dict`."""
        return cls(
            event_id=data["event_id"],
            kind=data["kind"],
            text=data["text"],
            at=datetime.fromisoformat(data["at"].replace("Z", "+00:00")),
            blocks=tuple(data["blocks"]),
            buttons=tuple(Button(b["label"], b["payload"]) for b in data["buttons"]),
            author=data["author"],
            staff_name=data["staff_name"],
            in_reply_to=data["in_reply_to"],
            language=data["language"],
            country=data["country"],
        )


@dataclass(frozen=True)
class Receipt:
    """What became of an inbound message. ``safe`` is false when neither store nor spool took it: no 2xx then.

    ``following`` is Rasa's turn under way, for those who want to wait for it.
    """

    events: tuple[Outbound, ...]
    duplicate: bool
    safe: bool
    following: Awaitable[Any] | None = None


@dataclass(frozen=True)
class Opening:
    """What a channel knows when a conversation begins. ``country`` is an ISO code the platform reported.

    ``address`` (JSON-ready) is where a platform that must be pushed to reaches the person; it makes the conversation
    one whose events are delivered by `holdfast.channels.delivery`. The greeting then comes with the first answer that
    is no card, because the person has written already.
    """

    channel: str
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    drill: bool = False
    address: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Waiting:
    """Where a conversation's delivery stands. ``events`` are those after ``position`` that nobody has confirmed yet.

    Nothing is sent to the person beyond event ``closed_after``, because of ``closed_reason``; None: not closed.
    """

    conversation_id: str
    platform: str
    address: Mapping[str, Any]
    position: int = 0
    closed_after: int | None = None
    closed_reason: str | None = None
    events: tuple[Outbound, ...] = ()


class Watcher(Protocol):
    """Who learns of every event at the moment at which it is made, before it is recorded."""

    def __call__(
        self, conversation_id: str, platform: str, address: Mapping[str, Any], events: Sequence[Outbound]
    ) -> None:
        """Takes note; must not block and must not raise."""
        ...


class Service(Protocol):
    """What channels are handed: the door, seen from outside."""

    async def open(self, conversation_id: str, opening: Opening) -> Sequence[Outbound]:
        """Begins a conversation and returns its greeting."""
        ...

    async def handle(self, message: Inbound) -> Receipt:
        """Assesses, answers and records one message; Rasa's answer follows as an event."""
        ...

    async def say(self, conversation_id: str, name: str, message_id: str, words: str) -> Receipt:
        """Answers a command of the platform (its ``words`` are kept as the person's) with the reply called ``name``."""
        ...

    async def forget_words(self, conversation_id: str, message_id: str) -> None:
        """Deletes what was written in the conversation, as far as it need not be delivered any more.

        ``message_id`` is that of the wish; one that was answered already deletes nothing again.
        """
        ...

    async def learn(self, conversation_id: str, opening: Opening) -> None:
        """Takes in what a platform told late about the person; where a card is out, the right one follows."""
        ...

    async def issued(self, conversation_id: str) -> frozenset[str]:
        """The payloads of all buttons that were sent in the conversation."""
        ...

    def phrase(self, name: str, language: str, **facts: str) -> str:
        """The text of the reply called ``name``, which needs no facts but those given."""
        ...

    def events(self, conversation_id: str, after: int) -> Any:
        """An asynchronous iterator of Outbound after event id ``after``; None as heartbeat."""
        ...

    def lines(self, country: str | None, language: str) -> Mapping[str, Any]:
        """The full card of a country (default: the clinic's) as JSON-ready data."""
        ...
