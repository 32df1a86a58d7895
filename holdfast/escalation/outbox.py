"""The outbox: the durable list of what staff must learn of, tables beside the door's conversation store."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.escalation.record import OutboxRecord, readable_or_stand_in

METADATA = sa.MetaData()
OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_try_at", sa.Float, nullable=False, default=0.0),
    sa.Column("acknowledged_at", sa.Float),  # the desk has it
    sa.Column("alerted_at", sa.Float),  # as many notifiers accepted it as must
    sa.Column("reached_people", sa.Boolean, nullable=False, default=False),
    sa.Column("closed_at", sa.Float),  # staff have closed the episode
    sa.Column("problem", sa.Text),
)
#: Who has the alert of a record, so that a target that accepted it does not get it again with one that refused.
ACCEPTED = sa.Table(
    "outbox_accepted",
    METADATA,
    sa.Column("record_id", sa.String(64), primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
)


#: Any number that nothing else locks in the same PostgreSQL database.
_MAKING_TABLES = 7_305_428


def make_tables(connection: sa.Connection) -> None:
    """Makes the tables that are missing, those of the door too where it is loaded.

    Processes that do so at the same time wait for each other. Where nothing is missing, nothing is written or locked.
    """
    known = sa.inspect(connection)
    if all(known.has_table(table.name) for table in METADATA.sorted_tables):
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MAKING_TABLES})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    METADATA.create_all(connection)


@dataclass(frozen=True)
class Entry:
    """A record with what has become of it. Times are seconds since the epoch, None while it has not happened.

    A record that cannot be read has something standing in for it (``record.readable`` is false). ``accepted`` are the
    targets that have its alert; only `due` fills them in.
    """

    record: OutboxRecord
    attempts: int
    acknowledged_at: float | None
    alerted_at: float | None
    reached_people: bool
    problem: str | None
    next_try_at: float = 0.0
    accepted: frozenset[str] = frozenset()


def add(connection: sa.Connection, record: OutboxRecord, *, body: object = None) -> bool:
    """Adds the record within the caller's transaction; False when it is there already (spool and late commits).

    ``body`` is what was found in place of a record that cannot be read: a later version may understand it.
    """
    statement = _insert(connection, OUTBOX).values(
        record_id=record.record_id,
        conversation_id=record.conversation_id,
        episode=record.episode,
        created_at=record.created_at,
        body=json.dumps(record.to_dict() if body is None else body, separators=(",", ":")),
    )
    added = statement.on_conflict_do_nothing().returning(OUTBOX.c.record_id)  # not every driver counts the rows
    return connection.execute(added).first() is not None


def due(connection: sa.Connection, now: float, limit: int = 100, *, desk: bool = False) -> list[Entry]:
    """What nobody has yet, of ``limit`` conversations with a record whose next try has come.

    Conversations that have waited longest for a try come first, new ones before all others. Of each come all records
    that nobody has, in their order, be their try due or not: none may overtake the one before it. With a ``desk`` a
    record stays due until the desk has it, also when the last resort has alerted meanwhile (G3).
    """
    nobody = sa.and_(OUTBOX.c.acknowledged_at.is_(None), sa.true() if desk else OUTBOX.c.alerted_at.is_(None))
    since, first = sa.func.min(OUTBOX.c.next_try_at).label("since"), sa.func.min(OUTBOX.c.created_at).label("first")
    chosen = (
        sa.select(OUTBOX.c.conversation_id, since, first)
        .where(nobody & (OUTBOX.c.next_try_at <= now))
        .group_by(OUTBOX.c.conversation_id)
        .order_by(since, first)
        .limit(limit)
        .subquery()
    )
    statement = (
        sa.select(OUTBOX)
        .join(chosen, OUTBOX.c.conversation_id == chosen.c.conversation_id)
        .where(nobody)
        .order_by(chosen.c.since, chosen.c.first, OUTBOX.c.conversation_id, OUTBOX.c.created_at)
    )
    rows = connection.execute(statement).all()
    accepted = defaultdict[str, set[str]](set)
    ids = {row.conversation_id for row in rows}
    for record_id, target in connection.execute(
        sa.select(ACCEPTED.c.record_id, ACCEPTED.c.target).where(ACCEPTED.c.conversation_id.in_(ids))
    ):
        accepted[record_id].add(target)
    return [_entry(row, frozenset(accepted[row.record_id])) for row in rows]


def open_entries(connection: sa.Connection) -> list[Entry]:
    """Records whose episode no member of staff has closed, oldest first; what `doctor` lists."""
    return _entries(connection, sa.select(OUTBOX).where(OUTBOX.c.closed_at.is_(None)).order_by(OUTBOX.c.created_at))


def for_conversation(connection: sa.Connection, conversation_id: str) -> list[Entry]:
    """All records of a conversation, oldest first."""
    where = OUTBOX.c.conversation_id == conversation_id
    return _entries(connection, sa.select(OUTBOX).where(where).order_by(OUTBOX.c.created_at))


def alerted_since(connection: sa.Connection, since: float) -> list[Entry]:
    """Records that were alerted after ``since``."""
    return _entries(connection, sa.select(OUTBOX).where(OUTBOX.c.alerted_at > since).order_by(OUTBOX.c.alerted_at))


def note(
    connection: sa.Connection, record: OutboxRecord, values: Mapping[str, object], accepted: Iterable[str] = ()
) -> None:
    """Writes down what has become of a record: columns of the outbox, and targets that have its alert."""
    connection.execute(sa.update(OUTBOX).where(OUTBOX.c.record_id == record.record_id).values(**values))
    for target in sorted(accepted):
        row = {"record_id": record.record_id, "target": target, "conversation_id": record.conversation_id}
        connection.execute(_insert(connection, ACCEPTED).values(**row).on_conflict_do_nothing())


def close_episode(connection: sa.Connection, conversation_id: str, episode: int, at: float) -> None:
    """Notes that staff closed the episode, so that its records are no longer open."""
    where = (OUTBOX.c.conversation_id == conversation_id) & (OUTBOX.c.episode <= episode) & OUTBOX.c.closed_at.is_(None)
    connection.execute(sa.update(OUTBOX).where(where).values(closed_at=at))


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


def _entries(connection: sa.Connection, statement: sa.Select[tuple[object, ...]]) -> list[Entry]:
    return [_entry(row) for row in connection.execute(statement)]


def _entry(row: sa.Row[tuple[object, ...]], accepted: frozenset[str] = frozenset()) -> Entry:
    try:
        raw = json.loads(row.body)
    except ValueError:
        raw = None
    names = {"record_id": row.record_id, "conversation_id": row.conversation_id}
    record = readable_or_stand_in(raw, **names, created_at=row.created_at, episode=row.episode)
    return Entry(
        replace(record, **names),  # whatever the body says, this row is what is noted upon
        row.attempts,
        row.acknowledged_at,
        row.alerted_at,
        row.reached_people,
        row.problem,
        row.next_try_at,
        accepted,
    )
