"""Pushes every event of a platform's conversations: in order, at least once, across restarts and outages.

Each conversation has a line and, while something is due, a task of its own, so that a slow or refused one holds up
nobody else; calls to one platform at the same time are bounded. What has been sent is noted in a book that outlives the
process.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from holdfast.channels.line import Line, wait_after
from holdfast.channels.platform import Book, Platform, Refused, RetryLater
from holdfast.door.messages import Outbound

_LOG = logging.getLogger(__name__)
#: Seconds for reading the book before a card goes out without it.
BOOK_DEADLINE_S = 0.2
#: Seconds that one call of a platform may take; its own limits should be shorter.
SEND_DEADLINE_S = 30.0
#: Tries after which an event that only ever raises is refused, so that it does not block what follows.
MOST_FAULTS = 5


class Delivery:
    """The one deliverer of a process. `announce` is a `holdfast.door.messages.Watcher`."""

    def __init__(
        self,
        platforms: Sequence[Platform],
        book: Book,
        *,
        at_once: int = 16,
        sweep_every_s: float = 5.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._platforms = {platform.name: platform for platform in platforms}
        self._slots = {platform.name: asyncio.Semaphore(at_once) for platform in platforms}
        self._book, self._sweep_every_s, self._sleep = book, sweep_every_s, sleep
        self._lines: dict[str, Line] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._saving: set[str] = set()

    def announce(
        self, conversation_id: str, platform: str, address: Mapping[str, Any], events: Sequence[Outbound]
    ) -> None:
        """Takes new events of a conversation; they are sent by a task of its own."""
        if platform in self._platforms:
            line = self._lines.setdefault(conversation_id, Line(conversation_id))
            line.platform, line.address = platform, address
            line.add(events)
            self._wake(line)

    def close_line(self, conversation_id: str, reason: str, after: int = 0) -> None:
        """Sends nothing beyond event ``after`` until the person writes again: blocked, left, asked to stop."""
        line = self._lines.setdefault(conversation_id, Line(conversation_id))
        line.returning = False
        line.close(reason, after)
        self._wake(line)

    def waiting(self) -> int:
        """How many events this process holds that are not delivered yet."""
        return sum(len(line.pending) for line in self._lines.values())

    async def run(self) -> None:
        """Takes up what earlier processes left, and whatever could not be noted; works until cancelled."""
        while True:
            try:
                for conversation_id in await self._book.waiting(list(self._platforms)):
                    self._lines.setdefault(conversation_id, Line(conversation_id))
            except Exception as error:
                _LOG.warning("the book of deliveries cannot be read: %s", type(error).__name__)
            for line in list(self._lines.values()):
                self._wake(line)
            await asyncio.sleep(self._sweep_every_s)

    async def stop(self) -> None:
        """Stops sending; what is left is taken up after the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wake(self, line: Line) -> None:
        if line.conversation_id not in self._tasks:
            task = asyncio.ensure_future(self._work(line))
            self._tasks[line.conversation_id] = task
            task.add_done_callback(lambda done: self._finished(line, done))

    def _finished(self, line: Line, task: asyncio.Task[None]) -> None:
        self._tasks.pop(line.conversation_id, None)
        if task.cancelled():
            return
        if error := task.exception():
            _LOG.error("a delivery failed: %s", type(error).__name__, exc_info=error)
        elif line.next() is not None:
            self._wake(line)  # something came while the book was written
        elif line.loaded and not line.dirty and not line.returning:
            self._lines.pop(line.conversation_id, None)  # the book knows the rest

    async def _work(self, line: Line) -> None:
        while True:
            await self._load(line)
            event = line.next()
            if event is None:
                break
            await self._send(line, event)
            await self._save(line)
        await self._save(line)

    async def _load(self, line: Line) -> None:
        """Reads the book once, and again when a person who could not be reached has written."""
        if line.loaded and (line.closed is None or not line.returning):
            line.returning = False
            return
        try:
            known = await asyncio.wait_for(self._book.load(line.conversation_id), BOOK_DEADLINE_S)
            if line.returning and (line.closed is not None or (known is not None and known.closed_after is not None)):
                await asyncio.wait_for(self._book.reopen(line.conversation_id), BOOK_DEADLINE_S)
        except Exception as error:  # the card goes out all the same; the book is asked again later
            _LOG.warning("deliveries of %s cannot be read: %s", line.conversation_id, type(error).__name__)
            if line.returning:
                line.closed = None
            return
        line.loaded = True
        if known is not None:
            line.take_in(known, datetime.now(UTC))
        elif not line.pending:
            line.closed_saved = True  # a person who never wrote left: there is nothing to note
        line.returning = False

    async def _send(self, line: Line, event: Outbound) -> None:
        platform = self._platforms.get(line.platform)
        if platform is None or line.address is None:  # a channel that is no longer configured; the book keeps it
            line.pending.clear()
            return
        try:
            async with self._slots[line.platform], asyncio.timeout(SEND_DEADLINE_S):
                await platform.send(line.address, event)
            line.settle(event.event_id)
        except RetryLater as later:
            await self._wait(line, later.reason, later.after_s)
        except TimeoutError:
            await self._wait(line, "time-out", None)
        except Refused as refusal:
            _LOG.warning("%s refused an event of %s: %s", line.platform, line.conversation_id, refusal.reason)
            if refusal.whole:
                line.close(refusal.reason)
            else:
                line.refuse(event.event_id, refusal.reason)
        except Exception as error:
            _LOG.error("sending to %s failed: %s", line.platform, type(error).__name__, exc_info=error)
            line.faults += 1
            if line.faults >= MOST_FAULTS:
                line.refuse(event.event_id, f"fault: {type(error).__name__}")
            else:
                await self._wait(line, "fault", None)

    async def _wait(self, line: Line, reason: str, asked_s: float | None) -> None:
        seconds = wait_after(line.failures, asked_s, random.random())
        line.failures += 1
        _LOG.warning("%s: %s; %s waits %.1f s", line.platform, reason, line.conversation_id, seconds)
        await self._sleep(seconds)

    async def _save(self, line: Line) -> None:
        """Notes what has been done. The next event does not wait longer than a moment for it."""
        if line.dirty and line.conversation_id not in self._saving:
            saving = asyncio.ensure_future(self._note(line))
            self._saving.add(line.conversation_id)
            saving.add_done_callback(lambda _: self._saving.discard(line.conversation_id))
            await asyncio.wait((saving,), timeout=BOOK_DEADLINE_S)

    async def _note(self, line: Line) -> None:
        position, refused, closed = line.confirmed, dict(line.refused), None if line.closed_saved else line.closed
        try:
            if await self._book.save(line.conversation_id, position, refused, closed):
                line.note_saved(position, refused, closed)
        except Exception as error:
            _LOG.warning("deliveries of %s cannot be noted: %s", line.conversation_id, type(error).__name__)
