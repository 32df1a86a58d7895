"""Held-out messages, long messages made of them, and training from end to end with a stand-in encoder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from holdfast.crisis.classifier import RISING, SHORT_CHARS, WHOLE_CHARS, Classifier
from holdfast.crisis.corpus import Message
from holdfast.crisis.development import LONG_CALM, LONG_RISKY, held_out, long_messages
from holdfast.crisis.lexicon import Lexicon
from holdfast.crisis.table import tabulate
from holdfast.crisis.training import TrainingError, fit, inflation, train
from holdfast.crisis.types import Level
from tests.crisis.stand_in import LetterEncoder

CALM, RISKY, SAD = "the shop sells bread and milk number {}", "zzz i will do it {}", "qqq so sad today {}"


def corpus(count: int = 40) -> list[Message]:
    """Every fourth message is held out."""
    kinds = ((CALM, "out_of_scope"), (RISKY, "crisis_self"), (SAD, "distress"), (CALM + " please", "ask_cost"))
    return [
        Message(text.format(number), intent, number, number % 4 == 0)
        for number in range(count)
        for text, intent in kinds
    ]


def test_long_messages_are_longer_than_one_unit_and_the_same_every_time() -> None:
    found = list(long_messages(corpus()))
    assert found == list(long_messages(corpus()))
    assert len(found) == LONG_CALM + LONG_RISKY
    assert all(len(text) > SHORT_CHARS for _, text in found)


def test_long_messages_hold_what_their_level_says_and_only_held_out_messages() -> None:
    known = {message.text for message in corpus() if message.development}
    for level, text in long_messages(corpus()):
        assert set(text.split("\n")) <= known
        assert ("zzz" in text) == (level == Level.CRISIS)
        assert ("qqq" in text) == (level == Level.DISTRESS)


def test_held_out_messages_lie_where_the_table_has_them(tmp_path: Path) -> None:
    messages = [*corpus(8), Message("A sentence of the usual kind. " * 20, "out_of_scope", 99, True)]
    table = tabulate(messages, LetterEncoder(), tmp_path / "cache.npz", print)
    held = held_out(table, messages)
    expected = [message for message in messages if message.development]
    assert len(held.truth) == len(held.first) == len(expected)
    assert [held.names[number] for number in held.truth][:4] == ["none", "crisis_self", "distress", "none"]
    assert held.single[:-1].all() and not held.single[-1]
    assert (table.owner[held.rows[held.first]] == [messages.index(message) for message in expected]).all()


def test_the_weight_of_a_rare_class_of_risk_is_taken_off_again() -> None:
    """Its weight teaches it, but must not make everything near it likelier than it is."""
    names = ("crisis_self", "distress", "none", "treat_tonight")
    taken = inflation(names, {"crisis_self": 0.8, "distress": 3.0, "none": 0.2, "treat_tonight": 4.0})
    assert taken.tolist() == pytest.approx([0.0, 0.0, 0.0, np.log(4.0)])


def test_a_risky_message_that_is_too_long_to_be_a_unit_teaches_nothing(tmp_path: Path) -> None:
    long_one = Message(
        f"{RISKY.format(1)}. " + "The day was as all days are. " * (WHOLE_CHARS // 20), "crisis_self", 9, False
    )
    calm = [Message(CALM.format(number), "out_of_scope", number, False) for number in range(6)]
    sad = [Message(SAD.format(number), "distress", number, False) for number in range(6)]
    messages = [*calm, *sad, long_one]
    table = tabulate(messages, LetterEncoder(), tmp_path / "cache.npz", print)
    weights = fit(table, ["none"] * 6 + ["distress"] * 6 + ["crisis_self"], np.ones(len(messages), bool))
    assert "crisis_self" not in weights.classes


def test_training_writes_what_the_detector_reads(tmp_path: Path, lexicon: Lexicon) -> None:
    said: list[str] = []
    about = train(corpus(), LetterEncoder(), tmp_path / "detector", tmp_path / "cache.npz", said.append)
    assert about == json.loads((tmp_path / "detector" / "classifier.json").read_text())
    assert set(about["thresholds"]) == set(about["long_thresholds"]) == {level.label for level in RISING}
    assert any("composed of several" in line for line in said)
    found = Classifier.load(tmp_path / "detector", LetterEncoder(), lexicon.normalizer)
    assert found.score(RISKY.format("now")).level >= Level.CRISIS
    assert found.score(CALM.format("nine")).level == Level.NONE


@pytest.mark.parametrize("keep", [lambda message: message.development, lambda message: not message.development])
def test_nothing_held_out_or_all_of_it_is_refused(tmp_path: Path, keep: Callable[[Message], bool]) -> None:
    with pytest.raises(TrainingError, match="Restore data/nlu"):
        train([message for message in corpus() if keep(message)], LetterEncoder(), tmp_path, tmp_path / "cache.npz")
