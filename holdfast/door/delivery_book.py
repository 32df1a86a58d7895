"""The book of deliveries that channels are handed: reads and writes `holdfast.door.deliveries` off the event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

from holdfast.door.deliveries import DELIVERIES, REFUSALS, due_and_open
from holdfast.door.messages import Outbound, Waiting
from holdfast.door.store import MESSAGES, Store

Result = TypeVar("Result")
#: Conversations that one look for waiting ones returns at most, and events of one that are read at once.
MOST_CONVERSATIONS, MOST_EVENTS = 500, 200
#: Calls that may wait at the same time; a frozen database must not pile up memory.
MOST_CALLS = 200


class DeliveryBook:
    """Implements `holdfast.channels.platform.Book`. All methods raise what the database raises."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="deliveries")
        self._running = 0

    async def waiting(self, platforms: Collection[str]) -> list[str]:
        """Conversations in which something is due that may be sent."""
        return await self._run(lambda connection: _waiting(connection, platforms))

    async def load(self, conversation_id: str) -> Waiting | None:
        """Where the conversation stands, with the events that are due; None when the book does not know it."""
        return await self._run(lambda connection: _load(connection, conversation_id))

    async def save(
        self,
        conversation_id: str,
        position: int,
        refusals: Mapping[int, str],
        closed: tuple[int, str] | None,
    ) -> bool:
        """Notes what has become of the events up to ``position``. False while these are not recorded themselves.

        A number that nobody recorded may be another event's after a restart, and that one must not count as sent.
        """
        return await self._run(lambda connection: _save(connection, conversation_id, position, refusals, closed))

    async def reopen(self, conversation_id: str) -> None:
        """The person is there again: events go out as before."""
        where = DELIVERIES.c.conversation_id == conversation_id
        change = sa.update(DELIVERIES).where(where).values(closed_after=None, closed_reason=None)
        await self._run(lambda connection: connection.execute(change))

    def close(self) -> None:
        """Waits for what is being written."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[sa.Connection], Result]) -> Result:
        def transaction() -> Result:
            with self._store.begin() as connection:
                return work(connection)

        if self._running >= MOST_CALLS:
            raise BlockingIOError("the database does not keep up")
        future = asyncio.get_running_loop().run_in_executor(self._threads, transaction)
        self._running += 1
        future.add_done_callback(self._done)
        return await future

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._running -= 1


def _waiting(connection: sa.Connection, platforms: Collection[str]) -> list[str]:
    column = DELIVERIES.c
    where = due_and_open() & column.platform.in_(platforms)
    return list(connection.execute(sa.select(column.conversation_id).where(where).limit(MOST_CONVERSATIONS)).scalars())


def _load(connection: sa.Connection, conversation_id: str) -> Waiting | None:
    row = connection.execute(sa.select(DELIVERIES).where(DELIVERIES.c.conversation_id == conversation_id)).first()
    if row is None:
        return None
    column = MESSAGES.c
    where = (column.conversation_id == conversation_id) & (column.event_id > row.position) & (column.author != "user")
    bodies = connection.execute(sa.select(column.body).where(where).order_by(column.event_id).limit(MOST_EVENTS))
    events = tuple(Outbound.from_dict(json.loads(body)) for body in bodies.scalars())
    return Waiting(
        conversation_id,
        row.platform,
        json.loads(row.address),
        row.position,
        row.closed_after,
        row.closed_reason,
        events,
    )


def _save(
    connection: sa.Connection,
    conversation_id: str,
    position: int,
    refusals: Mapping[int, str],
    closed: tuple[int, str] | None,
) -> bool:
    column = DELIVERIES.c
    here = column.conversation_id == conversation_id
    row = connection.execute(sa.select(column.newest, column.position).where(here)).first()
    if row is None or row.newest < position:
        return False
    for event_id, reason in refusals.items():
        known = (REFUSALS.c.conversation_id == conversation_id) & (REFUSALS.c.event_id == event_id)
        if connection.execute(sa.select(REFUSALS.c.event_id).where(known)).first() is None:
            values = {"conversation_id": conversation_id, "event_id": event_id, "reason": reason[:200]}
            connection.execute(sa.insert(REFUSALS).values(**values))
    changes: dict[str, object] = {}
    if position > row.position:
        changes["position"] = position
    if closed is not None:
        changes.update(closed_after=closed[0], closed_reason=closed[1][:200])
    if changes:
        connection.execute(sa.update(DELIVERIES).where(here).values(**changes))
    return True
