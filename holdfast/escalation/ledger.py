"""The shipper's side of the outbox: each step with a deadline, and no decision lost while nothing can be written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.outbox import Entry
from holdfast.escalation.record import OutboxRecord

_LOG = logging.getLogger(__name__)
_Got = TypeVar("_Got")


class DatabaseHangs(Exception):
    """The database has not answered in time."""


@dataclass
class Note:
    """What is to be written down of a record."""

    record: OutboxRecord
    values: dict[str, Any] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()

    @property
    def settles(self) -> bool:
        """Whether the desk has the record, or it has been alerted."""
        return bool(self.values.keys() & {"acknowledged_at", "alerted_at"})


class Ledger:
    """Reads what is due and writes down what became of it. What cannot be written is kept, and counts as if it were.

    A round is `begin`, `take_in`, `due`, `note`, `complete`. After the first write of a round that fails no other is
    tried in it, so that a database that fails slowly costs its time once. ``settled`` is told of each record that
    somebody has, once that is written.
    """

    def __init__(self, engine: sa.Engine, settled: Callable[[str], None], *, deadline_s: float) -> None:
        self._engine, self._settled, self._deadline_s = engine, settled, deadline_s
        self._unwritten: dict[str, Note] = {}
        self._taken_in: set[str] = set()
        self._prepared = False
        self._failure: Exception | None = None
        self._stuck: threading.Thread | None = None

    def begin(self) -> None:
        """Begins a round: writes what was left over. Raises when the database does not answer at all."""
        self._failure = None
        self._within(lambda connection: connection.execute(sa.select(1)))
        for note in list(self._unwritten.values()):
            self._write(note)

    def take_in(self, found: Iterable[tuple[OutboxRecord, object]]) -> None:
        """Adds spooled records to the outbox, each with what was found in place of one that cannot be read."""
        for record, body in found:
            if self._failure is not None:
                return
            if record.record_id not in self._taken_in and self._try(partial(_add, record, body)):
                self._taken_in.add(record.record_id)

    def due(self, now: float, *, desk: bool) -> list[list[Entry]]:
        """What is due, by conversation and in order. Raises when the database cannot be read."""
        limit = 100 + len(self._unwritten)
        entries = self._within(lambda connection: outbox.due(connection, now, limit, desk=desk))
        known = [each for each in map(self._as_decided, entries) if each.acknowledged_at is None]
        waiting = [each for each in known if desk or each.alerted_at is None]
        by_conversation = [list(each) for _, each in groupby(waiting, lambda entry: entry.record.conversation_id)]
        return [each for each in by_conversation if min(entry.next_try_at for entry in each) <= now]

    def note(self, record: OutboxRecord, accepted: Iterable[str] = (), **values: Any) -> None:
        """Writes down what became of a record: columns of the outbox, and targets that have its alert."""
        note = self._unwritten.setdefault(record.record_id, Note(record))
        note.values |= values
        note.accepted |= frozenset(accepted)
        self._write(note)

    def complete(self) -> None:
        """Ends a round. Raises what a write of it has failed with."""
        if self._failure is not None:
            raise self._failure

    def _write(self, note: Note) -> None:
        if self._failure is None and self._try(
            lambda connection: outbox.note(connection, note.record, note.values, note.accepted)
        ):
            del self._unwritten[note.record.record_id]
            if note.settles:
                self._settled(note.record.record_id)

    def _as_decided(self, entry: Entry) -> Entry:
        """The entry as it would be had everything been written."""
        note = self._unwritten.get(entry.record.record_id)
        if note is None:
            return entry
        fields = {name: value for name, value in note.values.items() if name != "attempts"}
        return replace(entry, accepted=entry.accepted | note.accepted, **fields)

    def _try(self, work: Callable[[sa.Connection], object]) -> bool:
        """Whether a write succeeded. One that this record alone is to blame for does not stop the others."""
        try:
            self._within(work)
            return True
        except (sa.exc.DataError, sa.exc.IntegrityError) as error:
            _LOG.error("shipper: the outbox refuses a record: %s", type(error).__name__)
        except Exception as error:
            self._failure = error
        return False

    def _within(self, work: Callable[[sa.Connection], _Got]) -> _Got:
        """What the work in one transaction returns or raises; DatabaseHangs when the deadline passes.

        The database's own time limits do not end every wait. A thread that hangs is left alone, and nothing else is
        begun until it comes back: so late writes keep their order.
        """
        if self._stuck is not None and self._stuck.is_alive():
            raise DatabaseHangs
        done: list[_Got] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                if not self._prepared:
                    with self._engine.begin() as connection:
                        outbox.make_tables(connection)
                    self._prepared = True
                with self._engine.begin() as connection:
                    got = work(connection)
                done.append(got)
            except BaseException as error:
                self._prepared = False  # perhaps it is another database when it comes back
                failed.append(error)

        self._stuck = threading.Thread(target=run, name="database", daemon=True)
        self._stuck.start()
        self._stuck.join(self._deadline_s)
        if failed:
            raise failed[0]
        if not done:
            raise DatabaseHangs
        return done[0]


def _add(record: OutboxRecord, body: object, connection: sa.Connection) -> bool:
    return outbox.add(connection, record, body=None if record.readable else body)
