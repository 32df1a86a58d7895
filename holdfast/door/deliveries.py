"""Where the delivery of each conversation of a pushed-to platform stands: two tables beside the conversation store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.escalation import outbox

DELIVERIES = sa.Table(
    "deliveries",
    outbox.METADATA,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("platform", sa.String(16), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("newest", sa.BigInteger, nullable=False),  # the newest event that is to be delivered
    sa.Column("position", sa.BigInteger, nullable=False),  # everything up to here is settled
    sa.Column("closed_after", sa.BigInteger),  # nothing beyond this event goes out: blocked, gone, stopped
    sa.Column("closed_reason", sa.Text),
)
REFUSALS = sa.Table(
    "delivery_refusals",
    outbox.METADATA,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("event_id", sa.BigInteger, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
)


def note(connection: sa.Connection, conversation_id: str, state: ConversationState, events: Iterable[Outbound]) -> None:
    """Notes, within the caller's commit, where the person is reached and up to which event something is due."""
    newest = max((event.event_id for event in events if event.author != "user"), default=0)
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(DELIVERIES).values(
        conversation_id=conversation_id,
        platform=state.channel,
        address=json.dumps(dict(state.address or {}), separators=(",", ":"), sort_keys=True),
        newest=newest,
        position=0,
    )
    given, column = insert.excluded, DELIVERIES.c
    later = sa.case((column.newest < given.newest, given.newest), else_=column.newest)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={"platform": given.platform, "address": given.address, "newest": later},
        )
    )


def delivery_of(connection: sa.Connection, conversation_id: str, events: Iterable[dict[str, Any]]) -> None:
    """Adds ``delivery`` to each event: ``sent``, ``waiting`` or ``refused`` (then ``delivery_problem`` says why).

    It is None for the person's own messages and where nothing is pushed, as on the website.
    """
    row = connection.execute(sa.select(DELIVERIES).where(DELIVERIES.c.conversation_id == conversation_id)).first()
    chosen = sa.select(REFUSALS.c.event_id, REFUSALS.c.reason).where(REFUSALS.c.conversation_id == conversation_id)
    refused: dict[int, str] = {number: reason for number, reason in connection.execute(chosen)}
    for event in events:
        number = event["event_id"]
        event["delivery"], event["delivery_problem"] = None, None
        if row is None or event["author"] == "user":
            continue
        closed = row.closed_after is not None and number > max(row.closed_after, row.position)
        if number in refused or closed:
            event["delivery"], event["delivery_problem"] = "refused", refused.get(number, row.closed_reason)
        else:
            event["delivery"] = "sent" if number <= row.position else "waiting"


def count_waiting(connection: sa.Connection) -> int:
    """How many conversations have something that may be sent and has not arrived."""
    where = due_and_open()
    return int(connection.execute(sa.select(sa.func.count()).select_from(DELIVERIES).where(where)).scalar_one())


def due_and_open() -> sa.ColumnElement[bool]:
    """The condition for conversations in which something is due that may be sent."""
    column = DELIVERIES.c
    may = column.closed_after.is_(None) | (column.closed_after > column.position)
    return (column.newest > column.position) & may
