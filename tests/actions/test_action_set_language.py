"""The wish for a language is remembered."""

from __future__ import annotations

import pytest

pytest.importorskip("rasa_sdk", reason="Rasa lives in .venv-rasa; make test runs these there")

from actions.action_set_language import ActionSetLanguage
from tests.actions.running import events_of


@pytest.mark.parametrize(("intent", "language"), [("spanish_please", "es"), ("english_please", "en")])
def test_the_language_that_was_asked_for_is_kept(intent: str, language: str) -> None:
    events = events_of(ActionSetLanguage(), "espa\u00f1ol por favor", intent)
    assert [(event["name"], event["value"]) for event in events] == [("language", language)]


def test_another_message_changes_nothing() -> None:
    assert events_of(ActionSetLanguage(), "hello", "greet") == []
