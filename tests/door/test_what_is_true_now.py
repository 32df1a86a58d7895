"""What was said of people and numbers binds what is said next, and what changes with the clock is not said again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.clinic import Clinic
from holdfast.door.commands import apply_request
from holdfast.door.rasa import RasaReply, RasaTurn
from holdfast.door.state import ConversationState
from tests.door.alone import Alone

CRISIS = "I want to kill myself"
NOBODY = "Nobody at the clinic reads this chat now"


def on_duty(monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    monkeypatch.setattr(Clinic, "on_duty", lambda _self, _now: yes)


def text(events: list[object]) -> str:
    return "\n".join(getattr(event, "text", "") for event in events)


def rasa_says(alone: Alone, monkeypatch: pytest.MonkeyPatch, *replies: RasaReply) -> None:
    async def ask(*_: object, **__: object) -> RasaTurn:
        return RasaTurn("whatever", None, replies)

    monkeypatch.setattr(alone.rasa, "ask", ask)


def test_who_is_there_is_told_as_it_is_when_it_is_asked_g4(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alarm of the day says "recorded" or "nobody" of that hour; the night's question has the night's answer."""
    alone.open()
    on_duty(monkeypatch, True)
    assert NOBODY not in text(alone.say(CRISIS))
    assert alone.state().notice == "recorded"
    on_duty(monkeypatch, False)
    assert NOBODY in text(alone.say("/talk_to_person"))
    on_duty(monkeypatch, True)
    assert NOBODY not in text(alone.say("/talk_to_person"))


def test_that_staff_were_told_stays_true_g4(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    on_duty(monkeypatch, False)
    for notice in ("notified", "claimed"):
        state = replace(ConversationState(), notice=notice, staff_name="Sam")
        said = alone.parts.texts.reply("talk_to_person", state, alone.parts.now()).text
        assert NOBODY not in said, notice


@pytest.mark.parametrize("action", ["utter_safety_plan", "utter_unsure", "utter_thanks"])
def test_no_number_is_pushed_once_that_was_said_sm85(
    alone: Alone, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    alone.open()
    alone.say(CRISIS)
    link = alone.parts.texts.link(alone.state(), alone.parts.now()).text
    plain = RasaReply(f"A plan helps. {link}", action=action)
    rasa_says(alone, monkeypatch, plain)
    assert link in text(alone.say("a plan please"))
    rasa_says(alone, monkeypatch, RasaReply("Good.", action="utter_reached_someone", request={"type": "reached"}))
    alone.say("my sister is here")
    rasa_says(alone, monkeypatch, plain)
    assert link not in text(alone.say("a plan please"))
    rasa_says(alone, monkeypatch, RasaReply("I hear you.", action="utter_ask_memory"))
    assert link not in text(alone.say("I feel so sad and empty today"))
    rasa_says(alone, monkeypatch, RasaReply(f"Here they are. {link}", action="utter_more_lines"))
    assert link in text(alone.say("the numbers please"))


@pytest.mark.parametrize("tags", [("after_risk:replace",), ("after_risk:keep", "after_risk")])
def test_what_is_held_back_comes_without_a_number_once_that_was_said_g5_sm85(
    alone: Alone, monkeypatch: pytest.MonkeyPatch, tags: tuple[str, ...]
) -> None:
    """Held back by the door, or by Rasa, whose words then carry the line already."""
    alone.open()
    alone.say(CRISIS)
    link = alone.parts.texts.link(alone.state(), alone.parts.now()).text
    held_back = RasaReply(f"I leave that question to the team. {link}", action="utter_ask_cost", tags=tags)
    rasa_says(alone, monkeypatch, held_back)
    assert link in text(alone.say("what does it cost"))
    rasa_says(alone, monkeypatch, RasaReply("Good.", action="utter_reached_someone", request={"type": "reached"}))
    alone.say("my sister is here")
    rasa_says(alone, monkeypatch, held_back)
    said = text(alone.say("what does it cost"))
    assert "leave that question" in said and link not in said


def test_a_language_that_the_clinic_does_not_write_is_not_switched_to() -> None:
    state = ConversationState(language="en")
    wish = {"type": "language", "code": "es"}
    assert apply_request(state, wish, lambda _: True, lambda code: code == "en") == state
    assert apply_request(state, wish, lambda _: True, lambda code: code in ("en", "es")).language == "es"
