"""The card never depends on a database: the door starts without one, and catches up once there is one (G1, G3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.channels.door_process import DoorProcess
from tests.helpers import Visitor, eventually, kinds, words

CRISIS = "I want to kill myself"


def unreachable_server(folder: Path) -> str:
    """A PostgreSQL server that is not there."""
    return "postgresql://holdfast@127.0.0.1:9/holdfast"


def damaged_file(folder: Path) -> str:
    """A SQLite file in which a disk has written something else."""
    (folder / "holdfast.sqlite3").write_bytes(b"no database " * 1000)
    return f"sqlite:///{folder / 'holdfast.sqlite3'}"


def folder_that_cannot_be_made(folder: Path) -> str:
    """A file where the database's folder should be."""
    (folder / "database").write_text("in the way", encoding="utf-8")
    return f"sqlite:///{folder / 'database' / 'holdfast.sqlite3'}"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[str], DoorProcess]]:
    doors: list[DoorProcess] = []

    def start(database: str) -> DoorProcess:
        door = DoorProcess(tmp_path, {}, {"HOLDFAST_DATABASE": database})
        doors.append(door)
        door.start()
        return door

    yield start
    for door in doors:
        door.stop()


@pytest.mark.parametrize("database", [unreachable_server, damaged_file, folder_that_cannot_be_made])
def test_the_door_starts_without_its_database_and_gives_the_card_g1(
    started: Callable[[str], DoorProcess], tmp_path: Path, database: Callable[[Path], str]
) -> None:
    door = started(database(tmp_path))
    events = Visitor(door.url, country="US").write(CRISIS)
    assert kinds(events) == ["card"] and "988" in words(events)
    spooled = [file.read_text(encoding="utf-8") for file in (tmp_path / "spool").glob("*.json")]
    assert sum('"kind":"alarm"' in entry for entry in spooled) == 1


def test_once_the_database_is_there_its_tables_are_made_and_the_alarm_is_in_it_g3(
    started: Callable[[str], DoorProcess], tmp_path: Path
) -> None:
    door = started(folder_that_cannot_be_made(tmp_path))
    visitor = Visitor(door.url, country="US")
    visitor.write(CRISIS)
    (tmp_path / "database").unlink()
    (tmp_path / "database").mkdir()
    eventually(lambda: not list((tmp_path / "spool").glob("*.json")))
    (tmp_path / "holdfast.sqlite3").symlink_to(tmp_path / "database" / "holdfast.sqlite3")
    assert door.alarms(visitor.conversation_id) == 1
