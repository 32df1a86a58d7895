"""The scorecard's part on the time of one assessment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation import markdown
from evaluation.aims import Finding
from evaluation.business import business
from evaluation.intervals import quantile

#: Aims: characters, quantile, milliseconds.
AIMS = ((150, 0.5, 3.0), (2_000, 0.99, 40.0), (100_000, 0.99, 250.0))
MEMORY_MIB = 250.0


def speed_report(found: Mapping[str, Any]) -> str:
    """Times by length and memory."""
    rows = []
    for length, ours in found["times_ms"]["detector"].items():
        floor = found["times_ms"]["floor"][length]
        cells = [markdown.number(quantile(values, q).value) for values in (ours, floor) for q in (0.5, 0.99)]
        rows.append([f"{int(length):,}", str(len(ours)), *cells])
    memory = found["memory_mib"]
    return markdown.paragraphs(
        "One assessment, every text new (test messages one after another, cut at the length), in "
        "milliseconds; garbage collection leaves the loaded detector alone, as in the door. Only the first and last "
        "2,000 characters reach the models.",
        business(found["busy"]),
        markdown.table(["characters", "n", "p50", "p99", "lexicon p50", "lexicon p99"], rows),
        "![Time by length](images/speed.svg)",
        f"Highest resident memory of a process with the detector: {memory['detector']['peak']:.0f} MiB "
        f"(lexicon only {memory['floor']['peak']:.0f}, bare Python {memory['floor']['bare_python']:.0f}).",
    )


def speed_findings(found: Mapping[str, Any]) -> list[Finding]:
    """The aims on speed and memory."""
    findings = []
    for length, q, limit in AIMS:
        values = found["times_ms"]["detector"][str(length)]
        value = quantile(values, q).value
        aim = f"One assessment of {length:,} characters, p{100 * q:.0f}: at most {limit:g} ms"
        findings.append(Finding(aim, f"{markdown.number(value)} ms, n {len(values)}", value <= limit))
    peak = found["memory_mib"]["detector"]["peak"]
    findings.append(
        Finding(f"Memory of the loaded detector: at most {MEMORY_MIB:.0f} MiB", f"{peak:.0f} MiB", peak <= MEMORY_MIB)
    )
    return findings
