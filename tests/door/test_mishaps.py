"""Whatever goes wrong with a text or an answer of Rasa, the person hears something and staff the record (G2, G3)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from holdfast.crisis.types import Assessment, Level
from holdfast.door.assessor import Reading
from holdfast.door.rasa import RasaReply, RasaTurn
from tests.door.alone import DETECTOR, Alone


def broken(*_: Any, **__: Any) -> Any:
    raise KeyError("a text that is not there")


def answers(alone: Alone, monkeypatch: pytest.MonkeyPatch, *replies: RasaReply) -> None:
    async def ask(*_: Any, **__: Any) -> RasaTurn:
        return RasaTurn("ask_cost", "ask_cost", replies)

    monkeypatch.setattr(alone.rasa, "ask", ask)


def fails_but_for(alone: Alone, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Only these replies of the content can still be made."""
    really = alone.parts.texts.reply

    def reply(name: str, *given: Any, **facts: Any) -> Any:
        return really(name, *given, **facts) if name in names else broken()

    monkeypatch.setattr(alone.parts.texts, "reply", reply)


@pytest.mark.parametrize("works", [("static",), ()])
def test_a_failure_after_rasas_answer_leaves_the_static_reply_or_the_plain_lines_g2(
    alone: Alone, monkeypatch: pytest.MonkeyPatch, works: tuple[str, ...]
) -> None:
    alone.open()
    alone.say("I want to kill myself")
    answers(alone, monkeypatch, RasaReply("It costs a lot.", tags=frozenset({"after_risk:replace"})))
    fails_but_for(alone, monkeypatch, *works)
    (said,) = alone.say("what does it cost?")
    assert "988" in said.text and "costs a lot" not in said.text
    assert said.kind == ("reply" if works else "card")


def test_a_wish_for_a_person_is_kept_though_its_answer_cannot_be_made_g3(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.open()
    answers(alone, monkeypatch, RasaReply("I pass it on.", request={"type": "staff_request"}))
    monkeypatch.setattr(alone.parts.texts, "link", broken)
    (said,) = alone.say("can somebody of the team write to me?")
    assert "988" in said.text
    assert [each.kind for each in alone.records()] == ["staff_request"]
    assert alone.state().staff_wanted


def test_a_client_of_rasa_that_fails_counts_as_no_answer_g2(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.open()
    monkeypatch.setattr(alone.rasa, "ask", broken)
    (said,) = alone.say("what does it cost?")
    assert "988" in said.text


def test_a_person_who_writes_very_much_is_answered_though_that_text_cannot_be_made_g2(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.open()
    monkeypatch.setattr("holdfast.door.turn.TURNS_A_MINUTE", 0)
    fails_but_for(alone, monkeypatch, "static")
    (said,) = alone.say("hello")
    assert "988" in said.text


def test_a_late_alarm_whose_card_cannot_be_made_brings_the_plain_lines_and_the_record_g1_g3(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.open()

    async def read(text: str) -> Reading:
        return Reading(text, DETECTOR.scan(text), None, asyncio.get_running_loop().create_future())

    async def judge_late(*_: Any) -> Assessment:
        return Assessment(Level.CRISIS, "self")

    monkeypatch.setattr(alone.parts.assessor, "read", read)
    monkeypatch.setattr(alone.parts.assessor, "judge_late", judge_late)
    monkeypatch.setattr(alone.parts.texts, "card", broken)
    alone.say("words that only the models understand")
    alone.settle()
    cards = [event for event in alone.stored().events if event.kind == "card"]
    assert cards and "988" in cards[-1].text
    assert [(each.kind, each.level) for each in alone.records()] == [("alarm", "crisis")]
