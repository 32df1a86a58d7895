"""What waits for one person on a platform, in order, and how long to wait after a failure. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from holdfast.door.messages import Outbound, Waiting

#: Events that are kept in memory for one person; more are read from the book when these have gone.
MOST_PENDING = 200
#: A sentence about people that could not be delivered for so long is not true any more (G4).
NOTICE_GOOD_FOR = timedelta(minutes=15)
#: The longest wait between two tries, in seconds; a card must not wait longer once the platform is back.
LONGEST_WAIT_S = 60.0


@dataclass
class Line:
    """One conversation's events that are due.

    ``done`` are events that need nothing more and are not noted in the book yet, ``saved`` is the book's position.
    ``returning``: the person has written, which opens a closed line again.
    """

    conversation_id: str
    platform: str = ""
    address: Mapping[str, Any] | None = None
    pending: dict[int, Outbound] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    saved: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    closed: tuple[int, str] | None = None
    closed_saved: bool = True
    loaded: bool = False
    returning: bool = False
    failures: int = 0
    faults: int = 0

    def add(self, events: Iterable[Outbound]) -> None:
        """Takes new events. One of the person's own says that the person is there."""
        for event in events:
            if event.author == "user":
                self.returning = True
            elif event.event_id > self.saved and event.event_id not in self.done:
                if len(self.pending) < MOST_PENDING:
                    self.pending[event.event_id] = event
                else:
                    self.loaded = False  # the book has it, or will

    def take_in(self, known: Waiting, now: datetime) -> None:
        """Merges what the book knows. A line that opens again leaves out what is too late to be said."""
        self.platform, self.address = self.platform or known.platform, self.address or known.address
        self.saved = known.position
        self.add(event for event in known.events if event.author != "user")
        self.pending = {number: event for number, event in self.pending.items() if number > known.position}
        if known.closed_after is not None and self.closed is None:
            self.closed = (known.closed_after, known.closed_reason or "")
        if self.closed is not None and self.returning:
            for number, event in list(self.pending.items()):
                if number > self.closed[0] and event.kind in ("notice", "reply") and now - event.at > NOTICE_GOOD_FOR:
                    self.refuse(number, "too late to be true")
            self.closed, self.closed_saved = None, True

    def next(self) -> Outbound | None:
        """The event whose turn it is; None when nothing may be sent."""
        if not self.pending:
            return None
        number = min(self.pending)
        return self.pending[number] if self.closed is None or number <= self.closed[0] else None

    def settle(self, event_id: int) -> None:
        """The event needs nothing more."""
        self.pending.pop(event_id, None)
        self.done.add(event_id)
        self.failures = self.faults = 0

    def refuse(self, event_id: int, reason: str) -> None:
        """The platform will never take this one event."""
        self.refused[event_id] = reason
        self.settle(event_id)

    def close(self, reason: str, after: int | None = None) -> None:
        """Nothing goes out beyond event ``after`` (default: what has been sent)."""
        self.closed, self.closed_saved = (max(self.done, default=self.saved) if after is None else after, reason), False

    def note_saved(self, position: int, refused: Iterable[int], closed: tuple[int, str] | None) -> None:
        """The book has noted this much."""
        self.saved = max(self.saved, position)
        self.done = {number for number in self.done if number > self.saved}
        self.closed_saved = self.closed_saved or self.closed == closed
        for number in refused:
            self.refused.pop(number, None)

    @property
    def confirmed(self) -> int:
        """The position that may be saved: all up to it is done. Not beyond ``saved`` before the book was read."""
        if not self.loaded:
            return self.saved
        newest = max(self.done, default=self.saved)
        return min(newest, min(self.pending, default=newest + 1) - 1)

    @property
    def dirty(self) -> bool:
        """Whether the book must be told something."""
        return bool(self.refused) or not self.closed_saved or self.confirmed > self.saved


def wait_after(failures: int, asked_s: float | None, luck: float) -> float:
    """Seconds until the next try: what the platform asked for, else doubling from one second up to `LONGEST_WAIT_S`.

    ``luck`` in [0, 1) spreads the tries of many conversations; it never makes a wait shorter than what was asked for.
    """
    if asked_s is not None:
        return asked_s + luck
    return float(min(LONGEST_WAIT_S, 2.0 ** min(failures, 10)) * (0.5 + luck / 2))
