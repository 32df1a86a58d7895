"""Desk and worker as processes: start from nothing, survive kills without losing or doubling, end cleanly."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from holdfast.escalation.desk import DeskClient
from holdfast.paths import ROOT
from tests.desk.fake_door import SECRET, FakeDoor
from tests.desk.records import record
from tests.helpers import eventually
from tests.staffed import staffed_clinic

ALARMS = 60


class Processes:
    """`python -m desk` and `python -m desk.worker` with a data folder of their own."""

    def __init__(self, folder: Path, clinic: Path, door_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder, self.url = folder, f"http://127.0.0.1:{self.port}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")},
            "HOLDFAST_VAR": str(folder),
            "HOLDFAST_CLINIC": str(clinic),
            "HOLDFAST_DESK_PORT": str(self.port),
            "HOLDFAST_SECRET_INTERNAL": SECRET.decode(),
            "HOLDFAST_INTERNAL_URL": door_url,
        }

    def start(self, module: str) -> None:
        """Starts one of them."""
        self._running[module] = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=self.environment)

    def end(self, module: str, number: int) -> int:
        """Sends a signal and waits; the exit code."""
        process = self._running.pop(module)
        process.send_signal(number)
        return process.wait(timeout=30)

    def close(self) -> None:
        """Ends what is left."""
        for module in list(self._running):
            self.end(module, signal.SIGKILL)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with contextlib.closing(sqlite3.connect(self.folder / "desk.sqlite3", timeout=20)) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def setting(tmp_path: Path, door: FakeDoor) -> Iterator[tuple[Processes, Any]]:
    with staffed_clinic(tmp_path) as (clinic, pager):
        processes = Processes(tmp_path / "var", clinic, door.url)
        try:
            yield processes, pager
        finally:
            processes.close()


def up(processes: Processes) -> bool:
    return httpx.get(processes.url + "/health", timeout=2).status_code == 200


def test_from_nothing_to_an_alert_and_a_clean_end(setting: tuple[Processes, Any], door: FakeDoor) -> None:
    processes, pager = setting
    setup = [sys.executable, "-m", "desk", "setup"]
    run = {"cwd": ROOT, "env": processes.environment, "capture_output": True, "text": True}
    first, second = (subprocess.run(setup, check=False, **run) for _ in range(2))
    assert "One-time password: " in first.stdout and "User name: admin" in first.stdout
    assert "One-time password: " not in second.stdout and second.returncode == 0
    assert (processes.folder / "desk.sqlite3").stat().st_mode & 0o077 == 0

    processes.start("desk"), processes.start("desk.worker")
    eventually(lambda: up(processes))
    client, given = DeskClient(processes.url, SECRET), record()
    assert eventually(lambda: client.deliver(given))  # refused until the worker is seen alive
    eventually(lambda: len(pager.got) == 1)
    eventually(lambda: door.told("notice"))
    assert httpx.get(processes.url + "/", follow_redirects=False).headers["location"] == "/sign-in"
    assert httpx.get(processes.url + "/static/desk/desk.css").status_code == 200
    assert [processes.end(module, signal.SIGTERM) for module in ("desk", "desk.worker")] == [0, 0]


def test_kills_lose_no_alarm_and_double_no_case(setting: tuple[Processes, Any]) -> None:
    """G3: a shipper that repeats until it is acknowledged, against a desk and a worker that are killed at random."""
    processes, pager = setting
    processes.start("desk"), processes.start("desk.worker")
    eventually(lambda: up(processes))
    waiting = [record(conversation_id=f"w_{number}") for number in range(ALARMS)]
    rises = [record(conversation_id=f"w_{number}", kind="rise", level="emergency") for number in range(0, ALARMS, 3)]
    todo, stop = [*waiting, *rises], threading.Event()

    def ship() -> None:
        client = DeskClient(processes.url, SECRET, timeout_s=2)
        while todo and not stop.is_set():
            if client.deliver(todo[0]):
                todo.pop(0)
            else:
                stop.wait(0.05)

    shipper = threading.Thread(target=ship)
    shipper.start()
    dice = random.Random(7)
    for _ in range(6):
        before = len(todo)
        eventually(lambda before=before: len(todo) < before or not todo, limit_s=60, every_s=0.02)
        victim = dice.choice(["desk", "desk.worker"])
        processes.end(victim, signal.SIGKILL)
        processes.start(victim)
    try:
        eventually(lambda: not todo, limit_s=120)
    finally:
        stop.set()
        shipper.join()
    cases = processes.query("SELECT conversation_id, level FROM cases_case")
    assert len(cases) == ALARMS and len(set(cases)) == ALARMS
    assert sum(level == "emergency" for _, level in cases) == len(rises)
    assert len(processes.query("SELECT 1 FROM cases_record")) == ALARMS + len(rises)
    open_alerts = "SELECT 1 FROM alerts_alert a JOIN cases_case c ON c.id = a.case_id WHERE a.round = c.round AND {}"
    eventually(lambda: len(processes.query(open_alerts.format("a.state = 'sent'"))) >= ALARMS, limit_s=120)
    assert len({message["message"] for message in pager.got}) >= ALARMS
    for module in ("desk", "desk.worker"):
        assert processes.end(module, signal.SIGTERM) == 0


def test_bad_configuration_ends_the_start_with_a_remedy(setting: tuple[Processes, Any], tmp_path: Path) -> None:
    processes, _ = setting
    broken = tmp_path / "broken.yml"
    broken.write_text("environment: nowhere\n", encoding="utf-8")
    for module in ("desk", "desk.worker"):
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**processes.environment, "HOLDFAST_CLINIC": str(broken)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2 and "environment" in done.stderr and "Traceback" not in done.stderr
