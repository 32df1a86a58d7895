"""The head that taught the encoder the levels: what it makes of a vector goes into the classifier when that is trained.

It learned together with the encoder from disturbed messages and judges what is new better at the edge than a regression
on finished vectors, which were made to fit the messages that it learns from (docs/detector.md has the figures).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from holdfast.crisis.classifier import RISING, Floats, Weights
from holdfast.crisis.encoder import checked_file
from holdfast.crisis.types import Level

FILE = "heads.npz"
#: How much the head's logit of each level counts. That of `distress` or above tells distress from concern badly: with
#: more of it, distressed messages alarm. Chosen on the held-out messages (docs/detector.md has the figures).
SHARES = {Level.DISTRESS: 0.05, Level.CONCERN: 0.5, Level.CRISIS: 0.5, Level.EMERGENCY: 0.5}
#: How much the regression counts for the level. Fitted on vectors that were made for its very messages, it is too sure.
CLASS_SHARE = 0.1


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


def ruled_by(weights: Weights, head: LevelHead) -> Weights:
    """The weights with the head's say on the level; the regression keeps ``CLASS_SHARE`` of its own."""
    shares = np.array([SHARES[rung] for rung in RISING], np.float32)
    return replace(weights, rise=head.dense * shares, rise_bias=head.bias * shares, class_share=CLASS_SHARE)
