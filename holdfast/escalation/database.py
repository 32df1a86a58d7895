"""Opens the database that holds conversation store and outbox: SQLite by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_LOG = logging.getLogger(__name__)


def open_database(url: str, *, busy_timeout_s: float = 5.0) -> sa.Engine:
    """An engine for ``url``; ``postgresql://`` means the driver that is locked here.

    SQLite runs in WAL mode with full synchronization, so a commit survives a power cut. ``busy_timeout_s`` is how long
    a writer waits for another process's lock, in seconds.
    """
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        return sa.create_engine(address, pool_pre_ping=True)
    if address.database:
        folder = Path(address.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # connecting will fail, and tell whoever needs to know
            _LOG.error("the database's folder %s cannot be made: %s", folder, error)
    engine = sa.create_engine(url, connect_args={"timeout": busy_timeout_s, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
