"""A door as a process of its own, for tests that post to its webhooks and kill it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import yaml

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.processes import Ports
from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.paths import ROOT
from tests.channels.telegram_person import SESSION
from tests.helpers import eventually

KEY = "internal-secret-for-tests"


class DoorProcess:
    """Keeps its data in ``folder`` across restarts. ``rasa`` is Rasa's address; without one nobody answers there."""

    def __init__(
        self, folder: Path, channels: Mapping[str, Any], environment: Mapping[str, str], rasa: str | None = None
    ) -> None:
        self.folder, self.ports = folder, Ports.free()
        raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
        raw["channels"] = dict(channels)
        (folder / "clinic.yml").write_text(yaml.safe_dump(raw), encoding="utf-8")
        self.environment = {
            **os.environ,
            "HOLDFAST_CLINIC": str(folder / "clinic.yml"),
            "HOLDFAST_VAR": str(folder),
            "HOLDFAST_PORT": str(self.ports.door),
            "HOLDFAST_INTERNAL_PORT": str(self.ports.internal),
            "HOLDFAST_RASA_URL": rasa or f"http://127.0.0.1:{self.ports.rasa}",
            "HOLDFAST_SECRET_SESSION": SESSION,
            "HOLDFAST_SECRET_INTERNAL": KEY,
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The public address."""
        return f"http://127.0.0.1:{self.ports.door}"

    @property
    def internal(self) -> InternalClient:
        """The internal interface."""
        return InternalClient(f"http://127.0.0.1:{self.ports.internal}", KEY.encode())

    @property
    def log(self) -> str:
        """Everything the door has logged."""
        return (self.folder / "door.log").read_text(encoding="utf-8", errors="replace")

    def start(self, module: str = "holdfast.door") -> None:
        """Starts it and waits until it answers."""
        with (self.folder / "door.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        health = f"http://127.0.0.1:{self.ports.internal}/health"
        eventually(lambda: httpx.get(health, timeout=2).status_code == 200, 60)
        eventually(lambda: httpx.get(self.url + "/web/lines", timeout=2).status_code == 200, 60)

    def kill(self) -> None:
        """Kills it the hard way."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stops it in good order."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def transcript(self, conversation_id: str) -> list[dict[str, Any]]:
        """What staff would read; empty while the door does not know the conversation."""
        answer = self.internal.call("GET", f"/conversations/{conversation_id}/transcript")
        events: list[dict[str, Any]] = answer.json().get("events", [])
        return events

    def alarms(self, conversation_id: str) -> int:
        """How many records staff will learn of."""
        with open_database(f"sqlite:///{self.folder / 'holdfast.sqlite3'}").connect() as connection:
            return len(outbox.for_conversation(connection, conversation_id))
