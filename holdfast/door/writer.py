"""Makes commits durable in time: the database within its deadline, else the spool; a write never delays a card."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from holdfast.door.store import Commit, Store
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)
#: Seconds that a commit may take before the spool takes over (design: 200 ms).
WRITE_DEADLINE_S = 0.2


class Writer:
    """One thread writes to the database in order, another to the spool."""

    def __init__(self, store: Store, spool: Spool, *, deadline_s: float = WRITE_DEADLINE_S) -> None:
        self._store, self._spool, self._deadline_s = store, spool, deadline_s
        self._database = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._waiting = 0
        self.spooled = 0

    async def write(self, commit: Commit) -> bool:
        """True once the commit is in the database or the spool; False when neither took it."""
        loop = asyncio.get_running_loop()
        if self._waiting < 200:  # a frozen database must not pile up memory: past this the spool takes all
            self._waiting += 1
            writing = loop.run_in_executor(self._database, self._store.commit, commit)
            writing.add_done_callback(self._done)
            try:
                await asyncio.wait_for(asyncio.shield(writing), self._deadline_s)
                return True
            except TimeoutError:
                _LOG.warning("commit of %s took too long: to the spool", commit.name)
            except Exception as error:
                _LOG.error("commit of %s failed (%s): to the spool", commit.name, type(error).__name__)
        try:
            await loop.run_in_executor(self._disk, self._spool.put, commit.name, commit.to_dict())
            self.spooled += 1
            return True
        except OSError as error:
            _LOG.critical("the spool refused %s: %s", commit.name, error)
            return False

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # seen here or by `write`; asyncio must not report it again

    async def drain(self) -> int:
        """Carries spooled commits into the database; stops at the first that fails. Returns how many went in."""
        loop, count = asyncio.get_running_loop(), 0
        for name, entry in await loop.run_in_executor(self._disk, lambda: list(self._spool.entries())):
            try:
                await loop.run_in_executor(self._database, self._store.commit, Commit.from_dict(entry))
            except Exception as error:
                _LOG.warning("the spool waits: %s", type(error).__name__)
                break
            await loop.run_in_executor(self._disk, self._spool.remove, name)
            count += 1
        return count

    def close(self) -> None:
        """Waits for what is being written."""
        self._database.shutdown(wait=True)
        self._disk.shutdown(wait=True)
