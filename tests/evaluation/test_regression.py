"""The detector over messages that may be tuned on: every explicit statement is found (SM-01)."""

from __future__ import annotations

import pytest

from evaluation import sets
from holdfast.crisis.context import next_context
from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Context, Level


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def test_every_explicit_statement_reaches_crisis(detector: Detector) -> None:
    explicit = [message for message in sets.messages(sets.REGRESSION) if message.explicit]
    missed = [message.id for message in explicit if detector.assess(message.text).level < Level.CRISIS]
    assert len(explicit) > 150
    assert not missed


def test_every_decision_of_concern_or_above_names_its_signals(detector: Detector) -> None:
    """SM-36."""
    for message in sets.messages(sets.REGRESSION):
        assessment = detector.assess(message.text)
        assert assessment.level < Level.CONCERN or any(
            signal.level >= Level.CONCERN for signal in assessment.signals
        ), message.id


def test_an_explicit_statement_is_found_in_any_conversation(detector: Detector) -> None:
    """G6: what was said before never hides it."""
    explicit = [message for message in sets.messages(sets.REGRESSION) if message.explicit][:40]
    for talk, message in zip(sets.conversations(sets.REGRESSION_CONVERSATIONS) * 2, explicit, strict=False):
        context = Context()
        for turn in talk.turns:
            context = next_context(context, detector.assess(turn, context))
        assert detector.assess(message.text, context).level >= Level.CRISIS, (talk.id, message.id)


def test_no_sealed_message_of_some_length_stands_among_the_training_messages() -> None:
    from holdfast.crisis import corpus
    from holdfast.paths import ROOT

    def plain(text: str) -> str:
        return " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())

    learned = {
        plain(message.text) for part in ("", *corpus.BESIDES) for message in corpus.read(ROOT / "data" / "nlu" / part)
    }
    sealed = [message for message in sets.messages() if len(message.text.split()) > 5]
    assert len(sealed) > 1000
    assert not [message.id for message in sealed if plain(message.text) in learned]
