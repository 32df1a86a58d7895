"""Measures the running assistant over its web channel: cards, answers, memory and start, with Rasa and without."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evaluation.askers import QUESTIONS, Askers, asking
from evaluation.machine import busy_share
from evaluation.memory import Memory, memory_of
from evaluation.scenarios import PAUSE_S, SCENARIOS, Measured, Scenario, pace
from evaluation.startup import Fresh, Start, fresh_stack, settle, timed_start
from evaluation.visitors import TURNS_A_CONVERSATION, Place, Tally, Unanswered, Visitor, new_client

#: Invented for the load; nothing is taken from the sealed sets.
CRISIS = (
    "I want to kill myself",
    "I have been lying here since noon and all I can think is that I want to die, I really mean it this time",
    "i just want to end my life",
    "Sorry to write here of all places. The rent is late, my sister stopped calling, work is gone since spring, and "
    "last night I decided that I am going to kill myself. I do not know whom to tell.",
)
PROGRAMS = ("door", "shipper", "rasa", "actions", "desk", "worker")
STARTS = 3
#: Seconds that the others ask before measuring begins, so that Rasa is busy by then.
LEAD_S = 3.0
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Latencies:
    """Everything measured. ``busy`` is the share of all cores that other work took before the measurement, 0..1."""

    starts: tuple[Start, ...]
    measured: tuple[Measured, ...]
    idle: Mapping[str, Memory]
    loaded: Mapping[str, Memory]
    busy: float

    def find(self, name: str, *, rasa: bool) -> Measured | None:
        """The scenario of that name, with Rasa or without."""
        return next((m for m in self.measured if m.scenario.name == name and m.scenario.rasa is rasa), None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "starts": [start.to_dict() for start in self.starts],
            "scenarios": [each.to_dict() for each in self.measured],
            "idle": {name: memory.to_dict() for name, memory in self.idle.items()},
            "loaded": {name: memory.to_dict() for name, memory in self.loaded.items()},
            "busy": round(self.busy, 3),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Latencies:
        """Reverses `to_dict`."""
        return cls(
            tuple(Start(**start) for start in data["starts"]),
            tuple(Measured.from_dict(each) for each in data["scenarios"]),
            {name: Memory(**memory) for name, memory in data["idle"].items()},
            {name: Memory(**memory) for name, memory in data["loaded"].items()},
            data["busy"],
        )


def run(progress: Progress = lambda _: None) -> Latencies:
    """The whole measurement, about ten minutes. Raises StackError when the assistant does not start."""
    busy = busy_share()
    starts = []
    for number in range(1, STARTS):
        with fresh_stack() as fresh:
            starts.append(timed_start(fresh))
        progress(f"latency: start {number} of {STARTS}: {starts[-1].cards_s} s, {starts[-1].questions_s} s")
    with fresh_stack() as fresh:
        starts.append(timed_start(fresh))
        progress(f"latency: start {STARTS} of {STARTS}: {starts[-1].cards_s} s, {starts[-1].questions_s} s")
        time.sleep(2)
        idle = memory(fresh)
        measured = [measure(fresh, scenario, 0.0, progress) for scenario in SCENARIOS]
        loaded = memory(fresh)
        progress("latency: stopping Rasa")
        fresh.stack.control("stop", "rasa")
        for each in list(measured):
            alone = replace(each.scenario, rasa=False)
            measured.append(measure(fresh, alone, pace(each) if alone.askers else 0.0, progress))
    return Latencies(tuple(starts), tuple(measured), idle, loaded, busy)


def memory(fresh: Fresh) -> dict[str, Memory]:
    """Memory of each program and its children."""
    return {name: memory_of(fresh.stack.pid(name)) for name in PROGRAMS}


def measure(fresh: Fresh, scenario: Scenario, pause_s: float, progress: Progress) -> Measured:
    """One scenario; begins when what the last one left behind is worked off."""
    if scenario.rasa and not settle(fresh):
        progress("latency: Rasa is still slow from what came before")
    silent = _without_rasa(fresh)
    with asking(fresh.place, scenario.askers, pause_s=pause_s, limit_s=scenario.limit_s + 60) as askers:
        _wait_for(askers, scenario)
        answered, began = askers.answered, time.monotonic()
        tally = asyncio.run(people(fresh.place, scenario))
        rate = (askers.answered - answered) / (time.monotonic() - began)
    samples = tuple(seconds * 1000 for seconds in tally.seconds)
    silent = _without_rasa(fresh) - silent
    measured = Measured(scenario, samples, tally.failures, rate if scenario.askers else 0.0, silent)
    progress(f"latency: {_summary(measured)}")
    return measured


async def people(place: Place, scenario: Scenario) -> Tally:
    """Lets the measured people write until enough samples are there or the time is over; what they saw."""
    tally, until = Tally(), time.monotonic() + scenario.limit_s
    async with new_client() as client:
        people = [Visitor(place, client) for _ in range(scenario.users)]
        if scenario.burst:
            while tally.count < scenario.samples and time.monotonic() < until:
                await asyncio.gather(*(_arrive(person, tally) for person in people))
                await asyncio.gather(
                    *(_card(person, tally, CRISIS[n % len(CRISIS)]) for n, person in enumerate(people))
                )
                await asyncio.sleep(random.uniform(*PAUSE_S))
        else:
            await asyncio.gather(
                *(_write(person, scenario, tally, until, random.Random(n)) for n, person in enumerate(people))
            )
        for person in people:
            await person.leave()
    return tally


async def _write(person: Visitor, scenario: Scenario, tally: Tally, until: float, draw: random.Random) -> None:
    texts = itertools.cycle(CRISIS if scenario.kind == "card" else draw.sample(QUESTIONS, len(QUESTIONS)))
    person.turns = TURNS_A_CONVERSATION
    if scenario.users > 1:
        await asyncio.sleep(draw.uniform(0, PAUSE_S[1]))
    while tally.count < scenario.samples and time.monotonic() < until:
        if scenario.kind == "card":  # each in a new conversation: the full card and a new record every time
            with _counted(tally):
                await person.arrive(listen=False)
                tally.seconds.append(await person.card(next(texts)))
        else:
            with _counted(tally):
                if person.turns >= TURNS_A_CONVERSATION:
                    await person.arrive(listen=True)
                tally.seconds.append(await person.answer(next(texts)))
        if scenario.users > 1:
            await asyncio.sleep(draw.uniform(*PAUSE_S))


async def _arrive(person: Visitor, tally: Tally) -> None:
    with _counted(tally):
        await person.arrive(listen=False)


async def _card(person: Visitor, tally: Tally, text: str) -> None:
    with _counted(tally):
        tally.seconds.append(await person.card(text))


@contextlib.contextmanager
def _counted(tally: Tally) -> Iterator[None]:
    try:
        yield
    except Unanswered as error:
        tally.failed(error)


def _wait_for(askers: Askers, scenario: Scenario) -> None:
    """Gives the others time to open their conversations and fill Rasa's queue."""
    until = time.monotonic() + 20
    while scenario.askers and askers.answered < scenario.askers and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(LEAD_S if scenario.askers else 0)


def _without_rasa(fresh: Fresh) -> int:
    """How many turns the door has reported to have ended without Rasa's answer."""
    log = fresh.stack.folder / "log" / "door.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return text.count("no answer from Rasa") + text.count("Rasa did not answer within its deadline")


def _summary(measured: Measured) -> str:
    scenario, n = measured.scenario, len(measured.samples_ms)
    where = scenario.name + ("" if scenario.rasa else ", Rasa stopped")
    if not n:
        return f"{where}: nothing came back ({measured.failures})"
    p50, p99 = measured.at(0.5).value, measured.at(0.99).value
    return (
        f"{where}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {measured.worst_ms:.0f} ms, n {n}, failed "
        f"{measured.failed}, others {measured.asked_per_s:.1f}/s, turns without Rasa {measured.without_rasa}"
    )
