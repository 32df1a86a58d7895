"""The head that taught the encoder the levels: what it makes of a vector goes into the classifier when that is trained.

It learned together with the encoder from disturbed messages and judges what is new better at the edge than a regression
on finished vectors, which were made to fit the messages that it learns from (docs/detector.md has the figures).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from holdfast.crisis.classifier import CLASSES, RISING, Floats, Weights
from holdfast.crisis.encoder import checked_file

FILE = "heads.npz"


@dataclass(frozen=True)
class LevelHead:
    """``vectors @ dense + bias`` are the logits of each level of ``RISING`` or above, (n, 4)."""

    dense: Floats
    bias: Floats

    @classmethod
    def load(cls, folder: Path) -> LevelHead:
        """Reads heads.npz of an encoder's folder; its sha256 is held against encoder.json. Raises EncoderError."""
        with np.load(io.BytesIO(checked_file(folder, FILE)), allow_pickle=False) as arrays:
            return cls(arrays["dense"].astype(np.float32), arrays["bias"].astype(np.float32))


def raised(weights: Weights, head: LevelHead, share: float) -> Weights:
    """The weights with the head's judgment added: to the logit of each class that of every level which it reaches,
    times ``share`` (0: none). The form of the model stays."""
    steps = np.array([[float(CLASSES[name][0] >= rung) for name in weights.classes] for rung in RISING], np.float32)
    return replace(
        weights,
        dense=weights.dense + np.float32(share) * (head.dense @ steps),
        bias=weights.bias + np.float32(share) * (head.bias @ steps),
    )
