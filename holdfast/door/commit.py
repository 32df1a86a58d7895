"""What is written of a conversation in one go, and what it makes of what is stored already. Pure data and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from holdfast.door.merging import merged
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.escalation.record import OutboxRecord

#: So many events of a conversation are read and kept in memory.
KEPT_EVENTS = 500


@dataclass(frozen=True)
class Commit:
    """What must become durable together: the state, new events, what staff must learn of. Repeating it changes nothing.

    ``version`` rises with each commit of a conversation, so that a late one never overwrites a newer state. ``base`` is
    set while the stored state could not be read: the state that the conversation began with instead.
    """

    conversation_id: str
    version: int
    state: ConversationState
    at: float
    events: tuple[Outbound, ...] = ()
    record: OutboxRecord | None = None
    detection: Mapping[str, Any] | None = None
    closes_episode: int | None = None
    rating: tuple[str, bool] | None = None  # topic of an answer, and whether it helped
    base: ConversationState | None = None

    @property
    def name(self) -> str:
        """Where its name in the spool begins."""
        return f"{spool_prefix(self.conversation_id)}{self.version:08d}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data for the spool."""
        return {
            "conversation_id": self.conversation_id,
            "version": self.version,
            "state": self.state.to_dict(),
            "at": self.at,
            "events": [event.to_dict() for event in self.events],
            "record": self.record.to_dict() if self.record else None,
            "detection": self.detection,
            "closes_episode": self.closes_episode,
            "rating": list(self.rating) if self.rating else None,
            "base": self.base.to_dict() if self.base else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Commit:
        """Reverses `to_dict`. Raises KeyError, TypeError, ValueError or AttributeError on anything else."""
        return cls(
            conversation_id=data["conversation_id"],
            version=data["version"],
            state=ConversationState.from_dict(data["state"]),
            at=data["at"],
            events=tuple(Outbound.from_dict(event) for event in data["events"]),
            record=OutboxRecord.from_dict(data["record"]) if data["record"] else None,
            detection=data["detection"],
            closes_episode=data["closes_episode"],
            rating=(rating[0], rating[1]) if (rating := data.get("rating")) else None,
            base=ConversationState.from_dict(base) if (base := data.get("base")) else None,
        )


@dataclass(frozen=True)
class Stored:
    """A conversation as it was last committed."""

    version: int
    state: ConversationState
    events: tuple[Outbound, ...]


def spool_prefix(conversation_id: str) -> str:
    """Where the names of all its entries in the spool begin."""
    return f"{conversation_id}-"


def settled(version: int, state: ConversationState, commit: Commit) -> tuple[int, ConversationState]:
    """Version and state of a stored conversation after the commit; a late one leaves them as they are.

    One that did not know the stored state is merged into it.
    """
    if commit.version <= version:
        return version, state
    return commit.version, commit.state if commit.base is None else merged(commit.base, commit.state, state)


def to_add(known: Iterable[Outbound], events: Iterable[Outbound]) -> list[Outbound]:
    """Those of ``events`` that are not known yet. One whose number another event has gets the next free number."""
    taken = {event.event_id: event for event in known}
    said = {_content(event) for event in taken.values()}
    added = []
    for event in events:
        if event.event_id in taken and _content(event) in said:
            continue
        own = event if event.event_id not in taken else replace(event, event_id=max(taken) + 1)
        taken[own.event_id] = own
        added.append(own)
    return added


def with_spooled(stored: Stored | None, spooled: Iterable[Commit]) -> Stored | None:
    """The conversation as it will be once what waits in the spool has gone in."""
    for commit in sorted(spooled, key=lambda each: each.version):
        if stored is None:
            stored = Stored(commit.version, commit.state, ())
        version, state = settled(stored.version, stored.state, commit)
        events = sorted((*stored.events, *to_add(stored.events, commit.events)), key=lambda event: event.event_id)
        left = tuple(event for event in events[-KEPT_EVENTS:] if event.event_id >= state.forgotten_before)
        stored = Stored(version, state, left)
    return stored


def without_words(entry: Mapping[str, Any], conversation_id: str, before: int) -> dict[str, Any] | None:
    """An entry of the spool without what the person had deleted: events before that number, a request for a call.

    None when nothing is to be taken away. Alarm and state stay.
    """
    state, events = entry.get("state"), entry.get("events")
    if entry.get("conversation_id") != conversation_id or not isinstance(state, dict) or not isinstance(events, list):
        return None
    if state.get("forgotten_before", 0) >= before:  # it was written after the deletion
        return None
    later = [event for event in events if isinstance(event, dict) and event.get("event_id", 0) >= before]
    return {**entry, "events": later, "state": {**state, "callback": None}}


def _content(event: Outbound) -> str:
    return json.dumps({**event.to_dict(), "event_id": 0}, sort_keys=True)
