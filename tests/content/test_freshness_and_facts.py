"""Findings for the operator, and the facts that texts leave open."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date
from pathlib import Path

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.facts import facts
from holdfast.content.freshness import Finding, findings
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import PLACEHOLDERS, Wording, placeholders
from holdfast.paths import ROOT
from tests.content.conftest import NOW, edit, signed_by

COLLECTED = date(2026, 11, 23)


def of(kind: str, found: list[Finding]) -> list[str]:
    return [finding.where for finding in found if finding.kind == kind]


def test_a_line_is_stale_90_days_after_the_collection(directory: Directory, wording: Wording) -> None:
    assert not of("stale", findings(directory, wording, date(2027, 2, 21)))
    assert "lines/US.yml: us-988" in of("stale", findings(directory, wording, date(2027, 2, 22)))


def test_a_check_renews_a_line_and_a_given_date_counts_when_it_is_earlier(data: Path, wording: Wording) -> None:
    edit(data / "lines" / "US.yml", "checked_on: null", "checked_on: '2027-02-20'")
    edit(data / "lines" / "CA.yml", "next_check: null", "next_check: '2026-12-01'")
    edited = Directory.load(data / "lines")
    found = findings(edited, wording, date(2027, 2, 22))
    assert "lines/US.yml: us-988" not in of("stale", found) + of("unchecked", found)
    assert "lines/CA.yml: ca-988" in of("stale", findings(edited, wording, date(2026, 12, 2)))


def test_recalled_emergency_numbers_and_lines_held_back_are_listed(directory: Directory, wording: Wording) -> None:
    found = findings(directory, wording, COLLECTED)
    recalled = of("recalled", found)
    assert "lines/CA.yml: emergency" in recalled and "lines/US.yml: emergency" not in recalled
    assert "lines/US.yml: us-988-lgbtq" in of("held_back", found)
    assert "lines/IE.yml: ie-sam" in of("hours_unknown", found)


def test_unsigned_texts_are_listed_until_a_clinician_signs(
    data: Path, tmp_path: Path, directory: Directory, wording: Wording
) -> None:
    unsigned = of("unsigned", findings(directory, Wording.load(data, tmp_path / "none.yml"), COLLECTED))
    assert {"cards/en.yml", "cards/es.yml", "replies/en.yml", "answers/ask_cost.yml", "lines/US.yml"} <= set(unsigned)
    cards = [text for text in review_texts(directory, wording) if text.file == "cards/en.yml"]
    signed = signed_by(tmp_path / "signatures.yml", cards)
    assert "cards/en.yml" not in of("unsigned", findings(directory, Wording.load(data, signed), COLLECTED))


def test_a_text_that_changed_after_its_signature_is_named_with_who_had_signed_it(
    data: Path, tmp_path: Path, directory: Directory, wording: Wording
) -> None:
    signed = signed_by(tmp_path / "signatures.yml", review_texts(directory, wording))
    assert not of("changed", findings(directory, Wording.load(data, signed), COLLECTED))
    edit(data / "cards" / "en.yml", "right now:", "now:")
    edited = shutil.copytree(data, tmp_path / "edited")
    (found,) = [f for f in findings(directory, Wording.load(edited, signed), COLLECTED) if f.kind == "changed"]
    assert found.where == "cards/intro.lines/en" and "changed after signature by Ana Ruiz" in found.message


def test_an_answer_is_due_for_review_after_its_year(directory: Directory, wording: Wording) -> None:
    assert "answers/ask_cost.yml" in of("review_due", findings(directory, wording, date(2027, 11, 24)))
    assert not of("review_due", findings(directory, wording, date(2027, 11, 23)))


def test_findings_can_be_limited_to_a_country_and_read_as_a_sentence(directory: Directory, wording: Wording) -> None:
    found = findings(directory, wording, COLLECTED, country="CA")
    assert not any("lines/US.yml" in finding.where for finding in found)
    assert "lines/CA.yml: emergency: 911 is recalled" in str(found[0])


def test_facts_fill_every_reply_and_every_answer(directory: Directory, wording: Wording) -> None:
    clinic = load_clinic(ROOT / "clinic.yml")
    for language in ("en", "es"):
        known = facts(clinic, "US", language, directory, wording, NOW, notice="recorded", staff_name="Sam")
        details = {"callback_name": "Ana", "callback_contact": "ana@example.org", "callback_time": "mornings"}
        for name in wording.replies[language]:
            assert "{" not in wording.reply(name, language, **known, **details).text
        for topic in wording.answers:
            assert "{" not in wording.answer(topic, language, **known).text
        assert known["emergency"] == "911" and "988" in known["crisis_hint"] and "988" in known["lines"]
        assert "09:00" in known["clinic_hours"]


def test_facts_say_so_when_the_clinic_gives_no_prices_and_take_its_own_country(
    directory: Directory, wording: Wording
) -> None:
    clinic = dataclasses.replace(load_clinic(ROOT / "clinic.yml"), prices=())
    assert facts(clinic, None, "en", directory, wording, NOW)["prices"] == "The clinic will tell you its prices."
    assert facts(clinic, None, "en", directory, wording, NOW)["country_name"] == "the United States"
    abroad = facts(clinic, "FJ", "es", directory, wording, NOW)
    assert abroad["country_name"] == "Fiyi" and "número de emergencia de tu zona" in abroad["emergency"]


def test_every_declared_placeholder_is_used(wording: Wording) -> None:
    used: set[str] = set()
    for language in ("en", "es"):
        for text in wording.decks[language].entries.values():
            used |= placeholders(text)
        for entry in wording.replies[language].values():
            used |= placeholders(entry.text)
    for answer in wording.answers.values():
        for words in answer.languages.values():
            used |= {name for text in words.parts.values() for name in placeholders(text)}
    assert used == PLACEHOLDERS
