"""Two questions, two topics in doubt and what refers back, in the guard and in the renderer."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa; make test runs these there")

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.crisis.types import Assessment, Level
from holdfast.dialogue.channel import _topic
from holdfast.dialogue.guard import CrisisGuard
from holdfast.dialogue.renderer import Renderer
from holdfast.dialogue.report import UNDERSTOOD
from holdfast.dialogue.situation import KEPT, Situation
from holdfast.dialogue.splitter import PART, UNGREETED, QuestionSplitter

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"question_threshold": 0.25, "answer_threshold": 0.5, "offer_threshold": 0.6, "part_threshold": 0.8}
CALM = Situation("en", "US", Assessment(Level.NONE), after_risk=False, named=None, question_due=False)


def level(name: str, **more: Any) -> dict[str, Any]:
    return {"assessment": {"level": name, "subject": "self", "flags": [], "answer": None, "score": 0.9, **more}}


def ranked(text: str, ranks: dict[str, float], **more: Any) -> Message:
    entries = [{"name": n, "confidence": c} for n, c in sorted(ranks.items(), key=lambda pair: -pair[1])]
    return Message({"text": text, "intent": entries[0], "intent_ranking": entries, **more})


def guarded(whole: Message, *parts: Message, tracker: DialogueStateTracker | None = None) -> Message:
    component = CrisisGuard(SETTINGS, detector=lambda: None)
    [message] = component.process([whole, *parts], tracker or DialogueStateTracker.from_events("x", []))
    return message


def part(**ranks: float) -> Message:
    return ranked("a part", ranks, **{PART: True})


def asked_before(intent: str, **kept: Any) -> DialogueStateTracker:
    parsed = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], KEPT: kept}
    event = UserUttered("before", intent=parsed["intent"], parse_data=parsed, timestamp=time.time() - 60)
    return DialogueStateTracker.from_events("x", [event])


def test_the_splitter_hands_the_parts_on_behind_the_whole() -> None:
    splitter = QuestionSplitter()
    whole = Message({"text": "how much is it and where do I park?"})
    found = splitter.process([whole])
    assert found[0] is whole
    assert [(each.get("text"), each.get(PART)) for each in found[1:]] == [
        ("how much is it", True),
        ("where do I park?", True),
    ]
    assert splitter.process([Message({"text": "/ask_cost and what is it"})])[1:] == []


def test_two_questions_lead_and_their_topics_are_kept_in_order() -> None:
    whole = ranked("x", {"ask_cost": 0.6, "ask_parking": 0.3}, metadata=level("none"))
    message = guarded(whole, part(ask_parking=0.9), part(ask_cost=0.9, crisis_self=0.05))
    assert message.get("intent") == {"name": "two_questions", "confidence": 1.0}
    assert message.get(KEPT)["topics"] == ["ask_parking", "ask_cost"]


@pytest.mark.parametrize(
    ("metadata", "intent"),
    [
        (level("crisis"), "crisis_self"),
        (level("concern"), "concern_self"),
        (level("none", flags=["voices"]), "voices"),
        (level("concern", answer="no"), "direct_no"),
    ],
)
def test_a_risk_in_the_whole_message_is_never_divided_away_sm_02(metadata: Any, intent: str) -> None:
    whole = ranked("x", {"ask_cost": 0.9}, metadata=metadata)
    message = guarded(whole, part(ask_parking=0.9), part(ask_cost=0.9))
    assert message.get("intent")["name"] == intent
    assert "topics" not in message.get(KEPT)


def test_without_a_detector_a_risk_of_the_classifier_stands_beside_two_questions() -> None:
    message = guarded(ranked("x", {"crisis_self": 0.4, "ask_cost": 0.3}), part(ask_parking=0.9), part(ask_cost=0.9))
    assert message.get("intent")["name"] == "crisis_self"


def test_in_doubt_two_topics_are_offered() -> None:
    message = guarded(ranked("x", {"ask_cost": 0.4, "ask_insurance": 0.35, "ask_jobs": 0.25}, metadata=level("none")))
    assert message.get("intent")["name"] == "unsure_between"
    assert message.get(KEPT)["topics"] == ["ask_cost", "ask_insurance"]


@pytest.mark.parametrize(("assessed", "intent"), [("none", "nlu_fallback"), ("distress", "distress")])
def test_when_lost_it_says_so_and_a_sad_person_is_heard_instead(assessed: str, intent: str) -> None:
    message = guarded(
        ranked("x", {"ask_cost": 0.3, "ask_heart": 0.2, **dict.fromkeys("abcde", 0.1)}, metadata=level(assessed))
    )
    assert message.get("intent")["name"] == intent
    assert "topics" not in message.get(KEPT)


@pytest.mark.parametrize(
    ("before", "kept", "text", "intent", "beside"),
    [
        ("ask_session", {}, "and how long does that take?", "ask_duration", {"more": False}),
        ("ask_session", {}, "tell me more", "ask_session", {"more": True}),
        ("ask_session", {"more": True}, "tell me more", "nothing_more", {"topics": ["ask_session"], "more": True}),
        ("two_questions", {"topics": ["ask_cost", "ask_parking"]}, "why?", "ask_parking", {"more": True}),
        ("ask_session", {}, "where is this from?", "where_from", {"topics": ["ask_session"]}),
        ("out_of_scope", {}, "where is this from?", "where_from", {"topics": []}),
        ("crisis_self", {}, "why?", "ask_cost", {}),
    ],
)
def test_what_refers_back(before: str, kept: dict[str, Any], text: str, intent: str, beside: dict[str, Any]) -> None:
    whole = ranked(text, {"ask_cost": 0.9}, metadata=level("none"))
    message = guarded(whole, tracker=asked_before(before, **kept))
    assert message.get("intent")["name"] == intent
    assert {key: message.get(KEPT)[key] for key in beside} == beside
    if not beside:
        assert not {"topics", "more"} & set(message.get(KEPT))


def said(text: str, **ranks: float) -> Message:
    return ranked(text, ranks, **{PART: True})


def test_a_second_part_that_refers_to_the_first_is_no_topic_of_its_own() -> None:
    whole = ranked(
        "What are the side effects, and how long do they last?", {"ask_side_effects": 0.97}, metadata=level("none")
    )
    parts = (
        said("What are the side effects", ask_side_effects=0.99),
        said("how long do they last?", ask_lasting_effect=0.99),
    )
    assert guarded(whole, *parts).get("intent")["name"] == "ask_side_effects"


def test_a_part_that_refers_to_the_last_answer_leads_where_nothing_else_is_sure() -> None:
    text, ranks = (
        "what about next morning? i got a 5am load",
        {"ask_fasting": 0.44, "ask_driving": 0.41, "out_of_scope": 0.15},
    )
    parts = said("what about next morning?", ask_driving=0.54), said("i got a 5am load", put_on_hold=0.34)
    whole = ranked(text, ranks, metadata=level("none"))
    message = guarded(whole, *parts, tracker=asked_before("ask_driving"))
    assert (message.get("intent")["name"], message.get(KEPT)["more"]) == ("ask_driving", True)
    alone = guarded(ranked(text, ranks, metadata=level("none")), *parts)
    assert alone.get("intent")["name"] == "unsure_between"


@pytest.mark.parametrize(
    ("metadata", "intent"),
    [
        (level("distress"), "ask_how_well"),
        (level("distress", flags=["bereaved"]), "bereaved"),
        (level("concern"), "concern_self"),
    ],
)
def test_a_sad_person_who_asks_is_answered_and_a_risk_gets_its_card_sm_01(metadata: Any, intent: str) -> None:
    text = "I cry all the time. would ketamine help with something like that"
    parts = said("I cry all the time", distress=1.0), said("would ketamine help with something like that", ask_cost=0.4)
    whole = ranked(text, {"distress": 0.88, "ask_worsening": 0.06}, metadata=metadata)
    assert guarded(whole, *parts).get("intent")["name"] == intent


def test_a_greeting_is_read_apart_from_the_question_behind_it() -> None:
    ranks = {"greet": 0.4, "ask_session": 0.1, "ask_booking": 0.3}
    found = QuestionSplitter().process([Message({"text": "hi do you take walk ins"})])
    assert [(each.get("text"), each.get(UNGREETED)) for each in found[1:]] == [("do you take walk ins", True)]
    rest = ranked("do you take walk ins", {"ask_booking": 0.95}, **{PART: True, UNGREETED: True})
    for metadata, intent in ((level("none"), "ask_booking"), (level("crisis"), "crisis_self")):
        message = guarded(ranked("hi do you take walk ins", ranks, metadata=metadata), rest)
        assert message.get("intent")["name"] == intent


def test_a_question_back_at_risk_goes_to_the_card() -> None:
    whole = ranked("why?", {"ask_cost": 0.9}, metadata=level("crisis"))
    assert guarded(whole, tracker=asked_before("ask_session")).get("intent")["name"] == "crisis_self"


@pytest.fixture
def renderer() -> Renderer:
    now = datetime(2026, 11, 23, 18, 0, tzinfo=timezone.utc)
    return Renderer(load_clinic(ROOT / "clinic.yml"), Directory.load(), Wording.load(), lambda: now)


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_answers_are_those_of_their_topics(renderer: Renderer, language: str) -> None:
    now_in = replace(CALM, language=language, about=("ask_cost", "ask_parking"))
    for number, topic in enumerate(now_in.about, 1):
        assert renderer.render(f"asked/{number}", now_in) == renderer.render(f"answer/{topic}", now_in)


def test_of_two_answers_the_one_that_sells_is_replaced_after_a_risk_g5(renderer: Renderer) -> None:
    now_in = replace(CALM, about=("ask_cost", "ask_parking"), after_risk=True)
    assert renderer.render("asked/1", now_in) == renderer.render("reply/after_risk_replaced", now_in)
    assert renderer.render("asked/2", now_in) == renderer.render("answer/ask_parking", now_in)


@pytest.mark.parametrize(("language", "title"), [("en", "What does it cost?"), ("es", "¿Cuánto cuesta?")])
def test_an_offer_names_both_topics_and_a_person(renderer: Renderer, language: str, title: str) -> None:
    offer = renderer.render("offer/topics", replace(CALM, language=language, about=("ask_cost", "ask_insurance")))
    assert [button["payload"] for button in offer.buttons] == ["/ask_cost", "/ask_insurance", "/talk_to_person"]
    assert offer.buttons[0]["label"] == title


def test_sources_are_listed_by_title_on_request(renderer: Renderer) -> None:
    text = renderer.render("sources/last", replace(CALM, about=("ask_ect",))).text
    wording = Wording.load()
    assert [title for title in wording.sources_of("ask_ect", "en") if f"- {title}" not in text] == []
    assert "http" not in text
    everything = renderer.render("sources/last", CALM)
    assert everything == renderer.render("reply/where_from_all", CALM)


def test_an_answer_that_is_withheld_shows_no_sources() -> None:
    assert Wording.load().sources_of("ask_ect", "en", production=True) == ()


def test_the_door_learns_the_first_of_two_topics_and_none_of_an_offer() -> None:
    metadata = {UNDERSTOOD: {"topics": ["ask_parking", "ask_cost"]}}
    assert _topic("two_questions", metadata) == "ask_parking"
    assert _topic("unsure_between", metadata) is None
    assert _topic("ask_heart", metadata) == "ask_heart"
    assert _topic("greet", {}) is None
