"""The shipper: carries outbox records to the desk, and alerts by itself when the desk does not take them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

import sqlalchemy as sa

from holdfast.escalation.desk import RecordUnwanted
from holdfast.escalation.last_resort import Alerting, LastResort
from holdfast.escalation.ledger import Ledger
from holdfast.escalation.outbox import OUTBOX, Entry
from holdfast.escalation.record import OutboxRecord, readable_or_stand_in
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)
#: Seconds between tries to hand the desk a record: before, and after the last resort's time has come.
SOON_S, LATER_S = 1.0, 5.0
#: Seconds between looks at a record that was alerted and cannot be read; a later version may read it.
RARELY_S = 60.0
#: A refusal that took longer than this many seconds counts as a desk that hangs.
HANGS_S = 1.0


class Desk(Protocol):
    """Where records go first. ``deliver`` raises RecordUnwanted for one that is never taken."""

    def deliver(self, record: OutboxRecord) -> bool: ...


class Shipper:
    """Works through outbox and spool. One instance in one process; everything it does may be repeated safely.

    ``database_deadline_s`` is how long one step at the database may take, in seconds, before what lies in the spool is
    alerted without it.
    """

    def __init__(
        self,
        engine: sa.Engine,
        spool: Spool,
        notifier: Alerting,
        *,
        desk: Desk | None = None,
        last_resort_after_s: float = 60.0,
        clock: Callable[[], float] = time.time,
        database_deadline_s: float = 10.0,
    ) -> None:
        self._spool, self._desk = spool, desk
        self._last_resort_after_s, self._clock = last_resort_after_s, clock
        self._last_resort = LastResort(notifier, spool, clock)
        self._ledger = Ledger(engine, self._last_resort.forget, deadline_s=database_deadline_s)
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
        """One pass. Returns how many records the desk or a notifier took. Raises when the database fails."""
        self._ledger.begin()
        self._ledger.take_in(self._spooled())
        taken, self._hangs = 0, False
        for entries in self._ledger.due(self._clock(), desk=self._desk is not None):
            try:
                taken += self._carry(entries)
            except Exception:
                _LOG.exception("shipper: conversation %s: a try failed", entries[0].record.conversation_id)
        self._ledger.complete()
        return taken

    def _carry(self, entries: Sequence[Entry]) -> int:
        """Takes a conversation's records to the desk in their order, until it does not take one.

        Those behind wait for it. Their alert does not: each is alerted when its own time has come.
        """
        # Whom a desk that hangs has cost the turn comes before the record that it hangs over: that may be the reason.
        patience = 0.5 if self._hangs else 1.0
        taken, in_line = 0, True
        for entry in entries:
            answer = self._offer(entry.record) if in_line else "later"
            if answer == "taken":
                self._ledger.note(entry.record, acknowledged_at=self._clock(), problem=None)
                taken += 1
            else:
                in_line = in_line and answer == "never"
                taken += self._not_taken(entry, patience)
        return taken

    def _offer(self, record: OutboxRecord) -> Literal["taken", "later", "never"]:
        """What the desk does with the record. One that has just let another one of this round wait is not asked."""
        if not record.readable:
            return "never"
        if self._desk is None or self._hangs:
            return "later"
        started = time.monotonic()
        try:
            if self._desk.deliver(record):
                return "taken"
        except RecordUnwanted as error:
            _LOG.error("shipper: record %s is not wanted: %s", record.record_id, error)
            return "never"
        except Exception as error:
            _LOG.error("shipper: the desk cannot be asked: %s", type(error).__name__)
        self._hangs = time.monotonic() - started > HANGS_S
        return "later"

    def _not_taken(self, entry: Entry, patience: float) -> bool:
        """The desk does not have the record: later again, or the last resort. Whether somebody took it."""
        record, now = entry.record, self._clock()
        if self._desk is not None and now - record.created_at < self._last_resort_after_s:
            self._later(entry, "the desk did not acknowledge", now + SOON_S * patience)
            return False
        if record.drill:  # it shows that the way is open: nobody is paged, and an old one is of no use to the desk
            self._ledger.note(record, alerted_at=now, acknowledged_at=now, reached_people=False)
            return True
        if entry.alerted_at is not None:  # people know; the desk still gets its case as soon as it is back
            pause = LATER_S if record.readable else RARELY_S
            self._later(entry, "alerted by the last resort; the desk does not acknowledge", now + pause * patience)
            return False
        return self._alert(entry, patience)

    def _alert(self, entry: Entry, patience: float) -> bool:
        """The shipper alerts by itself. Whether those were reached who must be."""
        record, outcome = entry.record, self._last_resort.alert(entry.record, entry.accepted)
        now = self._clock()
        again = now + LATER_S * patience
        if outcome is not None and outcome.enough:
            done = {"alerted_at": now, "reached_people": outcome.reached_people, "problem": None, "next_try_at": again}
            self._ledger.note(record, outcome.accepted, **done)
            return True
        if self._desk is None or self._last_resort.next_try(record) < again:
            again = self._last_resort.next_try(record)
        if outcome is None:
            self._ledger.note(record, next_try_at=again)
        else:
            missing = "no target that reaches people accepted" if outcome.accepted else "no target accepted"
            self._later(entry, f"{missing}: {', '.join(outcome.refused)}", again, outcome.accepted)
        return False

    def _later(self, entry: Entry, problem: str, next_try_at: float, accepted: Sequence[str] = ()) -> None:
        _LOG.warning("shipper: record %s: %s", entry.record.record_id, problem)
        attempts = OUTBOX.c.attempts + 1
        self._ledger.note(entry.record, accepted, attempts=attempts, problem=problem[:500], next_try_at=next_try_at)

    def _spooled(self) -> Iterator[tuple[OutboxRecord, object]]:
        """Records in the spool, each with what was found there. A file that cannot be read may hold an alarm too."""
        for name, entry in self._spool.entries():
            if raw := entry.get("record"):
                told = entry.get("conversation_id")
                conversation = told if isinstance(told, str) else _conversation_in(name)
                yield _record(raw, name, conversation, self._clock()), raw
        for file in self._spool.damaged():
            yield _record(None, file.stem, _conversation_in(file.stem), self._clock()), None

    def _alert_from_spool(self) -> None:
        """The database is out of reach: whatever lies in the spool is alerted straight from there, once. No drill."""
        try:
            for record, _ in self._spooled():
                if not record.drill:
                    self._last_resort.alert(record)
        except Exception as error:
            _LOG.error("shipper: the spool cannot be read: %s", type(error).__name__)


def _record(raw: object, name: str, conversation_id: str, now: float) -> OutboxRecord:
    """The spooled record, or what stands in for it; then its id is the file's name, the same at every look."""
    return readable_or_stand_in(
        raw, record_id=f"spool_{name}"[:64], conversation_id=conversation_id[:64], created_at=now
    )


def _conversation_in(name: str) -> str:
    """The conversation that a spool file is of: ``<conversation>-<version>``."""
    return name.rpartition("-")[0] or name
