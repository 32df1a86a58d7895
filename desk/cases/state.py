"""What a case is and what can happen to it, as plain data. No clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from desk.cases.levels import Urgency, urgency

Status = Literal["open", "claimed", "resolved"]
OUTCOMES = {
    "safe_for_now": "We talked; safe for now",
    "crisis_line": "Connected with a crisis line",
    "emergency_service": "Emergency service is with them",
    "follow_up": "Follow-up with the clinic agreed",
    "no_answer": "Could not be reached",
    "answered": "Question or wish answered",
    "not_a_crisis": "No crisis; raised by mistake",
    "drill": "Drill",
}


class Refused(Exception):
    """This cannot be done to the case now. The message is for the member of staff who tried."""


@dataclass(frozen=True)
class Person:
    """A member of staff, as a case knows them. ``name`` is what the person in the chat reads."""

    id: int
    name: str


@dataclass(frozen=True)
class Arrival:
    """What an outbox record says, as far as a case cares. ``at`` is when the door made it."""

    kind: str
    level: str
    subject: str | None
    at: datetime
    flags: frozenset[str] = frozenset()
    signals: tuple[str, ...] = ()
    pages: bool = False
    drill: bool = False
    staff_silent: bool = False
    callback: str = ""  # what became of a request for a call: corrected, withdrawn


@dataclass(frozen=True)
class CaseState:
    """What decisions depend on. ``round`` counts alarm rounds; ``alarm_since`` is None while nobody needs alerting.

    ``unseen_rise``: an alarm came while somebody had the case, and they have not seen it. ``holder_silent``: whoever
    has the case has not written for so long that the bot helps on. ``pages``: somebody is paged at once; otherwise the
    case waits in the queue. ``held_until``: somebody has said that they saw the alert. ``waiting_since``: since when
    the person has waited for a human.
    """

    status: Status
    level: str
    opened_at: datetime
    waiting_since: datetime
    alarmed: bool = True
    subject: str | None = None
    flags: frozenset[str] = frozenset()
    signals: tuple[str, ...] = ()
    wishes: frozenset[str] = frozenset()
    pages: bool = False
    drill: bool = False
    claimed_by: Person | None = None
    claimed_at: datetime | None = None
    round: int = 0
    alarm_since: datetime | None = None
    held_until: datetime | None = None
    unseen_rise: bool = False
    holder_silent: bool = False
    notified_at: datetime | None = None
    first_reply_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str = ""
    lifted: bool = False

    @property
    def urgency(self) -> Urgency:
        """The rank in the queue."""
        return urgency(self.level, self.flags, self.wishes, alarmed=self.alarmed)

    @property
    def known(self) -> str:
        """Changes with whatever staff must have seen before they end the case. A page posts what it showed."""
        return "/".join((self.level, ",".join(sorted(self.flags)), ",".join(sorted(self.wishes))))


@dataclass(frozen=True)
class Happening:
    """One line of a case's history."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DoorOrder:
    """Something the door must be told: ``takeover``, ``hand_back``, ``close``, ``lift`` or ``notice``."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What follows from something that happened."""

    state: CaseState
    history: tuple[Happening, ...] = ()
    door: tuple[DoorOrder, ...] = ()
