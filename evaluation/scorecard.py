"""Measures and writes docs/scorecard.md: `python evaluation/scorecard.py [--only NAMES] [--reuse]`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluation import alarms, detection, latency, plots, results, robustness, sets, speed, topics
from evaluation.machine import stamp
from evaluation.report import Sets, report
from holdfast.cli.stack import StackError
from holdfast.crisis import corpus
from holdfast.crisis.detector import DetectorError
from holdfast.paths import ROOT

TARGET = ROOT / "docs" / "scorecard.md"
RUNS: dict[str, Callable[[Callable[[str], None]], Any]] = {
    "detection": detection.run,
    "robustness": robustness.run,
    "speed": speed.run,
    "topics": topics.run,
    "latency": latency.run,
    "alarms": alarms.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what was chosen, stores raw results, writes the report. Returns 1 when something could not be measured."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the processes under measurement are stopped
    chosen = [name for name in results.SECTIONS if name in options.only]
    if options.reuse and results.load().latency is not None and "latency" in chosen:
        chosen.remove("latency")
        progress("latency: as it was measured before (--reuse)")
    failed = [name for name in chosen if not _measure(name)]
    write_report()
    progress(f"written: {TARGET.relative_to(ROOT)}")
    return 1 if failed else 0


def write_report(target: Path = TARGET) -> None:
    """Writes the scorecard out of what `results/` holds."""
    training = corpus.data_hash(corpus.read_all(ROOT / "data" / "nlu"))[:16]
    known = Sets(sets.messages(), sets.conversations(), sets.questions(), training)
    found = results.load()
    target.write_text(report(found, known), encoding="utf-8")
    images = target.parent / "images"
    if found.speed:
        plots.draw_speed(found.speed.data, images)
    if found.robustness:
        plots.draw_robustness(found.robustness.data, images)
    if found.models:
        plots.draw_models(found.models, images)


def progress(line: str) -> None:
    """One line of progress, with the time of day."""
    print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)


def _measure(name: str) -> bool:
    started = time.monotonic()
    try:
        data = RUNS[name](progress)
    except (DetectorError, StackError, httpx.HTTPError, sets.SetError) as error:
        progress(f"{name}: could not be measured: {error}")
        return False
    command = f".venv/bin/python evaluation/scorecard.py --only {name}"
    results.save(name, {**stamp(command), "inputs": results.inputs()}, data)
    progress(f"{name}: done in {time.monotonic() - started:.0f} s")
    return True


def _sections(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in results.SECTIONS]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(results.SECTIONS)}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measures Holdfast and writes docs/scorecard.md.")
    wish = "what to measure, by commas; the rest of the report is written from earlier results"
    parser.add_argument("--only", type=_sections, default=list(results.SECTIONS), metavar="NAMES", help=wish)
    parser.add_argument("--reuse", action="store_true", help="take latency from earlier results when there are any")
    return parser


if __name__ == "__main__":
    sys.exit(main())
