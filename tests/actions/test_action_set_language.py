"""The wish for Spanish is remembered."""

from __future__ import annotations

import pytest

pytest.importorskip("rasa_sdk", reason="Rasa lives in .venv-rasa; make test runs these there")

from actions.action_set_language import ActionSetLanguage
from tests.actions.running import events_of


def test_spanish_is_kept() -> None:
    events = events_of(ActionSetLanguage(), "espa\u00f1ol por favor")
    assert [(event["name"], event["value"]) for event in events] == [("language", "es")]
