"""The conversation store: conversations and their messages in the same database as the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.door import deliveries, ratings
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.escalation import outbox
from holdfast.escalation.record import OutboxRecord

CONVERSATIONS = sa.Table(
    "conversations",
    outbox.METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
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


@dataclass(frozen=True)
class Commit:
    """What must become durable together: the state, new events, what staff must learn of. Repeating it changes nothing.

    ``version`` rises with each commit of a conversation, so that a late one never overwrites a newer state.
    """

    conversation_id: str
    version: int
    state: ConversationState
    at: float
    events: tuple[Outbound, ...] = ()
    record: OutboxRecord | None = None
    detection: Mapping[str, Any] | None = None
    closes_episode: int | None = None
    rating: tuple[str, bool] | None = None  # topic of an answer, and whether it helped

    @property
    def name(self) -> str:
        """A name for the spool, unique for the conversation and version."""
        return f"{self.conversation_id}-{self.version:08d}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data for the spool."""
        return {
            "conversation_id": self.conversation_id,
            "version": self.version,
            "state": self.state.to_dict(),
            "at": self.at,
            "events": [event.to_dict() for event in self.events],
            "record": self.record.to_dict() if self.record else None,
            "detection": self.detection,
            "closes_episode": self.closes_episode,
            "rating": list(self.rating) if self.rating else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Commit:
        """Reverses `to_dict`."""
        return cls(
            conversation_id=data["conversation_id"],
            version=data["version"],
            state=ConversationState.from_dict(data["state"]),
            at=data["at"],
            events=tuple(Outbound.from_dict(event) for event in data["events"]),
            record=OutboxRecord.from_dict(data["record"]) if data["record"] else None,
            detection=data["detection"],
            closes_episode=data["closes_episode"],
            rating=(rating[0], rating[1]) if (rating := data.get("rating")) else None,
        )


@dataclass(frozen=True)
class Stored:
    """A conversation as it was last committed."""

    version: int
    state: ConversationState
    events: tuple[Outbound, ...]


class Store:
    """Reads and writes conversations. Synchronous; the door calls it from threads of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        outbox.METADATA.create_all(engine)
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def commit(self, commit: Commit) -> None:
        """Writes everything of the commit in one transaction."""
        with self.engine.begin() as connection:
            self._upsert_conversation(connection, commit)
            for event in commit.events:
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
            if commit.state.address is not None:
                deliveries.note(connection, commit.conversation_id, commit.state, commit.events)
            if commit.record:
                outbox.add(connection, commit.record)
            if commit.rating:
                ratings.note(connection, commit.conversation_id, *commit.rating, commit.state.language, commit.at)
            if commit.closes_episode is not None:
                outbox.close_episode(connection, commit.conversation_id, commit.closes_episode, commit.at)

    def load(self, conversation_id: str, limit: int = 500) -> Stored | None:
        """The conversation with its last ``limit`` events, None when there is none."""
        with self.engine.connect() as connection:
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
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(MESSAGES).where(where).order_by(MESSAGES.c.event_id)).all()
            events = [
                {**json.loads(row.body), "detection": json.loads(row.detection) if row.detection else None}
                for row in rows
            ]
            deliveries.delivery_of(connection, conversation_id, events)
        return events

    def forget_words(self, conversation_id: str) -> int:
        """Deletes the conversation's messages but those that are still to be delivered; returns how many.

        State, outbox records and the note of deliveries stay: they hold no words.
        """
        column, delivery = MESSAGES.c, deliveries.DELIVERIES.c
        position = sa.select(delivery.position).where(delivery.conversation_id == conversation_id).scalar_subquery()
        settled = (column.author == "user") | (column.event_id <= sa.func.coalesce(position, 2**62))
        with self.engine.begin() as connection:
            where = (column.conversation_id == conversation_id) & settled
            return connection.execute(sa.delete(MESSAGES).where(where)).rowcount

    def ratings(self) -> list[ratings.Count]:
        """How often people found an answer helpful or not, by topic and language."""
        with self.engine.connect() as connection:
            return ratings.counts(connection)

    def taken_over(self) -> list[str]:
        """Ids of the conversations that a member of staff has."""
        with self.engine.connect() as connection:
            where = CONVERSATIONS.c.state.like('%"staff_name":"%')
            return list(connection.execute(sa.select(CONVERSATIONS.c.id).where(where)).scalars())

    def forget_older_than(self, before: float) -> int:
        """Deletes conversations not touched since ``before`` with everything in them; returns how many."""
        with self.engine.begin() as connection:
            old = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.touched_at < before)
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
        return len(ids)

    def _upsert_conversation(self, connection: sa.Connection, commit: Commit) -> None:
        state = json.dumps(commit.state.to_dict(), separators=(",", ":"))
        insert = self._insert(CONVERSATIONS).values(
            id=commit.conversation_id, version=commit.version, state=state, opened_at=commit.at, touched_at=commit.at
        )
        newer = insert.excluded
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["id"],
                set_={"version": newer.version, "state": newer.state, "touched_at": newer.touched_at},
                where=CONVERSATIONS.c.version < newer.version,
            )
        )
