"""The shipper: carries outbox records to the desk, and alerts by itself when the desk does not take them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.notifier import Outcome
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)
#: Seconds between tries to hand the desk a record that the last resort has alerted.
LATER_S = 5.0
#: A refusal that took longer than this many seconds counts as a desk that hangs.
HANGS_S = 1.0


class Desk(Protocol):
    """Where records go first."""

    def deliver(self, record: OutboxRecord) -> bool: ...


class Alerting(Protocol):
    """Who is told when the desk does not answer."""

    def send(self, record: OutboxRecord, now: float) -> Outcome: ...


def retry_delay(attempts: int) -> float:
    """Seconds until the next try: 1, 2, 4 and so on, 60 at most."""
    return float(min(60, 2 ** min(attempts, 6)))


class Shipper:
    """Works through outbox and spool. One instance in one process; everything it does may be repeated safely."""

    def __init__(
        self,
        engine: sa.Engine,
        spool: Spool,
        notifier: Alerting,
        *,
        desk: Desk | None = None,
        last_resort_after_s: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._spool, self._notifier, self._desk = engine, spool, notifier, desk
        self._last_resort_after_s, self._clock = last_resort_after_s, clock
        self._hangs = False

    def run(self, stop: threading.Event, *, interval_s: float = 0.2) -> None:
        """Works until ``stop`` is set; a failing round is logged and the next one tried."""
        while not stop.is_set():
            try:
                self.round()
            except Exception as error:
                _LOG.error("shipper: a round failed: %s", type(error).__name__)
                self._alert_from_spool()
            stop.wait(interval_s)

    def round(self) -> int:
        """One pass. Returns how many records the desk or a notifier took."""
        for _name, spooled in self._spool.entries():
            if record := spooled.get("record"):
                with self._engine.begin() as connection:
                    outbox.add(connection, OutboxRecord.from_dict(record))
        with self._engine.begin() as connection:
            entries = outbox.due(connection, self._clock(), desk=self._desk is not None)
        taken, behind = 0, set[str]()
        self._hangs = False
        for entry in entries:
            conversation = entry.record.conversation_id
            if conversation in behind:  # the order within a conversation stays
                continue
            if self._carry(entry):
                taken += 1
            else:
                behind.add(conversation)
        return taken

    def _carry(self, entry: outbox.Entry) -> bool:
        record = entry.record
        if self._desk is not None:
            if self._deliver(self._desk, record):
                with self._engine.begin() as connection:
                    outbox.mark_acknowledged(connection, record.record_id, self._clock())
                return True
            now = self._clock()
            if entry.alerted_at is not None:  # people know; the desk still gets its case as soon as it is back
                self._failed(record, "alerted by the last resort; the desk does not acknowledge", now + LATER_S)
                return False
            if now - record.created_at < self._last_resort_after_s:
                self._failed(record, "the desk did not acknowledge", now + 1.0)
                return False
        return self._last_resort(entry)

    def _deliver(self, desk: Desk, record: OutboxRecord) -> bool:
        """Offers the record, unless the desk has just let another one of this round wait: others must not wait too."""
        if self._hangs:
            return False
        started = time.monotonic()
        taken = desk.deliver(record)
        self._hangs = not taken and time.monotonic() - started > HANGS_S
        return taken

    def _last_resort(self, entry: outbox.Entry) -> bool:
        """The shipper alerts by itself. A drill shows that the way is open; nobody is paged for it."""
        record, now = entry.record, self._clock()
        if record.drill:
            with self._engine.begin() as connection:
                outbox.mark_alerted(connection, record.record_id, now, reached_people=False)
                outbox.mark_acknowledged(connection, record.record_id, now)  # an old drill is of no use to the desk
            return True
        outcome = None if self._spool.marked(record.record_id) else self._notifier.send(record, now)
        if outcome is not None and not outcome.accepted:
            self._failed(record, f"no target accepted: {', '.join(outcome.refused)}", now + retry_delay(entry.attempts))
            return False
        with self._engine.begin() as connection:
            outbox.mark_alerted(connection, record.record_id, self._clock(), bool(outcome and outcome.reached_people))
        self._spool.unmark(record.record_id)
        return True

    def _failed(self, record: OutboxRecord, problem: str, next_try_at: float) -> None:
        _LOG.warning("shipper: record %s: %s", record.record_id, problem)
        with self._engine.begin() as connection:
            outbox.mark_failed(connection, record.record_id, problem, next_try_at)

    def _alert_from_spool(self) -> None:
        """The database is out of reach: whatever lies in the spool is alerted straight from there, once. No drill."""
        for _name, entry in self._spool.entries():
            raw = entry.get("record")
            if raw and not raw.get("drill") and not self._spool.marked(raw["record_id"]):
                record = OutboxRecord.from_dict(raw)
                if self._notifier.send(record, self._clock()).accepted:
                    self._spool.mark(record.record_id)
