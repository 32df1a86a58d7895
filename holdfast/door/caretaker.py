"""What the door does by itself from time to time: notices to people, the spool, retention."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from holdfast.door.service import Door
from holdfast.door.staff import Staff, UnknownConversation
from holdfast.escalation import outbox

_LOG = logging.getLogger(__name__)


class Caretaker:
    """Small loops that outlive any failure of a round."""

    def __init__(self, door: Door) -> None:
        self._door, self._parts = door, door.parts
        self._staff, self._recalled = Staff(door), False
        self._told_until = self._parts.clock()

    async def run(self) -> None:
        """Works until cancelled."""
        await asyncio.gather(
            self._every(0.5, self.tell_notified),
            self._every(1.0, self.end_silence),
            self._every(5.0, self.drain_spool),
            self._every(3600.0, self.forget),
        )

    async def tell_notified(self) -> None:
        """Says "has been alerted" where, and only where, a notifier that reaches people accepted the alarm (G4)."""
        entries = await asyncio.to_thread(self._alerted)
        for entry in entries:
            if entry.reached_people and entry.record.kind in ("alarm", "rise", "staff_request"):
                with contextlib.suppress(UnknownConversation):  # past its retention
                    await self._staff.notified(entry.record.conversation_id, entry.record.episode)
            self._told_until = max(self._told_until, entry.alerted_at or 0.0)

    async def end_silence(self) -> None:
        """Speaks up where staff have taken over and do not write."""
        if not self._recalled:  # takeovers outlive the process that was told of them
            held = await asyncio.to_thread(self._parts.store.taken_over)
            self._recalled = all([(await self._parts.registry.get(each)).loaded for each in held])
        await self._staff.end_silence()

    async def drain_spool(self) -> None:
        """Carries spooled commits into the database once it is back."""
        if count := await self._parts.writer.drain():
            _LOG.info("%d spooled commits are in the database", count)

    async def forget(self) -> None:
        """Deletes conversations past the retention time, here and wherever their words lie."""
        now = self._parts.clock()
        before = now - self._parts.clinic.retention_days * 86_400
        if gone := await self._parts.writer.forget_older_than(before, now):
            self._parts.registry.forget(gone, before)
            _LOG.info("%d conversations past retention deleted", len(gone))

    def _alerted(self) -> list[outbox.Entry]:
        with self._parts.store.begin() as connection:
            return outbox.alerted_since(connection, self._told_until)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                _LOG.warning("%s failed: %s", getattr(work, "__name__", "a round"), type(error).__name__)
            await asyncio.sleep(seconds)
