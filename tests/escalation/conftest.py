"""An outbox on SQLite, or on the PostgreSQL server that ``HOLDFAST_TEST_POSTGRES`` names; a shipper around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from tests.escalation.parts import Alerts, Clock, Desk, Pager

_SERVER, _FRESH = os.environ.get("HOLDFAST_TEST_POSTGRES", "").rstrip("/"), "holdfast_outbox_test"


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database."""
    if not _SERVER:
        yield f"sqlite:///{tmp_path}/holdfast.sqlite3"
        return
    server = open_database(f"{_SERVER}/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {_FRESH} (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {_FRESH}"))
    yield f"{_SERVER}/{_FRESH}"
    server.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A database with an empty outbox."""
    engine = open_database(database_url)
    outbox.METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def make(engine: sa.Engine, spool: Spool) -> Callable[..., Shipper]:
    """Makes a shipper, as after a restart; its clock stands at ``now`` or is the one given."""

    def made(alerts: Alerts, desk: Desk | None = None, now: float | Clock = 1000.0) -> Shipper:
        clock = now if isinstance(now, Clock) else Clock(now)
        return Shipper(engine, spool, alerts, desk=desk, clock=clock)

    return made


@pytest.fixture
def pager() -> Iterator[Pager]:
    service = Pager()
    yield service
    service.close()
