"""A stand-in for the sentence encoder: the letters of a text as its vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from holdfast.crisis.classifier import Floats


class LetterEncoder:
    """Counts letters; the same text has the same vector of length 1. ``seen`` holds what was encoded."""

    fingerprint = "letters"
    dimensions = 26

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        """One vector a text."""
        self.seen.extend(texts)
        counts = np.array([[text.lower().count(chr(97 + number)) for number in range(26)] for text in texts], float)
        result: Floats = (counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return result
