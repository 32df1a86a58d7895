"""Responses rendered from content: every one in every language, G5, the card, requests to the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa; make test runs these there")

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.crisis.types import Assessment, Level
from holdfast.dialogue.renderer import ContentRenderer, Renderer
from holdfast.dialogue.situation import Situation

ROOT = Path(__file__).resolve().parents[2]
RESPONSES: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=timezone.utc)
CALM = Situation("en", "US", Assessment(Level.NONE), after_risk=False, named=None, question_due=False)
CRISIS = replace(CALM, assessment=Assessment(Level.CRISIS, "self", flags=frozenset({"veteran"})), after_risk=True)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(load_clinic(ROOT / "clinic.yml"), Directory.load(), Wording.load(), lambda: NOW)


@pytest.mark.parametrize("country", ["US", "GB", "ZZ"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_every_response_renders(renderer: Renderer, name: str, language: str, country: str) -> None:
    rendered = renderer.render(RESPONSES[name][0]["text"], replace(CALM, language=language, country=country))
    assert rendered.text or rendered.request or name == "utter_beside"  # nothing else was asked beside the card
    assert "{" not in rendered.text


def test_the_card_has_a_line_and_is_marked_as_card(renderer: Renderer) -> None:
    rendered = renderer.render("card/full", CRISIS)
    assert "988" in rendered.text
    assert rendered.request == {"holdfast": {"type": "card"}}


def test_the_card_of_rasa_alone_does_not_claim_that_anybody_was_told(renderer: Renderer) -> None:
    """G4."""
    text = renderer.render("card/full", CRISIS).text.lower()
    assert "nobody at the clinic" in text
    assert "alerted" not in text


def test_the_direct_question_stands_on_the_card_when_it_is_due(renderer: Renderer) -> None:
    due = replace(CRISIS, assessment=Assessment(Level.CONCERN, "self"), question_due=True)
    assert {"/affirm", "/deny"} <= {button["payload"] for button in renderer.render("card/full", due).buttons}
    asked = replace(due, question_due=False)
    assert "/affirm" not in {button["payload"] for button in renderer.render("card/full", asked).buttons}


def test_an_escalation_carries_the_assessment_and_no_words(renderer: Renderer) -> None:
    rendered = renderer.render("request/escalate", CRISIS)
    assert rendered.text == ""
    assert rendered.request == {
        "holdfast": {"type": "escalate", "level": "crisis", "subject": "self", "flags": ["veteran"]}
    }


def test_after_a_risk_selling_answers_are_replaced_and_safety_answers_stay(renderer: Renderer) -> None:
    """G5."""
    entries = Wording.load().answers
    replacement = renderer.render("reply/after_risk_replaced", CALM).text
    for topic, entry in entries.items():
        text = renderer.render(f"answer/{topic}", replace(CALM, after_risk=True)).text
        assert (text == replacement) is (entry.after_risk == "replace"), topic
    kinds = {entry.after_risk for entry in entries.values()}
    assert kinds == {"replace", "keep"}


@pytest.mark.parametrize(
    ("topic", "situation", "instead"),
    [
        ("ask_spravato", replace(CALM, after_risk=True), "unsure_after_risk"),
        ("ask_spravato", replace(CALM, minor=True), "unsure"),
    ],
)
def test_what_may_not_be_answered_is_not_offered_and_has_no_sources_g5_sm74(
    renderer: Renderer, topic: str, situation: Situation, instead: str
) -> None:
    said = renderer.render(f"reply/{instead}", CALM).text
    about = replace(situation, about=(topic,))
    assert renderer.render("sources/last", about).text == said
    assert renderer.render("offer/topics", about).text == said
    both = renderer.render("offer/topics", replace(situation, about=(topic, "ask_hours")))
    payloads = {button["payload"] for button in both.buttons}
    assert "/ask_hours" in payloads and f"/{topic}" not in payloads
    allowed = renderer.render("offer/topics", replace(CALM, about=(topic, "ask_hours")))
    assert f"/{topic}" in {button["payload"] for button in allowed.buttons}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["out_of_scope", "unsure", "after_risk_replaced"])
def test_an_alarm_denied_at_once_brings_no_lines_into_plain_answers_and_still_sells_nothing_g5(
    renderer: Renderer, name: str, language: str
) -> None:
    after = replace(CALM, language=language, after_risk=True)
    alarmed, denied = (renderer.render(f"reply/{name}", each) for each in (after, replace(after, denied=True)))
    assert "988" in alarmed.text and "988" not in denied.text
    assert "/more_lines" in {button["payload"] for button in denied.buttons}
    cost = renderer.render("answer/ask_cost", replace(after, denied=True))
    assert cost == renderer.render("reply/after_risk_replaced", replace(after, denied=True))


def test_a_language_that_the_clinic_does_not_write_is_not_promised(renderer: Renderer) -> None:
    english = Renderer(replace(renderer.clinic, languages=("en",)), Directory.load(), Wording.load(), lambda: NOW)
    refused = english.render("language/es", CALM)
    assert "I can only write in English." in refused.text and "988" in refused.text
    assert "I can write in English." in english.render("reply/language_of_line", CALM).text
    assert "I can write in English and Spanish." in renderer.render("reply/language_of_line", CALM).text


def test_an_answer_given_again_says_more(renderer: Renderer) -> None:
    first = renderer.render("answer/ask_side_effects", CALM)
    again = renderer.render("answer/ask_side_effects", CALM, repeated=True)
    assert first.text != again.text
    assert again.text.startswith(Wording.load().answers["ask_side_effects"].languages["en"].more[:20])


def test_in_production_unsigned_answers_are_withheld(renderer: Renderer, tmp_path: Path) -> None:
    nobody = Wording.load(signatures=tmp_path / "none.yml")
    production = Renderer(replace(renderer.clinic, environment="production"), Directory.load(), nobody, lambda: NOW)
    withheld = production.render("reply/withheld", CALM).text
    assert all(production.render(f"answer/{topic}", CALM).text == withheld for topic in nobody.answers)


def test_a_named_country_is_answered_with_its_lines_and_a_request(renderer: Renderer) -> None:
    rendered = renderer.render("country/named_or_ask", replace(CALM, named="CA", country="CA"))
    assert "Canada" in rendered.text
    assert rendered.request == {"holdfast": {"type": "country", "code": "CA"}}
    assert renderer.render("country/named_or_ask", CALM).request is None


def test_spanish_is_confirmed_in_spanish(renderer: Renderer) -> None:
    assert "español" in renderer.render("language/es", CALM).text


@pytest.mark.parametrize("key", ["nothing", "answer/ask_nothing", "reply/nothing", "request/nothing"])
def test_an_unknown_key_is_an_error(renderer: Renderer, key: str) -> None:
    with pytest.raises((ValueError, Exception), match="no "):
        renderer.render(key, CALM)


class FakeTracker:
    """As much of a tracker as the renderer reads."""

    def applied_events(self) -> list[Any]:
        return []

    def current_slot_values(self) -> dict[str, Any]:
        return {}


async def test_rasa_gets_text_buttons_tags_and_the_request(renderer: Renderer) -> None:
    nlg = ContentRenderer(renderer=renderer)
    message = await nlg.generate("utter_talk_to_person", FakeTracker(), "holdfast", domain_responses=RESPONSES)
    assert message is not None
    assert message["custom"] == {"holdfast": {"type": "staff_request"}}
    assert "after_risk:keep" in message["tags"]
    greeting = await nlg.generate("utter_greet", FakeTracker(), "holdfast", domain_responses=RESPONSES)
    assert greeting is not None and {"title", "payload"} == set(greeting["buttons"][0])


async def test_what_cannot_be_rendered_is_no_reply_and_a_logged_error(
    renderer: Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"utter_broken": [{"text": "reply/nothing"}]}
    nlg = ContentRenderer(renderer=renderer)
    assert await nlg.generate("utter_broken", FakeTracker(), "holdfast", domain_responses=broken) is None
    assert "utter_broken cannot be rendered" in caplog.text
    assert await nlg.generate("utter_unknown", FakeTracker(), "holdfast", domain_responses=RESPONSES) is None
