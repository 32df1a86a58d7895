"""Whether answers helped, in the conversation store: one row a conversation and topic, no words of the person."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.escalation import outbox

RATINGS = sa.Table(
    "ratings",
    outbox.METADATA,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)


@dataclass(frozen=True)
class Count:
    """How many conversations found the answer on a topic helpful or not, in a language."""

    topic: str
    language: str
    helpful: int
    not_helpful: int


def note(connection: sa.Connection, conversation_id: str, topic: str, helpful: bool, language: str, at: float) -> None:
    """Keeps a rating; a later one of the same conversation replaces it, so that a commit may come twice."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = insert(RATINGS).values(
        conversation_id=conversation_id, topic=topic, language=language, helpful=helpful, at=at
    )
    newer = {"language": language, "helpful": helpful, "at": at}
    connection.execute(
        row.on_conflict_do_update(index_elements=["conversation_id", "topic"], set_=newer, where=RATINGS.c.at < at)
    )


def counts(connection: sa.Connection) -> list[Count]:
    """The counts by topic and language, those that helped least first."""
    helpful = sa.func.sum(sa.case((RATINGS.c.helpful, 1), else_=0))
    total = sa.func.count()
    rows = connection.execute(
        sa.select(RATINGS.c.topic, RATINGS.c.language, helpful, total)
        .group_by(RATINGS.c.topic, RATINGS.c.language)
        .order_by((total - helpful).desc(), RATINGS.c.topic, RATINGS.c.language)
    ).all()
    return [Count(topic, language, int(yes), int(all_) - int(yes)) for topic, language, yes, all_ in rows]
