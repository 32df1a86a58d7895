"""That it is a program is said at the start, every three hours, after seven days, and never before a card (SM-46)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.door.disclosure import ABSENT_AFTER_S, REMIND_AFTER_S, disclosure_due
from holdfast.door.state import ConversationState
from holdfast.door.takeover import taken
from tests.door.alone import START, Alone

HOUR, DAY = 3600.0, 86400.0
ADDRESS = {"chat": 1}
REMINDER = {"en": "A reminder: I am an automated program", "es": "Un recordatorio: soy un programa automático"}
TOLD = ConversationState(disclosed_at=1000.0, wrote_at=1000.0)


def test_the_times_are_those_of_the_rule() -> None:
    assert (REMIND_AFTER_S, ABSENT_AFTER_S) == (3 * HOUR, 7 * DAY)


@pytest.mark.parametrize(
    ("state", "now", "due"),
    [
        (ConversationState(address=ADDRESS), 1000.0, "greeting"),
        (ConversationState(), 1000.0, None),  # its page has shown the greeting
        (TOLD, 1000.0 + 3 * HOUR - 1, None),
        (TOLD, 1000.0 + 3 * HOUR, "disclosure"),
        (replace(TOLD, wrote_at=1000.0 + 2 * HOUR), 1000.0 + 3 * HOUR, "disclosure"),  # a session that goes on
        (TOLD, 1000.0 + 7 * DAY - 1, "disclosure"),
        (TOLD, 1000.0 + 7 * DAY, "greeting"),
        (replace(TOLD, wrote_at=0.0), 1000.0 + 7 * DAY, "disclosure"),  # a state of before this was kept
        (replace(TOLD, disclosed_at=1000.0 + 7 * DAY), 1001.0 + 7 * DAY, None),  # came back with /start
    ],
)
def test_when_it_is_due(state: ConversationState, now: float, due: str | None) -> None:
    assert disclosure_due(state, now) == due


def said(alone: Alone, text: str, **more: object) -> str:
    return "\n".join(event.text for event in alone.say(text, **more))


@pytest.mark.parametrize(("language", "text"), [("en", "how long is a session"), ("es", "¿cuánto dura una sesión?")])
def test_three_hours_into_a_session_it_is_said_again_and_once(alone: Alone, language: str, text: str) -> None:
    alone.open(language=language)
    assert REMINDER[language] not in said(alone, text)
    for minutes in range(20, 180, 20):
        alone.now = START + minutes * 60
        assert REMINDER[language] not in said(alone, text)
    alone.now = START + 3 * HOUR
    events = alone.say(text)
    assert events[0].text.startswith(REMINDER[language])
    assert events[1].text == "Rasa's answer."
    assert REMINDER[language] not in said(alone, text)
    alone.now += 3 * HOUR
    assert REMINDER[language] in said(alone, text)


@pytest.mark.parametrize("channel", ["web", "slack", "telegram"])
def test_after_seven_days_a_person_is_greeted_as_at_the_start(alone: Alone, channel: str) -> None:
    address = None if channel == "web" else ADDRESS
    alone.open(channel=channel, address=address)
    first = alone.say("how long is a session", channel=channel)
    assert any(event.text.startswith("Hello. I am the automated assistant") for event in first) is (channel != "web")
    alone.now += 7 * DAY
    events = alone.say("how long is a session", channel=channel)
    assert events[0].text.startswith("Hello. I am the automated assistant")
    assert sum("automated" in event.text for event in events) == 1


@pytest.mark.parametrize("away", [3 * HOUR, 7 * DAY])
def test_the_card_comes_first_and_the_disclosure_with_the_next_answer(alone: Alone, away: float) -> None:
    """SM-01, SM-46: the card says what this is itself."""
    alone.open()
    alone.say("how long is a session")
    alone.now += away
    events = alone.say("I want to kill myself")
    assert events[0].kind == "card"
    assert not any(REMINDER["en"] in event.text or "Hello. I am" in event.text for event in events)
    assert "automated program" in events[0].text
    assert said(alone, "how long is a session").startswith(REMINDER["en"])


def test_the_bot_is_silent_while_staff_answer(alone: Alone) -> None:
    alone.open()
    alone.say("hello")
    conversation = alone.parts.registry.known("c")
    assert conversation is not None
    conversation.state = taken(conversation.state, "Sam", alone.now)
    alone.now += 4 * HOUR
    assert alone.say("hello again") == []


def test_it_survives_a_restart(alone: Alone) -> None:
    alone.open()
    alone.say("how long is a session")
    kept = ConversationState.from_dict(alone.state().to_dict())
    assert (kept.disclosed_at, kept.wrote_at) == (START, START)
