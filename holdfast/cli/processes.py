"""What is started, how, and with which environment; `make run`, `ask` and the tests all read it here."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from holdfast.paths import ROOT, models, var

#: What answers people; the desk comes on top.
CORE = ("door", "shipper", "rasa", "actions")
#: Before a command: it becomes that command with the lowest claim on the processor.
GIVING_WAY = ("nice", "-n", "19")


@dataclass(frozen=True)
class Ports:
    """TCP ports on loopback."""

    door: int = 8600
    internal: int = 8601
    rasa: int = 8605
    actions: int = 8655
    desk: int = 8610

    @classmethod
    def from_environment(cls) -> Ports:
        """The ports that ``HOLDFAST_PORT`` and ``HOLDFAST_..._PORT`` for INTERNAL, RASA, ACTIONS and DESK say."""
        given = {
            "door": "HOLDFAST_PORT",
            "internal": "HOLDFAST_INTERNAL_PORT",
            "rasa": "HOLDFAST_RASA_PORT",
            "actions": "HOLDFAST_ACTIONS_PORT",
            "desk": "HOLDFAST_DESK_PORT",
        }
        return cls(**{name: int(os.environ[key]) for name, key in given.items() if key in os.environ})

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses at the moment."""
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in fields(cls)]
        numbers = [each.getsockname()[1] for each in sockets]
        for each in sockets:
            each.close()
        return cls(*numbers)

    def taken(self) -> list[tuple[str, int]]:
        """Names and numbers of ports that somebody listens on already."""
        found = []
        for name, number in asdict(self).items():
            with socket.socket() as probe:
                probe.settimeout(0.5)
                if probe.connect_ex(("127.0.0.1", number)) == 0:
                    found.append((name, number))
        return found


@dataclass(frozen=True)
class Program:
    """One process. ``environment`` comes on top of the supervisor's own."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def programs(ports: Ports, folder: Path | None = None) -> tuple[Program, ...]:
    """All processes, the door first: it must answer before anything else is up.

    What a card does not need gives way to door and shipper at the processor, at the start and under load.
    """
    folder = folder or var()
    python, rasa_python = sys.executable, str(ROOT / ".venv-rasa" / "bin" / "python")
    shared = {
        "HOLDFAST_VAR": str(folder),
        "HOLDFAST_PORT": str(ports.door),
        "HOLDFAST_INTERNAL_PORT": str(ports.internal),
        "HOLDFAST_DESK_PORT": str(ports.desk),
        "HOLDFAST_RASA_URL": f"http://127.0.0.1:{ports.rasa}",
        "HOLDFAST_ACTIONS_URL": f"http://127.0.0.1:{ports.actions}/webhook",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    rasa_side = {
        **shared,
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",  # the action server asks nobody who it is, and would listen to all the world
        "SANIC_WORKERS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "HOME": os.environ.get("HOME", str(folder)),
    }
    return (
        Program("door", (python, "-m", "holdfast.door"), shared),
        Program("shipper", (python, "-m", "holdfast.escalation"), shared),
        Program("desk", (*GIVING_WAY, python, "-m", "desk"), shared),
        Program("worker", (*GIVING_WAY, python, "-m", "desk.worker"), shared),
        Program("rasa", (*GIVING_WAY, *_rasa(rasa_python, ports)), rasa_side),
        Program("actions", (*GIVING_WAY, *_rasa_actions(rasa_python, ports)), rasa_side),
    )


def _rasa_actions(python: str, ports: Ports) -> tuple[str, ...]:
    return (python, "-m", "rasa", "run", "actions", "-p", str(ports.actions))


def _rasa(python: str, ports: Ports) -> tuple[str, ...]:
    model = str(models() / "rasa" / "holdfast.tar.gz")
    server = ("-i", "127.0.0.1", "-p", str(ports.rasa), "-m", model)
    files = ("--credentials", "credentials.yml", "--endpoints", "endpoints.yml")
    return (python, "-m", "rasa", "run", *server, *files)
