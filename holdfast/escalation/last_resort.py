"""The last resort: alerts without the desk, each target once, again and again until somebody is reached."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Protocol

from holdfast.escalation.notifier import Outcome
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)


class Alerting(Protocol):
    """Who is told when the desk does not answer."""

    def send(self, record: OutboxRecord, now: float, had: Collection[str]) -> Outcome: ...


def retry_delay(tries: int) -> float:
    """Seconds until the next try after so many: 1, 2, 4 and so on, 60 at most."""
    return float(min(60, 2 ** min(tries, 6)))


class LastResort:
    """Sends alerts and remembers who has them, in memory and in the spool's folder, until told to `forget`.

    Both, because the database may be out of reach, the disk full, and the process killed; not all of them at once.
    """

    def __init__(self, notifier: Alerting, spool: Spool, clock: Callable[[], float]) -> None:
        self._notifier, self._spool, self._clock = notifier, spool, clock
        self._had: dict[str, frozenset[str]] = {}
        self._tries: dict[str, int] = {}
        self._next: dict[str, float] = {}

    def alert(self, record: OutboxRecord, had: Collection[str] = ()) -> Outcome | None:
        """Alerts the targets that are not among those that ``had`` the alert; None while the next try has not come."""
        key, now = record.record_id, self._clock()
        if now < self._next.get(key, 0.0):
            return None
        if key not in self._had:
            self._had[key] = self._spool.marked(key)
        known = self._had[key].union(had)
        outcome = self._send(record, now, known)
        if news := known.union(outcome.accepted) - known:
            self._had[key] = known | news
            self._mark(key)
        if not outcome.enough:
            self._next[key] = self._clock() + retry_delay(self._tries.get(key, 0))
            self._tries[key] = self._tries.get(key, 0) + 1
        return outcome

    def next_try(self, record: OutboxRecord) -> float:
        """When `alert` does something again, in seconds since the epoch."""
        return self._next.get(record.record_id, 0.0)

    def forget(self, record_id: str) -> None:
        """Nobody need be alerted any more, and the database knows."""
        for memory in (self._had, self._tries, self._next):
            memory.pop(record_id, None)
        try:
            self._spool.unmark(record_id)
        except OSError as error:
            _LOG.warning("the mark of record %s stays in the spool: %s", record_id, error)

    def _send(self, record: OutboxRecord, now: float, had: Collection[str]) -> Outcome:
        try:
            return self._notifier.send(record, now, had)
        except Exception as error:
            _LOG.exception("record %s cannot be alerted", record.record_id)
            return Outcome((), (type(error).__name__,), reached_people=False)

    def _mark(self, record_id: str) -> None:
        try:
            self._spool.mark(record_id, self._had[record_id])
        except OSError as error:
            _LOG.error("who has the alert of record %s is known to this process only: %s", record_id, error)
