"""The country that a person names is remembered."""

from __future__ import annotations

import asyncio
import time

import pytest

pytest.importorskip("rasa_sdk", reason="Rasa lives in .venv-rasa; make test runs these there")

from actions.action_set_country import ActionSetCountry
from actions.deadline import within
from tests.actions.running import events_of


@pytest.mark.parametrize(("text", "code"), [("I am in Ireland", "IE"), ("estoy en M\u00e9xico", "MX")])
def test_a_country_named_is_kept(text: str, code: str) -> None:
    events = events_of(ActionSetCountry(), text)
    assert [(event["name"], event["value"]) for event in events] == [("country", code)]


@pytest.mark.parametrize("text", ["hello", "", None])
def test_no_country_changes_nothing(text: str | None) -> None:
    assert events_of(ActionSetCountry(), text) == []


def test_what_takes_too_long_or_fails_gives_nothing() -> None:
    assert asyncio.run(within(lambda _: time.sleep(0.3), "x", deadline_s=0.01)) is None
    assert asyncio.run(within(lambda _: 1 / 0, "x")) is None
    assert asyncio.run(within(str.upper, "x")) == "X"
