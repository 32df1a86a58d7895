"""Which step of an alarm round is due. Pure; times are aware datetimes, steps are minutes after the alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

#: The least time between repetitions after the last step, in minutes.
REPEAT_AT_LEAST = 5.0
#: What pages goes on until somebody takes the case; the rest is told once.
REPEATING = frozenset({"emergency", "crisis"})


def steps_key(urgency: str, *, pages: bool) -> str:
    """Whose steps a case follows: its own rank's, or those of a concern when it only queues."""
    return "concern" if urgency in REPEATING and not pages else urgency


def due_step(key: str, minutes: Sequence[float], since: datetime, held_until: datetime | None, now: datetime) -> int:
    """The highest step that is due at ``now``, -1 while none is. An acknowledgement holds steps back for a while."""
    if not minutes or now < since or (held_until is not None and now < held_until):
        return -1
    passed = (now - since).total_seconds() / 60
    scheduled = sum(1 for minute in minutes if passed >= minute) - 1
    if scheduled < len(minutes) - 1 or key not in REPEATING:
        return scheduled
    gap = max(REPEAT_AT_LEAST, minutes[-1] - minutes[-2] if len(minutes) > 1 else REPEAT_AT_LEAST)
    return scheduled + int((passed - minutes[-1]) // gap)


def retry_after(attempts: int) -> timedelta:
    """How long to wait before an alert or a call is tried again: 2 s, doubled each time, a minute at most."""
    return timedelta(seconds=min(60, 2 ** min(attempts + 1, 6)))
