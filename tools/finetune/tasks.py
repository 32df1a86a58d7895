"""What the encoder learns: examples of messages and of their sentence windows, and the targets of every task."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from holdfast.crisis.classifier import CLASSES, RISING, class_of
from holdfast.crisis.corpus import Message
from holdfast.crisis.types import Level
from holdfast.crisis.windows import windows

#: A window of a harmless message is a counterexample, but a weaker one than a message.
WINDOW_WEIGHT = 0.5
LONG_CHARS = 120


@dataclass(frozen=True)
class Example:
    """A text to learn from. ``whole`` is false for a window of a message."""

    text: str
    name: str
    intent: str
    development: bool
    whole: bool

    @property
    def level(self) -> Level:
        """The level of its class."""
        return CLASSES[self.name][0]


def examples(messages: Sequence[Message], dice: random.Random) -> list[Example]:
    """Every message, and up to three windows of those below concern (those of risky ones are mostly harmless)."""
    found: list[Example] = []
    for message in messages:
        name = class_of(message.name)
        found.append(Example(message.text, name, message.intent, message.development, True))
        if CLASSES[name][0] <= Level.DISTRESS:
            long = len(message.text) > LONG_CHARS
            parts = [part for part in windows(message.text) if part != message.text] if long else []
            for part in dice.sample(parts, min(3, len(parts))):
                found.append(Example(part, name, message.intent, message.development, False))
    return found


@dataclass(frozen=True)
class Tasks:
    """Names and weights of every task."""

    classes: tuple[str, ...]
    intents: tuple[str, ...]
    class_weights: torch.Tensor
    level_weights: torch.Tensor

    @classmethod
    def of(cls, rows: Sequence[Example]) -> Tasks:
        """The tasks of these examples; rare classes weigh more, by the square root."""
        classes = tuple(sorted(CLASSES))
        counts = Counter(row.name for row in rows)
        weights = torch.tensor([(len(rows) / len(classes) / max(1, counts[name])) ** 0.5 for name in classes])
        intents = tuple(sorted({row.intent for row in rows if row.intent not in CLASSES}))
        risky = [sum(row.level >= rung for row in rows) for rung in RISING]
        level_weights = torch.tensor([min(3.0, ((len(rows) - count) / max(1, count)) ** 0.5) for count in risky])
        return cls(classes, intents, weights.clamp(max=3.0), level_weights)

    def targets(self, rows: Sequence[Example]) -> dict[str, torch.Tensor]:
        """The targets of a batch; -1 where a task says nothing of an example."""
        places = {name: number for number, name in enumerate(self.intents)}
        subjects = {"self": 0.0, "other": 1.0}
        return {
            "class": torch.tensor([self.classes.index(row.name) for row in rows]),
            "levels": torch.tensor([[float(row.level >= rung) for rung in RISING] for row in rows]),
            "subject": torch.tensor(
                [subjects[CLASSES[row.name][1] or "self"] if row.level >= Level.CONCERN else -1.0 for row in rows]
            ),
            "intent": torch.tensor([places.get(row.intent, -1) if row.whole else -1 for row in rows]),
            "weight": torch.tensor([1.0 if row.whole else WINDOW_WEIGHT for row in rows]),
        }
