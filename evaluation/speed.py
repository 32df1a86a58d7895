"""How long one assessment takes on one core by length, and how much memory the loaded detector needs."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from evaluation import sets
from evaluation.machine import busy_share
from holdfast.crisis.detector import Detector
from holdfast.paths import ROOT

#: Lengths in characters; the first stands for 30 words.
LENGTHS = (150, 300, 600, 1_000, 2_000, 4_000, 10_000, 30_000, 100_000)
REPEATS = {150: 200, 2_000: 100}
_MEMORY = """
import re, sys
def peak():  # of this program alone; what getrusage says begins with the parent's
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before = peak()
from holdfast.crisis.detector import Detector
detector = Detector.load(lexicon_only=sys.argv[1] == "lexicon")
for _ in range(20):
    detector.assess("I feel anxious every Sunday evening before work. " * 40)
print(peak(), before)
"""


def run(progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Times in milliseconds by length, each text new to the caches, and memory in MiB."""
    said = [message.text for message in sets.messages()]
    dice = random.Random(3)
    busy = busy_share()
    found: dict[str, Any] = {"busy": round(busy, 3), "times_ms": {}, "memory_mib": {}}
    for name, lexicon_only in (("detector", False), ("floor", True)):
        detector = Detector.load(lexicon_only=lexicon_only)
        detector.assess("warm up")
        gc.collect()
        gc.freeze()  # as the door does after its start
        times: dict[str, list[float]] = {}
        for length in LENGTHS:
            times[str(length)] = timed(detector, [text_of(said, length, dice) for _ in range(REPEATS.get(length, 20))])
            progress(f"speed: {name}, {length} characters")
        found["times_ms"][name] = times
        found["memory_mib"][name] = memory("lexicon" if lexicon_only else "all")
    return found


def text_of(said: Sequence[str], length: int, dice: random.Random) -> str:
    """Messages one after another in random order, cut at that many characters."""
    parts: list[str] = []
    size = 0
    while size <= length:
        parts.append(dice.choice(said))
        size += len(parts[-1]) + 1
    return " ".join(parts)[:length]


def timed(detector: Any, texts: Sequence[str]) -> list[float]:
    """Milliseconds of each assessment."""
    taken = []
    for text in texts:
        started = time.perf_counter()
        detector.assess(text)
        taken.append(round(1e3 * (time.perf_counter() - started), 3))
    return taken


def memory(which: str) -> dict[str, float]:
    """The highest resident memory of a process that holds the detector, and of bare Python, in MiB."""
    done = subprocess.run([sys.executable, "-c", _MEMORY, which], cwd=ROOT, capture_output=True, text=True, check=True)
    peak, bare = done.stdout.split()
    return {"peak": round(float(peak), 1), "bare_python": round(float(bare), 1)}
