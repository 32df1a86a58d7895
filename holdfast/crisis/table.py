"""All units of the training messages with their features: what the classifier is fitted on and measured with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from holdfast.crisis.classifier import WHOLE_CHARS, Floats, grams, legible, units
from holdfast.crisis.corpus import Message
from holdfast.crisis.normalize import Normalized, Normalizer
from holdfast.crisis.vectors import TextEncoder, cached_encode


@dataclass(frozen=True)
class Table:
    """All units of all messages: vectors, counts of n-grams, and which message each unit belongs to.

    ``first`` says where each message begins; ``cut`` marks messages too long to be a unit themselves.
    """

    vectors: Floats
    counts: list[Counter[int]]
    owner: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    cut: npt.NDArray[np.bool_]


def readable(messages: Sequence[Message], normalizer: Normalizer) -> list[str]:
    """What the encoder reads of every unit of the messages."""
    texts = [part for message in messages for part in units(message.text)]
    return _legible(texts, [normalizer(text) for text in texts], normalizer)


def _legible(texts: Sequence[str], forms: Sequence[Normalized], normalizer: Normalizer) -> list[str]:
    return [legible(normalizer, text, form) for text, form in zip(texts, forms, strict=True)]


def tabulate(messages: Sequence[Message], encoder: TextEncoder, cache: Path, say: Callable[[str], None]) -> Table:
    """Encodes every unit of every message, as at scoring."""
    normalizer = Normalizer.load()
    texts: list[str] = []
    owner: list[int] = []
    first: list[int] = []
    for number, message in enumerate(messages):
        parts = units(message.text)
        first.append(len(texts))
        texts.extend(parts)
        owner.extend([number] * len(parts))
    say(f"{len(messages)} messages, {len(texts)} units to encode (cached in {cache})")

    def progress(done: int, missing: int) -> None:
        if done % 640 == 0 or done == missing:
            say(f"  encoded {done} of {missing}")

    forms = [normalizer(text) for text in texts]
    vectors = cached_encode(encoder, _legible(texts, forms, normalizer), cache, progress=progress)
    counts = [grams(form.repaired.words) for form in forms]
    cut = np.array([len(message.text.strip()) > WHOLE_CHARS for message in messages])
    return Table(vectors, counts, np.array(owner), np.array(first), cut)
