"""Makes commits durable in time: the database within its deadline, else the spool; a write never delays a card."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from holdfast.door.commit import Commit, spool_prefix, without_words
from holdfast.door.store import Store
from holdfast.escalation import upkeep
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)
#: Seconds that a commit may take before the spool takes over (design: 200 ms).
WRITE_DEADLINE_S = 0.2
#: Seconds after which a draft in the spool was left by a kill.
DRAFT_S = 3600.0
#: What the database says of an entry that it will never take.
_REFUSED = (sa.exc.DataError, sa.exc.IntegrityError, OverflowError)
#: What no entry is to blame for: the server is away, the file locked or not to be opened.
_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
#: What an entry raises that is no commit.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


class Writer:
    """One thread writes to the database in order, another to the spool."""

    def __init__(self, store: Store, spool: Spool, *, deadline_s: float = WRITE_DEADLINE_S) -> None:
        self._store, self._spool, self._deadline_s = store, spool, deadline_s
        self._database = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._waiting = 0
        self._forgotten: dict[str, int] = {}
        self.spooled = 0

    async def write(self, commit: Commit) -> bool:
        """True once the commit is in the database or the spool; False when neither took it."""
        loop = asyncio.get_running_loop()
        if self._waiting < 200:  # a frozen database must not pile up memory: past this the spool takes all
            self._waiting += 1
            writing = loop.run_in_executor(self._database, self._commit, commit)
            writing.add_done_callback(self._done)
            try:
                await asyncio.wait_for(asyncio.shield(writing), self._deadline_s)
                return True
            except TimeoutError:
                _LOG.warning("commit of %s took too long: to the spool", commit.name)
            except Exception as error:
                _LOG.error("commit of %s failed (%s): to the spool", commit.name, type(error).__name__)
        try:
            await loop.run_in_executor(self._disk, self._put, commit)
            self.spooled += 1
            return True
        except OSError as error:
            _LOG.critical("the spool refused %s: %s", commit.name, error)
            return False

    async def drain(self) -> int:
        """Carries spooled commits into the database. Returns how many went in.

        It stops while the database is away. One entry that fails by itself holds up no other: it stays, or is set aside
        when it can never go in.
        """
        loop, count = asyncio.get_running_loop(), 0
        for name in await loop.run_in_executor(self._disk, self._spool.names):
            try:
                count += await loop.run_in_executor(self._database, self._carry, name)
            except Exception as error:
                if is_away(error):
                    _LOG.warning("the spool waits: %s", type(error).__name__)
                    break
                _LOG.error("%s stays in the spool: %s", name, type(error).__name__)
        return count

    async def forget_words(self, conversation_id: str, before: int) -> None:
        """Takes the words of the events below ``before`` out of the spool, also of those on their way there."""
        self._forgotten[conversation_id] = before
        await asyncio.get_running_loop().run_in_executor(
            self._disk,
            upkeep.rewrite,
            self._spool,
            spool_prefix(conversation_id),
            lambda entry: without_words(entry, conversation_id, before),
        )

    async def forget_older_than(self, before: float, now: float) -> list[str]:
        """Deletes what was not touched since ``before``: conversations, and what lies beside them in the spool.

        Returns the ids of the conversations. It takes its turn with the commits, so that none is half deleted.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._disk, upkeep.forget_older_than, self._spool, now - DRAFT_S, before)
        return await loop.run_in_executor(self._database, self._store.forget_older_than, before)

    def close(self) -> None:
        """Waits for what is being written."""
        self._database.shutdown(wait=True)
        self._disk.shutdown(wait=True)

    def _commit(self, commit: Commit) -> None:
        if commit.base is not None:  # it will be merged into what is stored, so what was written before goes in before
            for name in self._spool.names(spool_prefix(commit.conversation_id)):
                self._carry(name)
        self._store.commit(commit)

    def _put(self, commit: Commit) -> None:
        entry = commit.to_dict()
        gone = self._forgotten.get(commit.conversation_id, 0)
        self._spool.put(commit.name, without_words(entry, commit.conversation_id, gone) or entry)

    def _carry(self, name: str) -> bool:
        """One entry from the spool into the database; False when it has gone or was set aside."""
        entry = self._spool.read(name)
        if entry is None:
            return False
        try:
            commit = Commit.from_dict(entry)
        except _MALFORMED as error:
            return self._set_aside(name, entry, error)
        try:
            self._store.commit(commit)
        except _REFUSED as error:
            return self._set_aside(name, entry, error)
        self._spool.remove(name)
        return True

    def _set_aside(self, name: str, entry: Mapping[str, Any], error: Exception) -> bool:
        """Keeps the entry for a person to look at; its alarm goes into the outbox all the same (G3)."""
        _LOG.critical("%s cannot go into the database (%s): set aside", name, type(error).__name__)
        try:
            if entry.get("record"):
                self._store.add_record(OutboxRecord.from_dict(entry["record"]))
        except (*_REFUSED, *_MALFORMED) as worse:
            _LOG.critical("the record of %s cannot go into the outbox: %s", name, type(worse).__name__)
        self._spool.set_aside(name)
        return False

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # seen here or by `write`; asyncio must not report it again


def is_away(error: Exception) -> bool:
    """Whether the database cannot be used at all now, whatever is to be written."""
    damaged = type(error) is sa.exc.DatabaseError  # SQLite's word for a file that is no database
    return damaged or isinstance(error, _AWAY) or bool(getattr(error, "connection_invalidated", False))
