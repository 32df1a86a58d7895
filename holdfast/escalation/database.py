"""Opens the database that holds conversation store and outbox: SQLite by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_LOG = logging.getLogger(__name__)
#: What PostgreSQL's client library is told, so that a server that hangs fails within seconds. Seconds, but
#: ``tcp_user_timeout`` in milliseconds.
_CLIENT = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
#: How long the server works at a statement, in milliseconds, waiting for locks included.
_STATEMENT_TIMEOUT = "-c statement_timeout=5000"


def open_database(url: str, *, busy_timeout_s: float = 5.0) -> sa.Engine:
    """An engine for ``url``; ``postgresql://`` means the driver that is locked here. Nothing is connected yet.

    SQLite runs in WAL mode with full synchronization, so a commit survives a power cut. ``busy_timeout_s`` is how long
    a writer waits for another process's lock, in seconds. A PostgreSQL server that hangs is given up after some
    seconds; parameters in the URL win over ours.
    """
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        # Errors are logged, and a statement's parameters are a person's words (G7).
        return sa.create_engine(address, pool_pre_ping=True, connect_args=_patience(address), hide_parameters=True)
    if address.database:
        folder = Path(address.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # connecting will fail, and tell whoever needs to know
            _LOG.error("the database's folder %s cannot be made: %s", folder, error)
    limits = {"timeout": busy_timeout_s, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=limits, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        _switch_to_wal(cursor, busy_timeout_s)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _switch_to_wal(cursor: sqlite3.Cursor, patience_s: float) -> None:
    """Switches a file to WAL mode, which it keeps. While somebody else writes to a file that is not in it yet (several
    processes start on a new database), SQLite refuses the switch at once and does not wait as for other locks."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= give_up:
                raise
            time.sleep(0.02)


def _patience(address: sa.engine.URL) -> dict[str, Any]:
    """The client library's time limits, where it is PostgreSQL's own and the URL does not say otherwise."""
    if address.get_driver_name() not in ("psycopg", "psycopg2"):
        return {}
    told = address.query.get("options", "")
    options = told if isinstance(told, str) else " ".join(told)
    if "statement_timeout" not in options:
        options = f"{options} {_STATEMENT_TIMEOUT}".strip()
    ours = {name: value for name, value in _CLIENT.items() if name not in address.query}
    return {**ours, "options": options}
