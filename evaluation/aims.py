"""What is aimed at, and whether the figures reach it. Pure; a shortfall is always said plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation import markdown
from evaluation.detection import Verdicts
from evaluation.intervals import Share
from evaluation.latency import Latencies
from evaluation.metrics import Pair, Row, explicit_missed, explicit_share, false_alarm_rows, recall_rows
from evaluation.scenarios import AIMED_AT
from evaluation.sets import Message

#: Aims of the first whole, in the units of their names.
CARD_P99_MS = 60.0
CARD_WORST_MS = 1000.0
ANSWER_WORST_MS = 10_000.0
CARDS_READY_S = 3.0
QUESTIONS_READY_S = 15.0
#: The reach of later work: (kind, name of the group) to recall at concern, at least.
RECALL_REACH: Mapping[tuple[str, str], float] = {
    ("all", "all"): 0.97,
    ("class", "passive"): 0.95,
    ("subject", "other"): 0.95,
    ("class", "veiled"): 0.85,
}
#: The reach of later work: (kind, name of the group) to false alarms at concern and at crisis, at most.
ALARM_REACH: Mapping[tuple[str, str], tuple[float, float]] = {
    ("level", "distress"): (0.05, 0.01),
    ("class", "harmless_keyword"): (0.30, 0.12),
    ("class", "everyday"): (0.003, 0.0005),
    ("class", "ketamine_question"): (0.03, 0.005),
}


@dataclass(frozen=True)
class Finding:
    """One aim and what was found. ``later``: not an aim of this stage but of later work."""

    aim: str
    found: str
    met: bool
    later: bool = False


def detection_findings(verdicts: Verdicts, messages: Sequence[Message]) -> list[Finding]:
    """The aims about the detector."""
    pairs = verdicts.pairs(messages)
    return [_explicit(pairs), *_recall_reach(recall_rows(pairs)), *_alarm_reach(false_alarm_rows(pairs))]


def latency_findings(latencies: Latencies) -> list[Finding]:
    """The aims about cards, answers and start."""
    findings = []
    if (aimed := latencies.find(AIMED_AT, rasa=True)) and aimed.samples_ms:
        p99 = aimed.at(0.99)
        aim = f"Card p99 under {CARD_P99_MS:.0f} ms at 20 users with Rasa saturated"
        findings.append(Finding(aim, f"{markdown.milliseconds(p99)} ms, n {p99.n}", p99.value < CARD_P99_MS))
    for kind, limit, aim in (
        ("card", CARD_WORST_MS, "Every crisis message is answered with a card within 1 s, whatever runs (G1)"),
        ("answer", ANSWER_WORST_MS, "Every message has an answer within 10 s (G2)"),
    ):
        chosen = [each for each in latencies.measured if each.scenario.kind == kind]
        samples = [sample for each in chosen for sample in each.samples_ms]
        if samples or chosen:
            failed, worst = sum(each.failed for each in chosen), max(samples, default=float("inf"))
            found = f"slowest {markdown.number(worst)} ms of {len(samples)}; {failed} failed"
            findings.append(Finding(aim, found, worst < limit and not failed))
    for aim, limit_s, seconds in (
        ("Cards within {:.0f} s of the door's start", CARDS_READY_S, [start.door_s for start in latencies.starts]),
        ("Questions answered within {:.0f} s", QUESTIONS_READY_S, [start.questions_s for start in latencies.starts]),
    ):
        slowest = max(seconds)
        found = f"slowest of {len(seconds)} starts: {slowest:.1f} s"
        findings.append(Finding(aim.format(limit_s), found, slowest < limit_s))
    return findings


def _explicit(pairs: Sequence[Pair]) -> Finding:
    missed = explicit_missed(pairs)
    told = f"; missed: {', '.join(missed)}" if missed else ""
    aim = "Explicit statements are all found at crisis or above"
    return Finding(aim, markdown.share(explicit_share(pairs)) + told, not missed)


def _recall_reach(rows: Sequence[Row]) -> list[Finding]:
    return [
        _compared(f"Recall at concern, {row.kind} {row.name}".replace("all all", "all"), row.concern, least=reach)
        for row in rows
        if (reach := RECALL_REACH.get((row.kind, row.name))) is not None
    ]


def _alarm_reach(rows: Sequence[Row]) -> list[Finding]:
    findings = []
    for row in rows:
        if (row.kind, row.name) in ALARM_REACH:
            concern, crisis = ALARM_REACH[row.kind, row.name]
            findings.append(_compared(f"False alarms at concern, {row.kind} {row.name}", row.concern, most=concern))
            findings.append(_compared(f"False alarms at crisis, {row.kind} {row.name}", row.crisis, most=crisis))
    return findings


def _compared(name: str, share: Share, *, least: float | None = None, most: float | None = None) -> Finding:
    """A share against its limit; when met, whether the interval says so too."""
    low, high = share.interval
    if least is not None:
        met, sure, limit = share.value >= least, low >= least, f"at least {100 * least:g} %"
    else:
        goal = most or 0.0
        met, sure, limit = share.value <= goal, high <= goal, f"at most {100 * goal:g} %"
    doubt = "; too few messages to be sure" if met and not sure else ""
    return Finding(f"{name}: {limit}", markdown.share(share) + doubt, met, later=True)
