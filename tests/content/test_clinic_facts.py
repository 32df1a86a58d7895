"""What the clinic tells of itself is said as written; what it does not tell is not invented."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from holdfast.clinic import ABOUT, load_clinic
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.facts import facts
from holdfast.content.lint import check, clinic_texts
from holdfast.content.wording import OPTIONAL, Wording, placeholders
from holdfast.paths import ROOT
from tests.content.conftest import NOW, edit

SENTENCE = {"en": "You find it out here.", "es": "Así se entera uno."}
TELLING = sorted(
    (topic, name)
    for topic, entry in Wording.load().answers.items()
    for name in placeholders(entry.languages["en"].text) & OPTIONAL
)


def said(directory: Directory, wording: Wording, topic: str, language: str = "en", **changes: Any) -> str:
    clinic = dataclasses.replace(load_clinic(ROOT / "clinic.yml"), **changes)
    return wording.answer(topic, language, **facts(clinic, "US", language, directory, wording, NOW)).text


def test_every_key_of_about_is_used_by_an_answer() -> None:
    used = {name.removeprefix("about_") for _, name in TELLING}
    assert used == {*ABOUT, "clinic_place", "clinic_hours"} - {"directions"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("topic", "name"), [pair for pair in TELLING if pair[1].startswith("about_")])
def test_a_told_fact_is_said_as_written(
    directory: Directory, wording: Wording, topic: str, name: str, language: str
) -> None:
    text = said(directory, wording, topic, language, about={name.removeprefix("about_"): SENTENCE})
    assert SENTENCE[language] in text and "  " not in text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("topic", "name"), TELLING)
def test_an_untold_fact_is_not_invented_and_the_number_is_given(
    directory: Directory, wording: Wording, topic: str, name: str, language: str
) -> None:
    text = said(directory, wording, topic, language, about={}, place={}, hours={})
    assert "+1 303 555 0100" in text
    assert re.search(
        r"I do not know|I cannot (see|book|change)|can tell you|[Nn]o (sé|puedo|conozco)|te puede decir", text
    )


@pytest.mark.parametrize("topic", ["ask_parking", "ask_what_to_bring"])
def test_the_invented_clinic_tells_some_facts(directory: Directory, wording: Wording, topic: str) -> None:
    about = load_clinic(ROOT / "clinic.yml").about[topic.removeprefix("ask_").removeprefix("what_to_")]
    assert about["en"] in said(directory, wording, topic) and about["es"] in said(directory, wording, topic, "es")


def test_the_address_stands_with_the_way_to_it_when_it_is_told(directory: Directory, wording: Wording) -> None:
    way = {"directions": {"en": "Take the lift.", "es": "Sube en ascensor."}}
    assert "12 Example Street. Take the lift. An adult" in said(
        directory, wording, "ask_location", about=way, place={"en": "12 Example Street."}
    )
    assert "12 Example Street. An adult" in said(
        directory, wording, "ask_location", about={}, place={"en": "12 Example Street"}
    )
    assert "Take the lift" not in said(directory, wording, "ask_location", about=way, place={})


def test_the_address_is_said_in_the_persons_language_or_as_it_is_written(
    directory: Directory, wording: Wording
) -> None:
    both = {"en": "Second floor, 12 Example Street", "es": "Segundo piso, 12 Example Street"}
    assert both["es"] in said(directory, wording, "ask_location", "es", place=both)
    assert both["en"] in said(directory, wording, "ask_location", "es", place={"en": both["en"]})


@pytest.mark.parametrize(
    ("prices", "language", "words"),
    [
        ([{"en": "A visit is 10.", "es": "Una visita cuesta 10."}], "en", "A visit is 10. That is all I know"),
        ([{"en": "A visit is 10.", "es": "Una visita cuesta 10."}], "es", "Una visita cuesta 10. Es todo lo que sé"),
        ([{"en": "A visit is 10."}], "en", "A visit is 10. That is all I know"),
        ([{"en": "A visit is 10."}], "es", "La clínica da sus precios en inglés. A visit is 10. Es todo lo que sé"),
        ([{"es": "Una visita: 10."}], "en", "The clinic gives its prices in Spanish. Una visita: 10. That is all"),
        (
            [{"en": "A."}, {"en": "B.", "es": "Be."}, {"en": "C."}],
            "es",
            "Be. La clínica da sus precios en inglés. A. C.",
        ),
        ([], "es", "La clínica te dirá sus precios. Es todo lo que sé"),
    ],
)
def test_prices_are_said_in_the_persons_language_or_said_to_be_in_another(
    directory: Directory, wording: Wording, prices: list[dict[str, str]], language: str, words: str
) -> None:
    assert said(directory, wording, "ask_cost", language, prices=tuple(prices)).startswith(words)


def test_the_invented_clinic_gives_its_prices_in_both_languages(directory: Directory, wording: Wording) -> None:
    assert "en inglés" not in said(directory, wording, "ask_cost", "es")


def test_a_fact_in_another_language_only_counts_as_untold(directory: Directory, wording: Wording) -> None:
    only_english = {"parking": {"en": "Park in the yard."}}
    assert "No sé" in said(directory, wording, "ask_parking", "es", about=only_english)


BROKEN = [
    ("ask_parking.yml", "{about_parking} After a session", "After a session", "Add text_unknown when text holds"),
    ("ask_phone.yml", "The clinic's number is {clinic_phone}.", "{about_team} It is {clinic_phone}.", "text_unknown"),
    ("ask_parking.yml", "For a first talk", "{about_parking} For a first talk", "belongs in text"),
    ("ask_parking.yml", "I do not know about parking there;", "{about_team};", "belongs in text"),
    ("ask_parking.yml", "    text_unknown: >-\n      No sé", "    text_unknow: >-\n      No sé", "spelling"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN)
def test_a_fact_that_may_be_missing_needs_words_for_that_case(
    data: Path, file: str, old: str, new: str, words: str
) -> None:
    edit(data / "answers" / file, old, new)
    with pytest.raises(ContentError, match=words):
        Wording.load(data)


def test_text_unknown_stands_in_every_language(data: Path) -> None:
    file = data / "answers" / "ask_parking.yml"
    head, spanish = file.read_text(encoding="utf-8").split("  es:\n")
    spanish = re.sub(r"    text_unknown: >-\n(      .*\n)+", "", spanish).replace("{about_parking} ", "")
    file.write_text(f"{head}  es:\n{spanish}", encoding="utf-8")
    with pytest.raises(ContentError, match="text_unknown is not in every language"):
        Wording.load(data)


SELLING = ["Our treatment is guaranteed.", "You get 40 mg each time.", "Book now, only two slots left."]


@pytest.mark.parametrize("sentence", SELLING)
def test_the_clinics_own_sentences_keep_the_rules_too_g9(sentence: str) -> None:
    clinic = load_clinic(ROOT / "clinic.yml")
    assert not [problem for text in clinic_texts(clinic) for problem in check(text)]
    for changes in (
        {"about": {"team": {"en": sentence}}},
        {"prices": ({"en": sentence},)},
        {"place": {"en": sentence}},
    ):
        found = [str(p) for text in clinic_texts(dataclasses.replace(clinic, **changes)) for p in check(text)]
        assert found and found[0].startswith("clinic.yml: ")
