"""Who reads this, and will somebody call the police: what the clinic has told, and nothing else (SM-86)."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from holdfast.clinic import ChatFacts, Clinic, ClinicError, Target, load_clinic
from holdfast.content.directory import Directory
from holdfast.content.facts import facts
from holdfast.content.lint import WORDS_PER_BUBBLE, check, clinic_texts
from holdfast.content.wording import Wording
from holdfast.paths import ROOT

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("America/Denver"))
READERS = {"en": "Two nurses read it.", "es": "Lo leen dos enfermeras."}
POLICY = {"en": "Only with your address.", "es": "Solo con tu dirección."}
ALL_DAY = {day: ((0, 24 * 60),) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
PHONE = (Target("phone", "twilio://x", True),)


def clinic(**changes: Any) -> Clinic:
    return dataclasses.replace(load_clinic(ROOT / "clinic.yml"), **changes)


def said(
    directory: Directory, wording: Wording, name: str, language: str, shop: Clinic, now: datetime = MONDAY_NOON,
    **state: Any,
) -> str:  # fmt: skip
    return wording.reply(name, language, **facts(shop, "US", language, directory, wording, now, **state)).text


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_told_is_said_as_written(directory: Directory, wording: Wording, language: str) -> None:
    shop = clinic(chat=ChatFacts(READERS, True, POLICY), retention_days=17)
    assert READERS[language] in said(directory, wording, "who_reads", language, shop)
    assert "17" in said(directory, wording, "who_reads", language, shop)
    police = said(directory, wording, "call_police", language, shop)
    assert wording.deck(language).say("chat.calls.yes") in police
    assert POLICY[language] in police


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_not_told_is_not_invented(directory: Directory, wording: Wording, language: str) -> None:
    shop = clinic(chat=ChatFacts())
    deck = wording.deck(language)
    assert deck.say("chat.readers.none") in said(directory, wording, "who_reads", language, shop)
    police = said(directory, wording, "call_police", language, shop)
    assert deck.say("chat.calls.none") in police
    assert deck.say("chat.calls.yes") not in police


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_clinic_that_does_not_call_says_so(directory: Directory, wording: Wording, language: str) -> None:
    police = said(directory, wording, "call_police", language, clinic(chat=ChatFacts(staff_call=False)))
    assert wording.deck(language).say("chat.calls.no") in police
    assert "  " not in police


@pytest.mark.parametrize("name", ["who_reads", "call_police"])
def test_whether_somebody_is_there_follows_the_clock(directory: Directory, wording: Wording, name: str) -> None:
    """G4, SM-05."""
    deck = wording.deck("en")
    office = {"mon": ((9 * 60, 17 * 60),)}
    shop = clinic(targets=PHONE, duty_hours=office)
    assert deck.say("duty.now") in said(directory, wording, name, "en", shop)
    night = said(directory, wording, name, "en", shop, MONDAY_NOON.replace(hour=22))
    assert deck.truth("nobody", None) in night
    assert deck.say("duty.now") not in night
    unwatched = clinic(targets=(Target("log", "log:x", False),), duty_hours=ALL_DAY)
    assert deck.truth("nobody", None) in said(directory, wording, name, "en", unwatched)
    taken = said(directory, wording, name, "en", shop, notice="claimed", staff_name="Sam")
    assert "Sam of the clinic is reading this." in taken


@pytest.mark.parametrize("language", ["en", "es"])
def test_secrecy_is_never_promised(directory: Directory, wording: Wording, language: str) -> None:
    text = said(directory, wording, "who_reads", language, clinic())
    assert ("cannot promise" if language == "en" else "No puedo prometer") in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_example_stays_short(directory: Directory, wording: Wording, language: str) -> None:
    """SM-48: the discreet line to help is not counted, as in the lint."""
    for name in ("who_reads", "call_police"):
        known = {**facts(clinic(), "US", language, directory, wording, MONDAY_NOON), "crisis_hint": ""}
        assert len(wording.reply(name, language, **known).text.split()) <= WORDS_PER_BUBBLE + 15, name


def edited(tmp_path: Path, chat: Any) -> Path:
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    raw.pop("chat") if chat is None else raw.update(chat=chat)
    (tmp_path / "clinic.yml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return tmp_path / "clinic.yml"


@pytest.mark.parametrize(
    ("chat", "where"),
    [
        ({"readers": {"en": "Two nurses read it."}}, "chat.readers.es"),
        ({"emergency_calls": {"by_staff": True, "policy": {"en": "Only with an address."}}}, "policy.es"),
        ({"emergency_calls": {"policy": POLICY}}, "chat.emergency_calls"),
        ({"emergency_calls": {"by_staff": "maybe"}}, "chat.emergency_calls"),
        ({"reader": READERS}, "chat"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(tmp_path: Path, chat: Any, where: str) -> None:
    with pytest.raises(ClinicError, match=where):
        load_clinic(edited(tmp_path, chat))


@pytest.mark.parametrize(
    "chat", [None, {}, {"readers": None, "emergency_calls": None}, {"emergency_calls": {"by_staff": False}}]
)
def test_everything_may_be_left_open(tmp_path: Path, chat: Any) -> None:
    assert load_clinic(edited(tmp_path, chat)).chat.readers == {}


def test_these_sentences_keep_the_rules_too(tmp_path: Path) -> None:
    shop = load_clinic(edited(tmp_path, {"readers": {"en": "This stays between us.", "es": "Lo leen dos enfermeras."}}))
    assert [problem.key for text in clinic_texts(shop) for problem in check(text)] == ["chat.readers.en"]
