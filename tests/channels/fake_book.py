"""A book of deliveries and a platform in memory, for tests of the deliverer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from holdfast.door.messages import Kind, Outbound, Waiting


def event(number: int, text: str = "", kind: Kind = "reply", at: datetime | None = None) -> Outbound:
    """An event of the bot, or of the person for kind ``echo``."""
    author = "user" if kind == "echo" else "bot"
    return Outbound(number, kind, text or f"words {number}", at or datetime.now(UTC), author=author)


@dataclass
class MemoryBook:
    """Implements `holdfast.channels.platform.Book`. ``broken``: every call raises."""

    known: dict[str, Waiting] = field(default_factory=dict)
    refusals: dict[str, dict[int, str]] = field(default_factory=dict)
    broken: bool = False

    def record(self, conversation_id: str, *events: Outbound, platform: str = "t") -> None:
        """What the door's commit does."""
        before = self.known.get(conversation_id, Waiting(conversation_id, platform, {"chat": conversation_id}))
        self.known[conversation_id] = replace(before, events=(*before.events, *events))

    async def waiting(self, platforms: Collection[str]) -> list[str]:
        self._check()
        return [
            each.conversation_id
            for each in self.known.values()
            if any(event.event_id > each.position for event in each.events) and each.platform in platforms
        ]

    async def load(self, conversation_id: str) -> Waiting | None:
        self._check()
        known = self.known.get(conversation_id)
        due = tuple(event for event in known.events if event.event_id > known.position) if known else ()
        return replace(known, events=due) if known else None

    async def save(
        self, conversation_id: str, position: int, refusals: Mapping[int, str], closed: tuple[int, str] | None
    ) -> bool:
        self._check()
        known = self.known.get(conversation_id)
        if known is None or max((event.event_id for event in known.events), default=0) < position:
            return False
        self.refusals.setdefault(conversation_id, {}).update(refusals)
        known = replace(known, position=max(known.position, position))
        if closed:
            known = replace(known, closed_after=closed[0], closed_reason=closed[1])
        self.known[conversation_id] = known
        return True

    async def reopen(self, conversation_id: str) -> None:
        self._check()
        self.known[conversation_id] = replace(self.known[conversation_id], closed_after=None, closed_reason=None)

    def _check(self) -> None:
        if self.broken:
            raise OSError("disk")


@dataclass
class MemoryPlatform:
    """Takes events. ``answers`` are what it does with the next ones: an exception to raise, or None."""

    name: str = "t"
    got: list[tuple[str, int]] = field(default_factory=list)
    answers: list[Exception | None] = field(default_factory=list)

    async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.got.append((str(address["chat"]), event.event_id))
