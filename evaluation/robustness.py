"""The sealed messages when they are disturbed, each kind over all of them: recall of the risky, alarms on the calm."""

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
#: By disturbance: alarms at concern and how many messages there were, for both kinds of messages.
Counted = dict[str, dict[str, list[int]]]
RISKY, CALM = "risky", "calm"


def run(progress: Callable[[str], None] = lambda _: None) -> dict[str, Counted]:
    """Counts at concern, for the detector and for the lexicon alone, over English messages: risky ones are labeled
    concern or above, calm ones none.
    """
    english = [message for message in sets.messages() if message.language == "en"]
    risky = [message.text for message in english if message.level >= Level.CONCERN]
    calm = [message.text for message in english if message.level is Level.NONE]
    found: dict[str, Counted] = {}
    for name, lexicon_only in (("detector", False), ("floor", True)):
        detector = Detector.load(lexicon_only=lexicon_only)
        told = f"{len(risky)} risky and {len(calm)} calm messages, {len(PERTURBATIONS)} disturbances"
        progress(f"robustness: {name} over {told}")
        found[name] = measure(detector, risky, calm)
    return found


def measure(detector: Any, risky: Sequence[str], calm: Sequence[str]) -> Counted:
    """Alarms and count at concern for every disturbance, and undisturbed."""
    kinds: Mapping[str, Any] = {UNDISTURBED: lambda text, _dice: text, **PERTURBATIONS}
    counted: Counted = {}
    for name, change in kinds.items():
        counted[name] = {}
        for kind, texts in ((RISKY, risky), (CALM, calm)):
            dice = random.Random(f"{SEED} {name}")
            alarms = sum(detector.assess(change(text, dice)).level >= Level.CONCERN for text in texts)
            counted[name][kind] = [alarms, len(texts)]
    return counted


def checked(found: Any) -> dict[str, Counted]:
    """What was stored, when it has both counts for every disturbance. Raises KeyError, TypeError."""
    for rows in found.values():
        for counts in rows.values():
            counts[RISKY], counts[CALM]
    return dict(found)
