"""The conversation store: conversations and their messages in the same database as the outbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.door import deliveries, ratings
from holdfast.door.commit import KEPT_EVENTS, Commit, Stored, settled, to_add
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.escalation import outbox
from holdfast.escalation.record import OutboxRecord

CONVERSATIONS = sa.Table(
    "conversations",
    outbox.METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", sa.Float, nullable=False),
    sa.Column("touched_at", sa.Float, nullable=False, index=True),
)
MESSAGES = sa.Table(
    "messages",
    outbox.METADATA,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("event_id", sa.BigInteger, primary_key=True),
    sa.Column("in_reply_to", sa.String(200)),
    sa.Column("author", sa.String(8), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("detection", sa.Text),  # level and signals of a user's message, never shown to the user
    sa.Index("messages_by_reply", "conversation_id", "in_reply_to"),
)


class Store:
    """Reads and writes conversations. Synchronous; the door calls it from threads of its own.

    The tables are made when the database is first reached, not before: the door works without one (G1).
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._preparing, self._prepared = threading.Lock(), False
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction in a database that has its tables. Raises what the database raises."""
        try:
            self._prepare()
            with self.engine.begin() as connection:
                yield connection
        except Exception:
            self._prepared = False  # perhaps it is another database when it comes back
            raise

    def commit(self, commit: Commit) -> None:
        """Writes everything of the commit in one transaction."""
        with self.begin() as connection:
            known = self._known(connection, commit)
            version, state = settled(*known, commit) if known else (commit.version, commit.state)
            if known is None or version > known[0]:
                self._keep_state(connection, commit, version, state)
            added, gone = self._add_events(connection, commit), state.forgotten_before
            news = known is None or known[1].forgotten_before < gone
            if gone and (news or any(event.event_id < gone for event in added)):
                _forget_words(connection, commit.conversation_id, gone)
            if (here := commit.state if commit.state.address is not None else state).address is not None:
                deliveries.note(connection, commit.conversation_id, here, (*commit.events, *added))
            if commit.record:
                true = commit.record if commit.base is None else replace(commit.record, episode=state.episode)
                _file(connection, true, commit.record.episode, new=bool(added))
            if commit.rating:
                ratings.note(connection, commit.conversation_id, *commit.rating, commit.state.language, commit.at)
            if commit.closes_episode is not None:
                outbox.close_episode(connection, commit.conversation_id, commit.closes_episode, commit.at)

    def add_record(self, record: OutboxRecord) -> None:
        """Adds what staff must learn of without the commit that it came with."""
        with self.begin() as connection:
            outbox.add(connection, record)

    def load(self, conversation_id: str, limit: int = KEPT_EVENTS) -> Stored | None:
        """The conversation with its last ``limit`` events, None when there is none."""
        with self.begin() as connection:
            row = connection.execute(sa.select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)).first()
            if row is None:
                return None
            newest = (
                sa.select(MESSAGES.c.body)
                .where(MESSAGES.c.conversation_id == conversation_id)
                .order_by(MESSAGES.c.event_id.desc())
                .limit(limit)
            )
            events = [Outbound.from_dict(json.loads(body)) for body in connection.execute(newest).scalars()]
        return Stored(row.version, ConversationState.from_dict(json.loads(row.state)), tuple(reversed(events)))

    def transcript(self, conversation_id: str, after: int = 0) -> list[dict[str, Any]]:
        """Events after ``after`` with detection and delivery of each, oldest first, for staff."""
        where = (MESSAGES.c.conversation_id == conversation_id) & (MESSAGES.c.event_id > after)
        with self.begin() as connection:
            rows = connection.execute(sa.select(MESSAGES).where(where).order_by(MESSAGES.c.event_id)).all()
            events = [
                {**json.loads(row.body), "detection": json.loads(row.detection) if row.detection else None}
                for row in rows
            ]
            deliveries.delivery_of(connection, conversation_id, events)
        return events

    def ratings(self) -> list[ratings.Count]:
        """How often people found an answer helpful or not, by topic and language."""
        with self.begin() as connection:
            return ratings.counts(connection)

    def taken_over(self) -> list[str]:
        """Ids of the conversations that a member of staff has."""
        with self.begin() as connection:
            where = CONVERSATIONS.c.state.like('%"staff_name":"%')
            return list(connection.execute(sa.select(CONVERSATIONS.c.id).where(where)).scalars())

    def forget_older_than(self, before: float) -> list[str]:
        """Deletes conversations not touched since ``before`` with everything in them; returns which."""
        with self.begin() as connection:
            old = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.touched_at < before).with_for_update()
            ids = list(connection.execute(old).scalars())
            for table, column in (
                (MESSAGES, MESSAGES.c.conversation_id),
                (deliveries.DELIVERIES, deliveries.DELIVERIES.c.conversation_id),
                (deliveries.REFUSALS, deliveries.REFUSALS.c.conversation_id),
                (outbox.OUTBOX, outbox.OUTBOX.c.conversation_id),
                (outbox.ACCEPTED, outbox.ACCEPTED.c.conversation_id),
                (ratings.RATINGS, ratings.RATINGS.c.conversation_id),
                (CONVERSATIONS, CONVERSATIONS.c.id),
            ):
                for start in range(0, len(ids), 500):
                    connection.execute(sa.delete(table).where(column.in_(ids[start : start + 500])))
        return ids

    def _prepare(self) -> None:
        if self._prepared:
            return
        with self.engine.connect() as connection, self._preparing, connection.begin():
            outbox.make_tables(connection)
            _widen(connection)
        self._prepared = True

    def _known(self, connection: sa.Connection, commit: Commit) -> tuple[int, ConversationState] | None:
        """Version and state as they are stored, locked until the commit is done; None when there are none.

        A state that cannot be read is left alone by a commit that did not know it: what came goes in all the same.
        """
        columns = CONVERSATIONS.c
        row = connection.execute(
            sa.select(columns.version, columns.state).where(columns.id == commit.conversation_id).with_for_update()
        ).first()
        if row is None:
            return None
        try:
            return row.version, ConversationState.from_dict(json.loads(row.state))
        except (AttributeError, KeyError, TypeError, ValueError):
            return row.version if commit.base is None else commit.version, commit.state

    def _keep_state(self, connection: sa.Connection, commit: Commit, version: int, state: ConversationState) -> None:
        insert = self._insert(CONVERSATIONS).values(
            id=commit.conversation_id,
            version=version,
            state=json.dumps(state.to_dict(), separators=(",", ":")),
            opened_at=commit.at,
            touched_at=commit.at,
        )
        newer = insert.excluded
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["id"],
                set_={"version": newer.version, "state": newer.state, "touched_at": newer.touched_at},
                where=CONVERSATIONS.c.version < newer.version,
            )
        )

    def _add_events(self, connection: sa.Connection, commit: Commit) -> list[Outbound]:
        """Adds the events that are not there yet, under numbers that are free; returns them as they were added."""
        if not commit.events:
            return []
        column, first = MESSAGES.c, min(event.event_id for event in commit.events)
        where = (column.conversation_id == commit.conversation_id) & (column.event_id >= first)
        known = [
            Outbound.from_dict(json.loads(body))
            for body in connection.execute(sa.select(column.body).where(where)).scalars()
        ]
        added = to_add(known, commit.events)
        for event in added:
            detection = commit.detection if event.author == "user" else None
            values = {
                "conversation_id": commit.conversation_id,
                "event_id": event.event_id,
                "in_reply_to": event.in_reply_to,
                "author": event.author,
                "body": json.dumps(event.to_dict(), separators=(",", ":"), ensure_ascii=False),
                "detection": json.dumps(detection) if detection else None,
            }
            connection.execute(self._insert(MESSAGES).values(**values).on_conflict_do_nothing())
        return added


def _file(connection: sa.Connection, record: OutboxRecord, named: int, *, new: bool) -> None:
    """Adds the record of a commit, whose true episode it may not have known: it ``named`` another one then.

    The shipper may have taken the record from the spool under that one. Then a ``new`` commit adds it a second time:
    an alarm of an episode that nobody can close would leave the person unheard from then on (G3).
    """
    if not outbox.add(connection, record) and new and record.episode != named:
        outbox.add(connection, replace(record, record_id=f"{record.record_id}-{record.episode}"))


def _forget_words(connection: sa.Connection, conversation_id: str, before: int) -> None:
    """Deletes the conversation's messages below that number but those that are still to be delivered.

    State, outbox records and the note of deliveries stay: they hold no words.
    """
    column, delivery = MESSAGES.c, deliveries.DELIVERIES.c
    position = sa.select(delivery.position).where(delivery.conversation_id == conversation_id).scalar_subquery()
    settled_ones = (column.author == "user") | (column.event_id <= sa.func.coalesce(position, 2**62))
    where = (column.conversation_id == conversation_id) & (column.event_id < before) & settled_ones
    connection.execute(sa.delete(MESSAGES).where(where))


def _widen(connection: sa.Connection) -> None:
    """Gives the version of an older installation's table its full width; SQLite has no width of integers."""
    if connection.dialect.name != "postgresql":
        return
    kinds = {column["name"]: column["type"] for column in sa.inspect(connection).get_columns("conversations")}
    if not isinstance(kinds["version"], sa.BigInteger):
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))  # a large table takes its time, once
        connection.execute(sa.text("ALTER TABLE conversations ALTER COLUMN version TYPE BIGINT"))
