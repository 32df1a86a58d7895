"""Recall of the sealed risky messages when they are disturbed; each kind of disturbance over all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluation import sets
from evaluation.perturb import PERTURBATIONS
from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Level

SEED = 20261125
UNDISTURBED = "as written"


def run(progress: Callable[[str], None] = lambda _: None) -> dict[str, dict[str, list[int]]]:
    """Hits and counts at concern by disturbance, for the detector and for the lexicon alone."""
    risky = [message for message in sets.messages() if message.level >= Level.CONCERN and message.language == "en"]
    found: dict[str, dict[str, list[int]]] = {}
    for name, lexicon_only in (("detector", False), ("floor", True)):
        detector = Detector.load(lexicon_only=lexicon_only)
        progress(f"robustness: {name} over {len(risky)} messages, {len(PERTURBATIONS)} disturbances")
        found[name] = measure(detector, [message.text for message in risky])
    return found


def measure(detector: Any, texts: Sequence[str]) -> dict[str, list[int]]:
    """Hits and count at concern for every disturbance, and undisturbed."""
    kinds: Mapping[str, Any] = {UNDISTURBED: lambda text, _dice: text, **PERTURBATIONS}
    counted = {}
    for name, change in kinds.items():
        dice = random.Random(f"{SEED} {name}")
        hits = sum(detector.assess(change(text, dice)).level >= Level.CONCERN for text in texts)
        counted[name] = [hits, len(texts)]
    return counted
