"""How long a start takes: from starting the processes until a card comes and until a question is answered."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from evaluation.visitors import Place
from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack, StackError

CRISIS = "I want to kill myself"
QUESTION = "Which side effects should I be ready for?"


@dataclass(frozen=True)
class Start:
    """Seconds from starting the supervisor until a card came back, and until Rasa answered a question.

    ``door_s``: until that card, counted from the start of the door's own process.
    """

    cards_s: float
    questions_s: float
    door_s: float

    def to_dict(self) -> dict[str, float]:
        """JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True)
class Fresh:
    """A stack in a folder of its own, not started yet, with the secret of its internal interface."""

    stack: Stack
    secret: str

    @property
    def place(self) -> Place:
        """Where visitors find it."""
        return Place(self.stack.url, self.secret)


@contextlib.contextmanager
def fresh_stack() -> Iterator[Fresh]:
    """A stack with empty storage and the trained models; stopped and removed afterwards."""
    folder, secret = Path(tempfile.mkdtemp(prefix="holdfast-evaluation-")), secrets.token_urlsafe(24)
    stack = Stack(folder, extra={"HOLDFAST_SECRET_INTERNAL": secret})
    try:
        yield Fresh(stack, secret)
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def timed_start(fresh: Fresh, *, limit_s: float = 180.0) -> Start:
    """Starts the stack and waits for both. Raises StackError when one does not come within ``limit_s`` seconds."""
    started = time.perf_counter()
    fresh.stack.start()
    while not _card(fresh.place):
        if time.perf_counter() - started > limit_s:
            raise StackError(f"no card within {limit_s:.0f} s of the start")
        time.sleep(0.02)
    cards, card_at = time.perf_counter() - started, time.clock_gettime(time.CLOCK_BOOTTIME)
    fresh.stack.wait_for_rasa(limit_s)
    client = InternalClient(fresh.stack.internal_url, fresh.secret.encode())
    while not _answered(client):
        if time.perf_counter() - started > limit_s:
            raise StackError(f"Rasa answered no question within {limit_s:.0f} s of the start")
        time.sleep(0.1)
    questions = time.perf_counter() - started
    door = card_at - _started_at(fresh.stack.pid("door"))
    return Start(round(cards, 2), round(questions, 2), round(door, 2))


def settle(fresh: Fresh, *, limit_s: float = 60.0) -> bool:
    """Waits until a question is answered within a second again; False when ``limit_s`` passed before."""
    client, until = InternalClient(fresh.stack.internal_url, fresh.secret.encode()), time.monotonic() + limit_s
    while time.monotonic() < until:
        began = time.monotonic()
        if _answered(client) and time.monotonic() - began < 1:
            return True
        time.sleep(0.5)
    return False


def _started_at(pid: int) -> float:
    """When a process started, in seconds since the machine did (proc(5), ``stat``, field 22)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _card(place: Place) -> bool:
    headers = {"Origin": place.url, "X-Holdfast-Drill": place.drill_mark()}
    try:
        with httpx.Client(base_url=place.url, timeout=5, trust_env=False) as client:
            token = client.post("/web/sessions", json={}, headers=headers).json()["token"]
            message = {"id": "start", "text": CRISIS}
            answer = client.post("/web/messages", json=message, headers={"Authorization": f"Bearer {token}"}).json()
            return any(event["kind"] == "card" for event in answer["events"])
    except (httpx.HTTPError, KeyError, ValueError):
        return False


def _answered(client: InternalClient) -> bool:
    question = {"conversation_id": "evaluation_" + secrets.token_hex(8), "text": QUESTION}
    try:
        return client.call("POST", "/ask", question).json()["intent"] is not None
    except (httpx.HTTPError, KeyError, ValueError):
        return False
