"""Tiny invented sets and results for the tests of the evaluation; nothing is taken from the sealed sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evaluation.alarms import Alarms
from evaluation.detection import Verdicts
from evaluation.latency import Latencies
from evaluation.memory import Memory
from evaluation.metrics import Pair, Verdict
from evaluation.report import Sets
from evaluation.results import Results, Section
from evaluation.scenarios import SCENARIOS, Measured
from evaluation.sets import Message, Question, Talk
from evaluation.speed import LENGTHS
from evaluation.startup import Start
from evaluation.topics import Heard
from holdfast.crisis.types import Level, Subject

NONE, DISTRESS, CONCERN, CRISIS, EMERGENCY = Level
STAMP = {
    "date": "2026-01-02T03:04Z",
    "commit": "abc1234",
    "machine": {"cpu": "Invented CPU", "cores": 4, "memory_gib": 8.0, "python": "3.11.0"},
    "command": "python evaluation/scorecard.py --only invented",
    "inputs": {"test set": "0123456789abcdef"},
}


def message(
    number: int, level: Level, group: str, *, subject: Subject | None = None, explicit: bool = False, lang: str = "en"
) -> Message:
    """A message whose text nobody needs."""
    who = subject or (None if level is NONE else "self")
    return Message(f"x{number}", f"invented text number {number}", level, who, group, lang, explicit)


MESSAGES = (
    message(1, CRISIS, "explicit", explicit=True),
    message(2, EMERGENCY, "emergency", explicit=True),
    message(3, CONCERN, "passive"),
    message(4, CONCERN, "passive"),
    message(5, CRISIS, "other", subject="other"),
    message(6, DISTRESS, "distress"),
    message(7, NONE, "harmless_keyword"),
    message(8, NONE, "harmless_plain"),
    message(9, NONE, "ketamine_question"),
    message(10, CONCERN, "spanish", lang="es"),
)
TALKS = (Talk("t1", ("one invented turn", "two invented turns"), (NONE, CRISIS)),)
QUESTIONS = (
    Question("k1", "an invented question on cost", "ask_cost"),
    Question("k2", "an invented question on something else", "out_of_scope"),
)
SETS = Sets(MESSAGES, TALKS, QUESTIONS)


def pairs(found: Mapping[str, Level], *, subjects: Mapping[str, Subject] | None = None) -> list[Pair]:
    """The invented messages with exactly right verdicts, except where ``found`` or ``subjects`` says otherwise."""
    rows = []
    for each in MESSAGES:
        level = found.get(each.id, each.level)
        subject = (subjects or {}).get(each.id, each.subject if level else None)
        rows.append(Pair(each, Verdict(level, subject)))
    return rows


def verdicts(found: Mapping[str, Level], turns: tuple[Level, ...] = (NONE, CRISIS)) -> Verdicts:
    """The same as verdicts by id."""
    return Verdicts({pair.message.id: pair.verdict for pair in pairs(found)}, {"t1": turns})


def latencies(card_ms: float = 20.0, *, failures: Mapping[str, int] | None = None, start_s: float = 2.0) -> Latencies:
    """Latencies in which every card takes ``card_ms`` and every answer 100 ms."""
    measured = [
        Measured(
            replace(scenario, rasa=rasa),
            (card_ms if scenario.kind == "card" else 100.0,) * 400,
            failures or {},
            10.0,
            0 if rasa else 400,
        )
        for rasa in (True, False)
        for scenario in SCENARIOS
    ]
    memory = {"door": Memory(100.0, 90.0, 1), "rasa": Memory(600.0, 580.0, 1)}
    return Latencies((Start(start_s + 1, 10.0, start_s),), tuple(measured), memory, memory, 0.01)


def speed(p50_ms: float = 2.0) -> dict[str, Any]:
    """Times at which every assessment takes ``p50_ms``."""
    times = {str(length): [p50_ms] * 20 for length in LENGTHS}
    memory = {"peak": 170.0, "bare_python": 10.0}
    return {
        "busy": 0.02,
        "times_ms": {"detector": times, "floor": times},
        "memory_mib": {"detector": memory, "floor": memory},
    }


ALARMS = Alarms(
    sent=100,
    accepted=99,
    kills={"desk": 3, "worker": 2},
    unnotified=0,
    without_case=0,
    doubled=0,
    repeated=1,
    samples_ms=tuple(float(each) for each in range(600, 699)),
    seconds=60.0,
    busy=0.02,
)


#: What evaluation/models.py leaves.
COMPARED: dict[str, Any] = {
    "variants": {"n-grams": {"auc": [0.9, 0.8, 0.95], "alarms_at_95": [3, 30], "risky": 20}},
    "long": {"in sentence windows": {"auc": [0.83, 0.8, 0.9], "alarms_at_95": [7, 30], "risky": 20}},
    "learning_curve": [{"messages": 100, "auc": [0.8, 0.7, 0.9], "alarms_at_95": [6, 30], "risky": 20}],
    "reliability": [[0.5, 0.4, 10]],
    "data": "0123456789abcdef",
    "held_out": 50,
    "fitted": 100,
}
DISTURBED = {
    "as written": {"risky": [9, 10], "calm": [1, 20]},
    "typos": {"risky": [7, 10], "calm": [2, 20]},
}


def results(found: Mapping[str, Level], measured: Latencies | None = None) -> Results:
    """Results of all sections."""
    answers = {"k1": Heard("none", "ask_cost", "ask_cost", 1), "k2": Heard("none", "out_of_scope", None, 1)}
    return Results(
        detection=Section(STAMP, {"detector": verdicts(found), "floor": verdicts({"x3": NONE})}),
        robustness=Section(STAMP, {name: DISTURBED for name in ("detector", "floor")}),
        speed=Section(STAMP, speed()),
        topics=Section(STAMP, answers),
        latency=Section(STAMP, measured or latencies()),
        alarms=Section(STAMP, ALARMS),
    )
