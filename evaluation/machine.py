"""What figures were measured on: the machine, the commit, the time, and how busy the machine was with other work."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.paths import ROOT


def stamp(command: str) -> dict[str, Any]:
    """Date (UTC), commit, machine and command, JSON-ready; stands beside every result."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes").replace("+00:00", "Z"),
        "commit": commit(),
        "machine": machine(),
        "command": command,
    }


def machine() -> dict[str, Any]:
    """CPU model, usable cores, memory in GiB and the Python version."""
    return {
        "cpu": _cpu_model(Path("/proc/cpuinfo").read_text(encoding="utf-8")),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
    }


def commit() -> str:
    """The short commit id, with ``+`` when files differ from it; ``unknown`` outside a git checkout."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--", ".", ":!docs/scorecard.md") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def busy_share(seconds: float = 3.0) -> float:
    """How much of all cores' time was used over ``seconds``, 0..1. Before a measurement: what other work takes."""
    before = _cpu_times()
    time.sleep(seconds)
    after = _cpu_times()
    total = sum(after) - sum(before)
    idle = (after[3] + after[4]) - (before[3] + before[4])
    return max(0.0, 1 - idle / total) if total else 0.0


def _cpu_times() -> list[int]:
    first = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0]
    return [int(number) for number in first.split()[1:9]]


def _cpu_model(cpuinfo: str) -> str:
    for line in cpuinfo.splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
