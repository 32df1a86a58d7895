"""Refuses a detector that got worse: `python evaluation/gate.py`; `--accept` makes today's figures the measure.

Every figure over the sealed sets may move within the interval of the accepted one: a processor that rounds otherwise
must not shut the gate. What must hold without exception, every explicit statement of the regression set, is a test of
its own (tests/evaluation/test_regression.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluation import detection, sets
from evaluation.detection import Verdicts
from evaluation.intervals import Share
from evaluation.machine import commit
from evaluation.markdown import share as written
from evaluation.metrics import Row, explicit_share, false_alarm_rows, recall_rows, turn_figures
from holdfast.crisis.detector import DetectorError

BASELINE = Path(__file__).with_name("baseline.json")
RECALL, ALARMS = "recall", "false alarms"


class GateError(Exception):
    """There is nothing to compare with. The message says what to do."""


@dataclass(frozen=True)
class Baseline:
    """Accepted figures by name, and the digests of the test sets that they were counted over."""

    sets: Mapping[str, str]
    figures: Mapping[str, Share]


def figures(found: Mapping[str, Verdicts], messages: Sequence[sets.Message], talks: Sequence[sets.Talk]) -> Any:
    """Every gated figure by name: recall and false alarms of detector and floor, over messages and turns."""
    named: dict[str, Share] = {}
    for which, verdicts in found.items():
        pairs = verdicts.pairs(messages)
        for measure, rows in ((RECALL, recall_rows(pairs)), (ALARMS, false_alarm_rows(pairs))):
            for row in rows:
                named |= _named(which, measure, row)
        named[f"{which}: {RECALL}, explicit statements, crisis"] = explicit_share(pairs)
        turns = turn_figures([talk.levels for talk in talks], verdicts.levels(talks))
        named[f"{which}: {RECALL}, turns, concern"] = turns.recall
        named[f"{which}: {ALARMS}, turns, concern"] = turns.false_alarms
    return named


def problems(found: Mapping[str, Verdicts], baseline: Baseline, known: Mapping[str, str]) -> list[str]:
    """Why the gate stays shut; empty when it opens. ``known`` are the digests of today's test sets."""
    if baseline.sets != known:
        return ["The test sets changed since the baseline. Check why, then run: python evaluation/gate.py --accept"]
    return worse(figures(found, sets.messages(), sets.conversations()), baseline.figures)


def worse(now: Mapping[str, Share], accepted: Mapping[str, Share]) -> list[str]:
    """Figures that lie beyond the interval of the accepted ones, on the bad side, or are gone."""
    told = []
    for name, before in accepted.items():
        today = now.get(name)
        if today is None:
            told.append(f"{name}: not measured any more")
        elif _is_worse(name, today, before):
            told.append(f"{name}: {written(today)}; accepted was {written(before)}")
    return told


def load_baseline(file: Path = BASELINE) -> Baseline:
    """The accepted figures. Raises GateError when there are none."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GateError(f"evaluation/{file.name} is missing. Run: python evaluation/gate.py --accept") from None
    counted = {name: Share(*counts) for name, counts in data["figures"].items()}
    return Baseline(data["sets"], counted)


def save_baseline(found: Mapping[str, Verdicts], file: Path = BASELINE) -> None:
    """Accepts the figures of today."""
    counted = figures(found, sets.messages(), sets.conversations())
    body = {
        "about": "Accepted figures, [hits, n]; written by evaluation/gate.py --accept, read by evaluation/gate.py.",
        "commit": commit(),
        "sets": sets.digests(sets.DETECTION_FILES),
        "figures": {name: [share.hits, share.n] for name, share in counted.items()},
    }
    lines = json.dumps(body, indent=1, ensure_ascii=False).replace("[\n   ", "[").replace(",\n   ", ", ")
    file.write_text(lines.replace("\n  ]", "]") + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 when the gate stays shut."""
    parser = argparse.ArgumentParser(description="Compares the detector with the accepted figures.")
    parser.add_argument("--accept", action="store_true", help="make today's figures the accepted ones")
    options = parser.parse_args(arguments)
    try:
        found = detection.run(lambda line: print(line, file=sys.stderr))
        if options.accept:
            save_baseline(found)
        told = problems(found, load_baseline(), sets.digests(sets.DETECTION_FILES))
    except (DetectorError, GateError, sets.SetError) as error:
        told = [str(error)]
    for line in told:
        print(line)
    print("gate: shut" if told else "gate: open")
    return 1 if told else 0


def _named(which: str, measure: str, row: Row) -> dict[str, Share]:
    group = row.name if row.kind == "all" else f"{row.kind} {row.name}"
    shares = {"concern": row.concern, "crisis": row.crisis}
    return {f"{which}: {measure}, {group}, {level}": share for level, share in shares.items() if share.n}


def _is_worse(name: str, today: Share, before: Share) -> bool:
    low, high = before.interval
    return today.value < low if f": {RECALL}," in name else today.value > high


if __name__ == "__main__":
    sys.exit(main())
