"""Starts all processes for a while, away from the installation's own data; for `ask`, tests and measurements."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from holdfast.cli.processes import Ports, programs
from holdfast.cli.run import write_supervisor_config
from holdfast.paths import ROOT


class StackError(Exception):
    """The processes did not come up; the message names the log."""


class Stack:
    """Holdfast's processes under a supervisor of their own. ``only`` names those to start; default is all."""

    def __init__(self, folder: Path, *, only: Sequence[str] | None = None, extra: dict[str, str] | None = None) -> None:
        self.folder, self.ports = folder, Ports.free()
        self._programs = tuple(each for each in programs(self.ports, folder) if only is None or each.name in only)
        absent = {} if any(each.name == "desk" for each in self._programs) else {"HOLDFAST_DESK_INTAKE_URL": ""}
        self._environment = {**self._programs[0].environment, **absent, **(extra or {})}
        for program in self._programs:
            program.environment.update({**absent, **(extra or {})})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The door's public address."""
        return f"http://127.0.0.1:{self.ports.door}"

    @property
    def internal_url(self) -> str:
        """The door's internal address."""
        return f"http://127.0.0.1:{self.ports.internal}"

    @property
    def desk_url(self) -> str:
        """The desk's address."""
        return f"http://127.0.0.1:{self.ports.desk}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs ``python -m ARGUMENTS`` in the processes' environment, to its end."""
        command, environment = [sys.executable, "-m", *arguments], {**os.environ, **self._environment}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def start(self) -> None:
        """Starts the supervisor; returns at once."""
        config = write_supervisor_config(self._programs, self.folder, announce=False)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-s", "-c", str(config)]
        self._process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def stop(self) -> None:
        """Stops everything and waits."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def pid(self, name: str) -> int:
        """The process id of a program; 0 while it is not running."""
        answer = self.control("pid", name).strip()
        return int(answer) if answer.isdigit() else 0

    def kill(self, name: str) -> None:
        """Kills a program the hard way; the supervisor starts it again."""
        if pid := self.pid(name):
            os.kill(pid, signal.SIGKILL)

    def control(self, *arguments: str) -> str:
        """Runs supervisorctl and returns what it prints."""
        config = str(self.folder / "supervisord.conf")
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", config, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def wait_for_door(self, limit_s: float = 60) -> None:
        """Returns when the door answers. Raises StackError."""
        self._wait(lambda: httpx.get(self.internal_url + "/health", timeout=2).status_code == 200, "door", limit_s)

    def wait_for_rasa(self, limit_s: float = 180) -> None:
        """Returns when Rasa answers. Raises StackError."""
        url = f"http://127.0.0.1:{self.ports.rasa}/"
        self._wait(lambda: httpx.get(url, timeout=2).status_code < 500, "rasa", limit_s)

    def wait_for_desk(self, limit_s: float = 60) -> None:
        """Returns when the desk answers. Raises StackError."""
        self._wait(lambda: httpx.get(self.desk_url + "/health", timeout=2).status_code == 200, "desk", limit_s)

    def _wait(self, ready: Callable[[], bool], name: str, limit_s: float) -> None:
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if ready():
                    return
            time.sleep(0.1)
        log = self.folder / "log" / f"{name}.log"
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else "(no log)"
        raise StackError(f"{name} did not answer within {limit_s:.0f} s. The end of {log}:\n{tail}")


@contextlib.contextmanager
def running_stack(*, only: Sequence[str] | None = None, extra: dict[str, str] | None = None) -> Iterator[Stack]:
    """A stack in a temporary folder, with Rasa ready when it is part of it; everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="holdfast-"))
    stack = Stack(folder, only=only, extra=extra)
    try:
        stack.start()
        stack.wait_for_door()
        if only is None or "desk" in only:
            stack.wait_for_desk()
        if only is None or "rasa" in only:
            stack.wait_for_rasa()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
