"""What stock Rasa says of the sealed messages, as evaluation/bench_stock.py left it. Holds no text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation import sets
from evaluation.metrics import Verdict
from holdfast.crisis.classifier import CLASSES, class_of
from holdfast.crisis.types import Level

HERE = Path(__file__).resolve().parent
VERDICTS = HERE / "verdicts.json"


def verdicts_of(intents: Sequence[str], messages: Sequence[sets.Message]) -> dict[str, Verdict]:
    """The level and subject of the top intent of each message, by id; what is no class of the detector is none."""
    found = {}
    for message, intent in zip(messages, intents, strict=True):
        level, subject, _ = CLASSES[class_of(intent)]
        found[message.id] = Verdict(level, subject if level > Level.NONE else None)
    return found


def stored(file: Path = VERDICTS) -> tuple[Mapping[str, Any], dict[str, Verdict]] | None:
    """What was measured last, on what, and the verdicts by id; None when nothing was, or over other test messages."""
    if not file.exists():
        return None
    body = json.loads(file.read_text(encoding="utf-8"))
    if body["test_set"] != sets.digest(sets.MESSAGES):
        return None
    found = {key: Verdict(Level.of(level), subject) for key, (level, subject) in body.pop("verdicts").items()}
    return body, found
