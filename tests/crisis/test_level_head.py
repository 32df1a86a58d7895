"""What taught the encoder the levels has the say on the level in the classifier, and on nothing else."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from holdfast.crisis.classifier import BUCKETS, RISING, Weights, level_sums
from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.crisis.level_head import LevelHead, ruled_by
from holdfast.crisis.types import Level

FILES = Path(__file__).resolve().parents[2] / "models" / "encoder"
CLASSES = ("none", "distress", "concern_self", "crisis_self", "emergency_self")


def flat(classes: tuple[str, ...] = CLASSES) -> Weights:
    """A model that knows nothing: every class is as likely as any other."""
    count = len(classes)
    return Weights(
        classes, np.zeros((384, count), np.float32), np.zeros((BUCKETS, count), np.float16),
        np.zeros(count, np.float32), np.zeros(BUCKETS, np.float32), 1, 1,
        np.zeros((384, len(RISING)), np.float32), np.zeros(len(RISING), np.float32), 1, np.zeros(0, np.uint64),
    )  # fmt: skip


def test_the_head_tells_risk_from_a_question() -> None:
    head = LevelHead.load(FILES)
    assert head.dense.shape == (384, len(RISING)) and head.bias.shape == (len(RISING),)
    texts = ["I want to kill myself", "quiero quitarme la vida", "where can i park", "¿cuánto cuesta una sesión?"]
    odds = ruled_by(flat(), head).probabilities(Encoder.load(FILES).encode(texts), [Counter()] * 4)
    risky, spanish, question, pregunta = level_sums(odds, CLASSES)[:, RISING.index(Level.CONCERN)]
    assert min(risky, spanish) > 0.9 > 0.5 > max(question, pregunta)


def test_without_a_head_the_regression_stands_alone() -> None:
    dice = np.random.default_rng(1)
    weights = replace(flat(), dense=dice.normal(size=(384, 5)).astype(np.float32), bias=np.arange(5, dtype=np.float32))
    vectors = dice.normal(size=(3, 384)).astype(np.float32)
    plain = np.exp(vectors @ weights.dense + weights.bias)
    found = weights.probabilities(vectors, [Counter()] * 3)
    np.testing.assert_allclose(found, plain / plain.sum(axis=1, keepdims=True), rtol=1e-3)


def test_a_level_raises_the_classes_that_reach_it_and_no_other() -> None:
    weights = replace(flat(), rise_bias=np.array([0, 2, 0, 0], np.float32))  # concern or above
    [odds] = np.log(weights.probabilities(np.zeros((1, 384), np.float32), [Counter()]))
    assert (odds - odds[0]).tolist() == pytest.approx([0, 0, 2, 2, 2], abs=1e-4)


def test_the_head_says_nothing_of_whom_a_message_is_about() -> None:
    """Among the classes of one level the regression decides, with all its weight."""
    names = ("none", "crisis_self", "crisis_other")
    told = replace(flat(names), bias=np.array([0, 1, 4], np.float32), rise_bias=np.array([0, 0, 3, 0], np.float32))
    [odds] = replace(told, class_share=0.1).probabilities(np.zeros((1, 384), np.float32), [Counter()])
    assert np.log(odds[2] / odds[1]) == pytest.approx(3, abs=1e-4)


def test_a_damaged_head_is_named_with_the_remedy(tmp_path: Path) -> None:
    shutil.copytree(FILES, tmp_path / "encoder")
    (tmp_path / "encoder" / "heads.npz").write_bytes(b"nothing")
    with pytest.raises(EncoderError, match=r"heads\.npz is damaged.*Restore"):
        LevelHead.load(tmp_path / "encoder")
