"""What the door does by itself from time to time: notices to people, the spool, retention."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from holdfast.door.service import Door
from holdfast.escalation import outbox

_LOG = logging.getLogger(__name__)


class Caretaker:
    """Three small loops that outlive any failure of a round."""

    def __init__(self, door: Door) -> None:
        self._door, self._parts = door, door.parts
        self._told_until = self._parts.clock()

    async def run(self) -> None:
        """Works until cancelled."""
        await asyncio.gather(
            self._every(0.5, self.tell_notified), self._every(5.0, self.drain_spool), self._every(3600.0, self.forget)
        )

    async def tell_notified(self) -> None:
        """Says "has been alerted" where, and only where, a notifier that reaches people accepted the alarm (G4)."""
        entries = await asyncio.to_thread(self._alerted)
        for entry in entries:
            self._told_until = max(self._told_until, entry.alerted_at or 0.0)
            if not entry.reached_people or entry.record.kind not in ("alarm", "rise"):
                continue
            conversation = await self._parts.registry.get(entry.record.conversation_id)
            state = conversation.state
            if state.notice == "recorded" and state.episode == entry.record.episode:
                conversation.state = replace(state, notice="notified")
                draft = self._parts.texts.notice("notified", conversation.state)
                await self._door.outgoing.deliver(conversation, (("notice", draft),))

    async def drain_spool(self) -> None:
        """Carries spooled commits into the database once it is back."""
        if count := await self._parts.writer.drain():
            _LOG.info("%d spooled commits are in the database", count)

    async def forget(self) -> None:
        """Deletes conversations past the retention time."""
        before = self._parts.clock() - self._parts.clinic.retention_days * 86_400
        if count := await asyncio.to_thread(self._parts.store.forget_older_than, before):
            _LOG.info("%d conversations past retention deleted", count)

    def _alerted(self) -> list[outbox.Entry]:
        with self._parts.store.engine.connect() as connection:
            return outbox.alerted_since(connection, self._told_until)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                _LOG.warning("%s failed: %s", getattr(work, "__name__", "a round"), type(error).__name__)
            await asyncio.sleep(seconds)
