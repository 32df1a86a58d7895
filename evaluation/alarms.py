"""Alarms from a real door while shipper, desk and worker are killed at random: none lost, none doubled, how soon."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from evaluation.intervals import Quantile, quantile
from evaluation.machine import busy_share
from evaluation.pager import Pager, clinic_with_pager
from holdfast.cli.stack import Stack, running_stack

ALARMS, KILLS, LASTS_S = 1000, 50, 400.0
PROGRAMS = ("door", "shipper", "desk", "worker")
#: Every alarm is told once within the hour, so that a second telling is seen.
_TOLD_ONCE = {level: [0, 60] for level in ("emergency", "crisis")}
VICTIMS = ("shipper", "desk", "worker")
WORDS = "I want to kill myself"
#: Seconds without any news after which what has not arrived counts as lost.
PATIENCE_S = 120.0
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Alarms:
    """What became of the alarms. ``samples_ms``: from sending the message until its first alert arrived.

    ``unnotified`` are accepted alarms without an alert, ``without_case`` those without a case, ``doubled`` those with
    more than one; ``repeated`` are alerts that came again, because a process was killed between handing one out and
    writing that down. ``busy`` is the share of all cores that other work took before, 0..1.
    """

    sent: int
    accepted: int
    kills: Mapping[str, int]
    unnotified: int
    without_case: int
    doubled: int
    repeated: int
    samples_ms: tuple[float, ...]
    seconds: float
    busy: float

    def at(self, q: float) -> Quantile:
        """The quantile of the time from alarm to notification, in ms."""
        return quantile(self.samples_ms, q)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {**vars(self), "kills": dict(self.kills), "samples_ms": [round(each, 1) for each in self.samples_ms]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Alarms:
        """Reverses `to_dict`."""
        return cls(**{**data, "samples_ms": tuple(data["samples_ms"])})


@dataclass
class Crowd:
    """People who write one message of crisis each, in conversations of their own."""

    url: str
    sent_at: dict[str, float] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)

    def write(self, count: int, lasts_s: float) -> None:
        """Sends ``count`` messages over about ``lasts_s`` seconds, at irregular intervals."""
        dice = random.Random(11)
        with httpx.Client(base_url=self.url, timeout=15, trust_env=False) as client, ThreadPoolExecutor(6) as hands:
            for _ in range(count):
                hands.submit(self._one, client)
                time.sleep(dice.uniform(0, 2 * lasts_s / count))

    def _one(self, client: httpx.Client) -> None:
        with contextlib.suppress(httpx.HTTPError, KeyError):  # not accepted: the person was told so
            session = client.post("/web/sessions", json={}, headers={"Origin": self.url}).json()
            headers, conversation = {"Authorization": f"Bearer {session['token']}"}, session["conversation_id"]
            self.sent_at[conversation] = time.monotonic()
            answer = client.post("/web/messages", json={"id": "m1", "text": WORDS}, headers=headers)
            if answer.status_code == 200:
                self.accepted.add(conversation)


def run(progress: Progress = lambda _: None) -> Alarms:
    """Measures with the numbers above; about eight minutes. Raises StackError."""
    return measure(ALARMS, KILLS, LASTS_S, progress)


def measure(alarms: int, kills: int, lasts_s: float, progress: Progress = lambda _: None) -> Alarms:
    """Starts the processes away from the installation's data and lets the crowd write. Raises StackError."""
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-alarms-") as folder,
        clinic_with_pager(Path(folder), alert_steps=_TOLD_ONCE) as (file, pager),
        running_stack(only=PROGRAMS, extra={"HOLDFAST_CLINIC": str(file)}) as stack,
    ):
        Crowd(stack.url).write(1, 0)  # the first message loads models; it is not counted
        busy = busy_share()
        crowd, began = Crowd(stack.url), time.monotonic()
        writing = threading.Thread(target=crowd.write, args=(alarms, lasts_s))
        writing.start()
        killed = kill_at_random(stack, kills, lasts_s, progress)
        writing.join()
        progress(f"alarms: {len(crowd.accepted)} accepted, {sum(killed.values())} kills; waiting for what is left")
        notified = _await_all(stack, pager, crowd.accepted)
        found = _judge(stack, pager, crowd, killed, notified, time.monotonic() - began)
        return replace(found, busy=round(busy, 3))


def kill_at_random(stack: Stack, kills: int, lasts_s: float, progress: Progress) -> Counter[str]:
    """Kills running processes the hard way, at irregular intervals; the supervisor starts them again."""
    dice, done, began = random.Random(23), Counter[str](), time.monotonic()
    for number in range(kills):
        due = began + (number + dice.random()) * lasts_s / kills
        time.sleep(max(0.0, due - time.monotonic()))
        victim = dice.choice(VICTIMS)
        while not (pid := stack.pid(victim)):  # still starting after the last kill
            time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        done[victim] += 1
        if done.total() % 10 == 0:
            progress(f"alarms: {done.total()} of {kills} kills")
    return done


def _await_all(stack: Stack, pager: Pager, wanted: set[str]) -> dict[str, float]:
    """When each conversation's first alert arrived, once all have, or nothing new came for a long while."""
    news, found = time.monotonic(), dict[str, float]()
    while time.monotonic() - news < PATIENCE_S:
        latest = _arrivals(stack, pager)
        if len(latest) > len(found):
            news = time.monotonic()
        found = latest
        if wanted <= found.keys():
            break
        time.sleep(1)
    return found


def _arrivals(stack: Stack, pager: Pager) -> dict[str, float]:
    names = {int(number): str(name) for number, name in _rows(stack, "SELECT id, conversation_id FROM cases_case")}
    found: dict[str, float] = {}
    for call in list(pager.calls):
        name = call.conversation_id or names.get(call.case or 0)
        if name:
            found.setdefault(name, call.at)
    return found


def _judge(
    stack: Stack, pager: Pager, crowd: Crowd, killed: Mapping[str, int], notified: Mapping[str, float], seconds: float
) -> Alarms:
    cases = Counter(str(name) for (name,) in _rows(stack, "SELECT conversation_id FROM cases_case"))
    made = _rows(stack, "SELECT count(*) FROM alerts_alert WHERE state = 'sent'")[0][0]
    from_desk = sum(call.case is not None for call in pager.calls)
    return Alarms(
        sent=len(crowd.sent_at),
        accepted=len(crowd.accepted),
        kills=dict(killed),
        unnotified=len(crowd.accepted - notified.keys()),
        without_case=len(crowd.accepted - cases.keys()),
        doubled=sum(count > 1 for count in cases.values()),
        repeated=max(0, from_desk - int(made)),
        samples_ms=tuple(1000 * (at - crowd.sent_at[name]) for name, at in notified.items() if name in crowd.sent_at),
        seconds=round(seconds, 1),
        busy=0.0,
    )


def _rows(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    file = stack.folder / "desk.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(statement).fetchall()
