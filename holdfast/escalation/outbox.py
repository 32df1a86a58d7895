"""The outbox: the durable list of what staff must learn of, a table beside the door's conversation store."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.escalation.record import OutboxRecord

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
    sa.Column("alerted_at", sa.Float),  # a notifier accepted it
    sa.Column("reached_people", sa.Boolean, nullable=False, default=False),
    sa.Column("closed_at", sa.Float),  # staff have closed the episode
    sa.Column("problem", sa.Text),
)


#: Any number that nothing else locks in the same PostgreSQL database.
_MAKING_TABLES = 7_305_428


def make_tables(connection: sa.Connection) -> None:
    """Makes what is missing of the tables beside each other here; two processes may do so at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MAKING_TABLES})
    METADATA.create_all(connection)


@dataclass(frozen=True)
class Entry:
    """A record with what has become of it. Times are seconds since the epoch, None while it has not happened."""

    record: OutboxRecord
    attempts: int
    acknowledged_at: float | None
    alerted_at: float | None
    reached_people: bool
    problem: str | None


def add(connection: sa.Connection, record: OutboxRecord) -> bool:
    """Adds the record within the caller's transaction; False when it is there already (spool and late commits)."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(OUTBOX).values(
        record_id=record.record_id,
        conversation_id=record.conversation_id,
        episode=record.episode,
        created_at=record.created_at,
        body=json.dumps(record.to_dict(), separators=(",", ":")),
    )
    added = statement.on_conflict_do_nothing().returning(OUTBOX.c.record_id)  # not every driver counts the rows
    return connection.execute(added).first() is not None


def due(connection: sa.Connection, now: float, limit: int = 100, *, desk: bool = False) -> list[Entry]:
    """Records whose next try has come, oldest first: those that nobody has yet.

    With a ``desk`` a record stays due until the desk has it, also when the last resort has alerted meanwhile (G3).
    """
    where = OUTBOX.c.acknowledged_at.is_(None) & (OUTBOX.c.next_try_at <= now)
    if not desk:
        where = where & OUTBOX.c.alerted_at.is_(None)
    return _entries(connection, sa.select(OUTBOX).where(where).order_by(OUTBOX.c.created_at).limit(limit))


def open_entries(connection: sa.Connection) -> list[Entry]:
    """Records whose episode no member of staff has closed, oldest first; what `doctor` lists."""
    return _entries(connection, sa.select(OUTBOX).where(OUTBOX.c.closed_at.is_(None)).order_by(OUTBOX.c.created_at))


def for_conversation(connection: sa.Connection, conversation_id: str) -> list[Entry]:
    """All records of a conversation, oldest first."""
    where = OUTBOX.c.conversation_id == conversation_id
    return _entries(connection, sa.select(OUTBOX).where(where).order_by(OUTBOX.c.created_at))


def alerted_since(connection: sa.Connection, since: float) -> list[Entry]:
    """Records that a notifier accepted after ``since``."""
    return _entries(connection, sa.select(OUTBOX).where(OUTBOX.c.alerted_at > since).order_by(OUTBOX.c.alerted_at))


def mark_alerted(connection: sa.Connection, record_id: str, at: float, reached_people: bool) -> None:
    """Notes that a notifier accepted the record."""
    _update(connection, record_id, alerted_at=at, reached_people=reached_people, problem=None)


def mark_acknowledged(connection: sa.Connection, record_id: str, at: float) -> None:
    """Notes that the desk has the record."""
    _update(connection, record_id, acknowledged_at=at, problem=None)


def mark_failed(connection: sa.Connection, record_id: str, problem: str, next_try_at: float) -> None:
    """Notes a failed try, why, and when to try again."""
    _update(connection, record_id, attempts=OUTBOX.c.attempts + 1, problem=problem[:500], next_try_at=next_try_at)


def close_episode(connection: sa.Connection, conversation_id: str, episode: int, at: float) -> None:
    """Notes that staff closed the episode, so that its records are no longer open."""
    where = (OUTBOX.c.conversation_id == conversation_id) & (OUTBOX.c.episode <= episode) & OUTBOX.c.closed_at.is_(None)
    connection.execute(sa.update(OUTBOX).where(where).values(closed_at=at))


def _update(connection: sa.Connection, record_id: str, **values: object) -> None:
    connection.execute(sa.update(OUTBOX).where(OUTBOX.c.record_id == record_id).values(**values))


def _entries(connection: sa.Connection, statement: sa.Select[tuple[object, ...]]) -> list[Entry]:
    return [
        Entry(
            OutboxRecord.from_dict(json.loads(row.body)),
            row.attempts,
            row.acknowledged_at,
            row.alerted_at,
            row.reached_people,
            row.problem,
        )
        for row in connection.execute(statement)
    ]
