"""A door by itself for the tests of its behavior over time and in any language, and an empty database.

On SQLite, or on the PostgreSQL server whose address ``HOLDFAST_TEST_POSTGRES`` gives (a user who may create databases).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.alone import Alone

_SERVER = os.environ.get("HOLDFAST_TEST_POSTGRES", "").rstrip("/")
_NAME = "holdfast_door_test"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if not _SERVER:
        yield f"sqlite:///{tmp_path / 'holdfast.sqlite3'}"
        return
    _on_server(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)", f"CREATE DATABASE {_NAME}")
    yield f"{_SERVER}/{_NAME}"
    _on_server(f"DROP DATABASE {_NAME} WITH (FORCE)")


def _on_server(*statements: str) -> None:
    import psycopg

    with psycopg.connect(f"{_SERVER}/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def alone(tmp_path: Path, database: str) -> Iterator[Alone]:
    """A door without processes around it."""
    door = Alone(tmp_path, database)
    yield door
    door.close()
