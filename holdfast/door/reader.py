"""Reads a conversation as it will be stored: what the database holds, and what waits in the spool to go in."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from holdfast.door.commit import Commit, Stored, spool_prefix, with_spooled
from holdfast.door.store import Store
from holdfast.escalation.spool import Spool

_LOG = logging.getLogger(__name__)


class Reader:
    """The registry's way to what was written. Synchronous; the door calls it from threads of its own."""

    def __init__(self, store: Store, spool: Spool) -> None:
        self._store, self._spool = store, spool

    def load(self, conversation_id: str) -> Stored | None:
        """The conversation, None when there is none. Raises what the database or the disk raises.

        The spool comes first: what leaves it meanwhile is in the database by then.
        """
        spooled = list(self._spooled(conversation_id))
        return with_spooled(self._store.load(conversation_id), spooled)

    def _spooled(self, conversation_id: str) -> Iterator[Commit]:
        for name in self._spool.names(spool_prefix(conversation_id)):
            if (entry := self._spool.read(name)) is None:
                continue
            try:
                commit = Commit.from_dict(entry)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                _LOG.error("%s in the spool cannot be read: %s", name, type(error).__name__)
                continue
            if commit.conversation_id == conversation_id:
                yield commit
