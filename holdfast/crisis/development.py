"""The held-out messages: where they lie in a table, what a model says of them, and long messages made of them. Pure.

Short messages dominate the training data, so messages longer than one unit are composed of held-out ones: calm ones of
calm messages only, risky ones of one risky message among calm ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from holdfast.crisis.classifier import CLASSES, SHORT_CHARS, Floats, Weights, class_of
from holdfast.crisis.corpus import Message
from holdfast.crisis.table import Table
from holdfast.crisis.types import Level

SEED = 20261124
LONG_CALM = 1200
LONG_RISKY = 600
#: A long message is composed of so many messages, and grows further until it is longer than one unit.
PIECES = 6


@dataclass(frozen=True)
class Held:
    """The held-out messages: classes and levels, the rows of their units, where each begins among these rows."""

    names: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    levels: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    #: Whether a message is one unit.
    single: npt.NDArray[np.bool_]


def held_out(table: Table, messages: Sequence[Message]) -> Held:
    """The held-out part of a table of these messages."""
    development = np.array([message.development for message in messages])
    labels = [class_of(message.name) for message in messages]
    names = tuple(sorted(set(labels)))
    rows = np.flatnonzero(development[table.owner])
    truth = np.array([names.index(label) for label, out in zip(labels, development, strict=True) if out])
    levels = np.array([int(CLASSES[names[number]][0]) for number in truth])
    first = np.searchsorted(rows, table.first[development])
    single = np.diff(np.append(first, len(rows))) == 1
    return Held(names, truth, levels, rows, first, single)


def held_out_logits(weights: Weights, table: Table, held: Held) -> Floats:
    """Logarithms of the class probabilities of the held-out units, in the order of ``held.names``."""
    logits = np.full((len(held.rows), len(held.names)), -20.0, dtype=np.float32)
    found = weights.probabilities(table.vectors[held.rows], [table.counts[row] for row in held.rows])
    for column, name in enumerate(weights.classes):
        logits[:, held.names.index(name)] = np.log(np.maximum(found[:, column], 1e-9))
    return logits


def long_messages(messages: Sequence[Message]) -> Iterator[tuple[Level, str]]:
    """Long messages composed of held-out ones, each with its level; the same ones every time for the same messages.

    Half of the calm ones hold one message of distress.
    """
    dice = np.random.default_rng(SEED)
    by_level: dict[Level, list[str]] = {level: [] for level in Level}
    for message in messages:
        if message.development:
            by_level[CLASSES[class_of(message.name)][0]].append(message.text)
    risky = [(level, text) for level in Level if level >= Level.CONCERN for text in by_level[level]]
    calm, distress = by_level[Level.NONE], by_level[Level.DISTRESS]
    for number in range(LONG_CALM + LONG_RISKY):
        core: list[tuple[Level, str]] = []
        if number >= LONG_CALM and risky:
            core = [risky[int(dice.integers(len(risky)))]]
        elif number % 2 and distress:
            core = [(Level.DISTRESS, distress[int(dice.integers(len(distress)))])]
        pieces = [text for _, text in core]
        while len(pieces) < PIECES or sum(map(len, pieces)) <= SHORT_CHARS:
            pieces.insert(int(dice.integers(len(pieces) + 1)), calm[int(dice.integers(len(calm)))])
        yield (core[0][0] if core else Level.NONE), "\n".join(pieces)
