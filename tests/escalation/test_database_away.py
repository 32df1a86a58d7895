"""The database is missing, hangs or takes no writes: alarms go out all the same, and once (G3)."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from holdfast.paths import ROOT
from tests.escalation.parts import Alerts, Clock, Desk, StopAfter, entries, lines, put, record
from tests.helpers import eventually


def run(shipper: Shipper, rounds: int = 3) -> None:
    shipper.run(StopAfter(rounds), interval_s=0.0)  # type: ignore[arg-type]


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def told_to_postgres(url: str) -> dict[str, Any]:
    """The arguments with which a connection to that address would be made."""
    told: dict[str, Any] = {}
    engine = open_database(url)

    @sa.event.listens_for(engine, "do_connect")
    def _caught(_dialect: Any, _record: Any, _args: Any, arguments: dict[str, Any]) -> None:
        told.update(arguments)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        engine.connect()
    return told


def test_a_postgresql_that_hangs_is_given_up_within_seconds() -> None:
    told = told_to_postgres("postgresql://u:p@db.internal/door")
    assert told["connect_timeout"] == 3
    assert told["options"] == "-c statement_timeout=5000"
    assert told["tcp_user_timeout"] == 5000, "milliseconds, unlike the others"
    assert told["keepalives_idle"] + told["keepalives_interval"] * told["keepalives_count"] <= 15


def test_what_stands_in_the_address_wins() -> None:
    told = told_to_postgres("postgresql://u:p@db/door?connect_timeout=9&options=-c%20search_path%3Dx")
    assert told["connect_timeout"] == "9"
    assert told["options"] == "-c search_path=x -c statement_timeout=5000"
    slow = told_to_postgres("postgresql://u:p@db/door?options=-c%20statement_timeout%3D60000")
    assert slow["options"] == "-c statement_timeout=60000"


@pytest.mark.parametrize("url", ["sqlite://", "postgresql://nobody@127.0.0.1:1/none"])
def test_an_error_of_the_database_does_not_tell_what_was_written_g7(url: str) -> None:
    """Such errors are logged."""
    assert open_database(url).hide_parameters
    engine = open_database("sqlite://")
    with pytest.raises(sa.exc.OperationalError) as failed, engine.connect() as connection:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": "I want to die"})
    assert "I want to die" not in str(failed.value)


def test_sqlite_is_told_nothing_of_it(tmp_path: Path) -> None:
    assert set(told_to_postgres(f"sqlite:///{tmp_path}/a.sqlite3")) == {"timeout", "check_same_thread"}


def test_a_server_that_accepts_and_never_answers_fails_instead_of_hanging(silent_server: int) -> None:
    with pytest.raises(sa.exc.OperationalError):
        open_database(f"postgresql://u:p@127.0.0.1:{silent_server}/door?connect_timeout=2").connect()


def test_a_database_that_is_not_there_yet_is_made_when_it_comes(database_url: str, spool: Spool) -> None:
    engine, alerts = open_database(database_url), Alerts()
    spool.put("w_1-1", {"record": record(record_id="one").to_dict()})
    assert Shipper(engine, spool, alerts, clock=Clock()).round() == 1
    assert alerts.sent == ["one"]


def test_an_outbox_of_an_earlier_version_gets_what_it_lacks(database_url: str, spool: Spool) -> None:
    engine, alerts = open_database(database_url), Alerts()
    outbox.OUTBOX.create(engine)
    put(engine, record(record_id="one"))
    assert Shipper(engine, spool, alerts, clock=Clock()).round() == 1
    assert entries(engine)[0].alerted_at == 1000.0


def test_a_folder_that_cannot_be_made_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(sa.exc.OperationalError):
        open_database(f"sqlite:///{tmp_path}/file/holdfast.sqlite3").connect()


@pytest.mark.parametrize("database", ["closed", "silent", "no folder"])
def test_a_shipper_that_starts_without_its_database_alerts_what_lies_in_the_spool(
    tmp_path: Path, silent_server: int, closed_port: int, database: str
) -> None:
    (tmp_path / "file").touch()
    url = {
        "closed": f"postgresql://u:p@127.0.0.1:{closed_port}/door",
        "silent": f"postgresql://u:p@127.0.0.1:{silent_server}/door",
        "no folder": f"sqlite:///{tmp_path}/file/holdfast.sqlite3",
    }[database]
    Spool(tmp_path / "spool").put("w_1-1", {"record": record().to_dict()})
    environment = {
        **os.environ,
        "HOLDFAST_VAR": str(tmp_path),
        "HOLDFAST_CLINIC": str(ROOT / "clinic.yml"),
        "HOLDFAST_DATABASE": url,
        "HOLDFAST_SECRET_INTERNAL": "only-for-tests",
    }
    process = subprocess.Popen([sys.executable, "-m", "holdfast.escalation"], cwd=ROOT, env=environment)
    try:
        eventually(lambda: len(lines(tmp_path / "alerts.log")) == 1, 60)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_database_that_hangs_within_a_query_does_not_stop_the_alert(engine: sa.Engine, spool: Spool) -> None:
    """A server whose disk stands still acknowledges every packet: no time-out of the network ends that wait."""
    thaws = threading.Event()

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _hangs(*_: Any) -> None:
        thaws.wait()

    spool.put("w_1-1", {"record": record(record_id="one").to_dict()})
    alerts, clock = Alerts(), Clock()
    shipper = Shipper(engine, spool, alerts, clock=clock, database_deadline_s=0.5)
    run(shipper)
    assert alerts.sent == ["one"]
    threads = threading.active_count()
    run(shipper)
    assert threading.active_count() == threads, "waiting threads do not pile up"
    thaws.set()
    clock.now += 100

    def carried() -> bool:
        run(shipper, 1)
        return [entry.alerted_at is not None for entry in entries(engine)] == [True]

    eventually(carried)
    assert alerts.sent == ["one"]


@pytest.fixture
def locked(tmp_path: Path, spool: Spool) -> Iterator[tuple[sa.Engine, Callable[[], None]]]:
    """A SQLite database that can be read and not written, and what frees it."""
    engine = open_database(f"sqlite:///{tmp_path}/locked.sqlite3", busy_timeout_s=0.01)
    outbox.METADATA.create_all(engine)
    put(engine, record(record_id="one"), record(record_id="two", conversation_id="w_2"))
    other = sqlite3.connect(tmp_path / "locked.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield engine, other.rollback
    other.close()


def test_a_database_that_takes_no_writes_costs_no_alarm_and_doubles_no_alert(
    locked: tuple[sa.Engine, Callable[[], None]], spool: Spool
) -> None:
    engine, free = locked
    alerts, clock = Alerts(), Clock()
    shipper = Shipper(engine, spool, alerts, clock=clock)
    run(shipper, 5)
    assert sorted(alerts.sent) == ["one", "two"]
    free()
    run(shipper, 1)
    assert [entry.alerted_at for entry in entries(engine)] == [1000.0, 1000.0]
    run(Shipper(engine, spool, alerts, clock=clock), 2)
    assert len(alerts.sent) == 2
    assert not list(spool.folder.glob("*.alerted")), "marks that are not needed any more are gone"


def test_killed_before_it_could_write_the_alert_down_it_still_knows_of_it(
    locked: tuple[sa.Engine, Callable[[], None]], spool: Spool
) -> None:
    engine, _ = locked
    alerts = Alerts()
    for _ in range(3):
        run(Shipper(engine, spool, alerts, clock=Clock()), 2)
    assert sorted(alerts.sent) == ["one", "two"]


def test_a_database_that_takes_no_writes_does_not_keep_the_desk_from_later_records(
    locked: tuple[sa.Engine, Callable[[], None]], spool: Spool
) -> None:
    engine, free = locked
    desk = Desk(works=True)
    shipper = Shipper(engine, spool, Alerts(), desk=desk, clock=Clock())
    run(shipper, 5)
    assert sorted(desk.got) == ["one", "two"]
    free()
    run(shipper, 1)
    assert all(entry.acknowledged_at for entry in entries(engine))


def test_a_new_file_that_somebody_writes_to_is_waited_for(tmp_path: Path) -> None:
    """Several processes start on a new database; the first to write must not turn the others away."""
    first = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    first.execute("CREATE TABLE begun (number INTEGER)")
    first.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.3, lambda: first.execute("COMMIT"))
    end.start()
    with open_database(f"sqlite:///{tmp_path / 'new.db'}").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    end.join()
    first.close()


def test_a_file_that_stays_locked_is_given_up(tmp_path: Path) -> None:
    first = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    first.execute("CREATE TABLE begun (number INTEGER)")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        open_database(f"sqlite:///{tmp_path / 'held.db'}", busy_timeout_s=0.1).connect()
    first.close()
