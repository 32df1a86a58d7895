"""Rasa's memory of conversations: the recent ones, the recent part of each, in this process and nowhere else.

The door keeps what was said and everything a reply depends on; Rasa needs a conversation only while it is going on. So
users' words lie on disk once, where retention and deletion are looked after, and a turn costs no database.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

#: Most conversations that are remembered, seconds without a message after which one is forgotten, and messages of each.
MOST_CONVERSATIONS = 2_000
FORGOTTEN_AFTER_S = 4 * 3600
MOST_MESSAGES = 30


class RecentConversations(TrackerStore, SerializedTrackerAsText):  # type: ignore[misc]
    """A tracker store with bounds in number, age and length."""

    def __init__(
        self,
        domain: Any,
        event_broker: Any = None,
        *,
        most: int = MOST_CONVERSATIONS,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._most, self._clock = most, clock
        super().__init__(domain, event_broker)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remembers the conversation and forgets what is old."""
        await self.stream_events(tracker)
        self._kept[tracker.sender_id] = (self._clock(), _shortened(self.serialise_tracker(tracker)))
        self._kept.move_to_end(tracker.sender_id)
        self._forget()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, None when it is not remembered."""
        self._forget()
        kept = self._kept.get(sender_id)
        return self.deserialise_tracker(sender_id, kept[1]) if kept else None

    async def keys(self) -> Iterable[str]:
        """Whose conversations are remembered."""
        self._forget()
        return list(self._kept)

    def _forget(self) -> None:
        too_old = self._clock() - FORGOTTEN_AFTER_S
        while self._kept and (len(self._kept) > self._most or next(iter(self._kept.values()))[0] < too_old):
            self._kept.popitem(last=False)


def _shortened(serialised: str) -> str:
    """The last MOST_MESSAGES messages and what followed them. Slots set before are carried over."""
    data = json.loads(serialised)
    events = data["events"]
    starts = [index for index, event in enumerate(events) if event["event"] == "user"]
    if len(starts) <= MOST_MESSAGES:
        return serialised
    cut = starts[-MOST_MESSAGES]
    slots = {event["name"]: event for event in events[:cut] if event["event"] == "slot"}
    listening = [event for event in events[:cut] if event["event"] == "action"][-1:]
    return json.dumps({**data, "events": [*slots.values(), *listening, *events[cut:]]})
