"""What taught the encoder the levels goes into the classifier: more for the classes that a head finds, never less."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from holdfast.crisis.classifier import BUCKETS, RISING, Weights, level_sums
from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.crisis.level_head import LevelHead, raised
from holdfast.crisis.types import Level

FILES = Path(__file__).resolve().parents[2] / "models" / "encoder"
CLASSES = ("none", "distress", "concern_self", "crisis_self", "emergency_self")


def flat() -> Weights:
    """A model that knows nothing: every class is as likely as any other."""
    empty = np.zeros((BUCKETS, len(CLASSES)), np.float16)
    return Weights(
        CLASSES, np.zeros((384, 5), np.float32), empty, np.zeros(5, np.float32), np.zeros(BUCKETS, np.float32), 1, 1
    )


def concern(weights: Weights, texts: list[str]) -> list[float]:
    vectors = Encoder.load(FILES).encode(texts)
    table = vectors @ weights.dense + weights.bias
    odds = np.exp(table - table.max(axis=1, keepdims=True))
    found = level_sums(odds / odds.sum(axis=1, keepdims=True), CLASSES)[:, RISING.index(Level.CONCERN)]
    return [float(value) for value in found]


def test_the_head_alone_tells_risk_from_a_question() -> None:
    head = LevelHead.load(FILES)
    assert head.dense.shape == (384, len(RISING)) and head.bias.shape == (len(RISING),)
    texts = ["I want to kill myself", "quiero quitarme la vida", "where can i park", "¿cuánto cuesta una sesión?"]
    risky, spanish, question, pregunta = concern(raised(flat(), head, 1.0), texts)
    assert min(risky, spanish) > 0.9 > 0.5 > max(question, pregunta)


def test_no_share_changes_nothing() -> None:
    weights = flat()
    assert (raised(weights, LevelHead.load(FILES), 0.0).dense == weights.dense).all()


def test_a_level_raises_the_classes_that_reach_it_and_no_other() -> None:
    bias = np.array([0, 2, 0, 0], np.float32)  # concern or above
    found = raised(flat(), LevelHead(np.zeros((384, 4), np.float32), bias), 0.5)
    assert found.bias.tolist() == [0, 0, 1, 1, 1]


def test_a_damaged_head_is_named_with_the_remedy(tmp_path: Path) -> None:
    shutil.copytree(FILES, tmp_path / "encoder")
    (tmp_path / "encoder" / "heads.npz").write_bytes(b"nothing")
    with pytest.raises(EncoderError, match=r"heads\.npz is damaged.*Restore"):
        LevelHead.load(tmp_path / "encoder")
