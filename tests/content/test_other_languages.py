"""The static cards: complete in every language, with the country's own lines, and telling nothing untrue (SM-28)."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.freshness import findings
from holdfast.content.languages import NEEDED, other_languages
from holdfast.content.lint import texts
from holdfast.content.reading import DATA
from holdfast.content.static_card import static_answer, static_card, static_lines
from holdfast.content.types import LEVELS, NOTICES, CardRequest
from holdfast.content.wording import Wording
from holdfast.crisis.lexicon_files import OTHER_LANGUAGES

DIRECTORY = Directory.load()
LANGUAGES = other_languages()
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=timezone.utc)
COUNTRIES = ["US", "GB", "DE", "JP", "ZZ", None]


def request(**more: object) -> CardRequest:
    return CardRequest(**{"country": "US", "language": "en", "now": NOW, **more})  # type: ignore[arg-type]


def test_a_language_that_is_detected_has_a_card_and_the_other_way_round() -> None:
    assert set(LANGUAGES) == set(OTHER_LANGUAGES)


def test_only_scripts_from_right_to_left_are_marked_so() -> None:
    assert {code for code, each in LANGUAGES.items() if each.direction == "rtl"} == {"ar"}


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_card_renders_with_a_number_or_the_way_to_one(code: str, country: str | None) -> None:
    """SM-01, SM-02, SM-41."""
    for level in LEVELS:
        for subject in ("self", "other"):
            for variant in ("full", "short", "link"):
                wanted = request(country=country, level=level, subject=subject, variant=variant, notice="nobody")
                card = static_card(wanted, LANGUAGES[code], DIRECTORY)
                assert "{" not in card.text
                reachable = [block for block in card.blocks if block["type"] in ("line", "emergency", "directory")]
                assert reachable
                assert LANGUAGES[code].deck.say("g4.nobody") in card.text
                assert LANGUAGES[code].deck.say("automated") in card.text  # SM-46


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_danger_puts_the_emergency_number_first(code: str) -> None:
    """SM-43, SM-60."""
    for wanted in (request(level="emergency"), request(level="crisis", situations=frozenset({"overdose"}))):
        kinds = [block["type"] for block in static_card(wanted, LANGUAGES[code], DIRECTORY).blocks]
        assert kinds.index("emergency") < kinds.index("line")
    calm = [block["type"] for block in static_card(request(), LANGUAGES[code], DIRECTORY).blocks]
    assert calm.index("line") < calm.index("emergency")


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_what_is_true_about_people_is_said_in_each_state(code: str) -> None:
    """G4."""
    deck = LANGUAGES[code].deck
    for notice in NOTICES:
        card = static_card(request(notice=notice, staff_name="Sam"), LANGUAGES[code], DIRECTORY)
        assert deck.truth(notice, "Sam") in card.text
        others = [deck.truth(each, "Sam") for each in NOTICES if each != notice]
        assert not [text for text in others if text in card.text]


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_links_have_words_of_their_language(code: str) -> None:
    card = static_card(request(), LANGUAGES[code], DIRECTORY)
    for block in card.blocks:
        if block["type"] in ("line", "emergency"):
            assert block["labels"]["call"] == LANGUAGES[code].deck.say("label.call", number="{display}")


def test_a_line_that_speaks_the_language_comes_first_where_there_is_one() -> None:
    """A country whose first line speaks another language."""
    found = 0
    for country in DIRECTORY.countries.values():
        for code, language in LANGUAGES.items():
            primary = next((line for line in country.lines if line.primary), None)
            fitting = [
                line for line in country.lines
                if line.displayable and line.for_all and line.hours.always and line.languages[:1] == (code,)
            ]  # fmt: skip
            if primary is None or primary.languages[:1] == (code,) or not fitting:
                continue
            blocks = static_card(request(country=country.code), language, DIRECTORY).blocks
            first = next(block for block in blocks if block["type"] == "line")
            assert first["id"] in {line.id for line in fitting}
            found += 1
    assert found


def test_all_lines_say_whom_they_are_for() -> None:
    card = static_lines(request(), LANGUAGES["fr"], DIRECTORY)
    assert len([block for block in card.blocks if block["type"] == "line"]) > 3
    assert any(block.get("note") for block in card.blocks)


def test_the_answer_without_risk_says_it_in_the_spoken_languages_too() -> None:
    card = static_answer(request(), LANGUAGES["ko"], DIRECTORY, ["I write English."])
    assert [block["text"] for block in card.blocks[1:3]] == [
        LANGUAGES["ko"].deck.say("unsupported"),
        "I write English.",
    ]


def test_the_lint_reads_every_word_of_them() -> None:
    read = {(text.language, text.key) for text in texts(DIRECTORY, Wording.load()) if text.language in LANGUAGES}
    assert read == {(code, key) for code in LANGUAGES for key in NEEDED}


def test_unsigned_languages_are_listed() -> None:
    listed = {
        finding.where for finding in findings(DIRECTORY, Wording.load(), NOW.date()) if finding.kind == "unsigned"
    }
    assert {f"languages/{code}.yml" for code in LANGUAGES} <= listed


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("intro", None, "is not in every language"),
        ("lead.self.emergency", "Appelez.", "has other placeholders"),
        ("days", "lun mar", "has not seven days"),
        ("motto", "x", "is not in every language"),
    ],
)
def test_a_language_with_a_gap_stops_the_start(tmp_path: Path, key: str, text: str | None, reason: str) -> None:
    data = yaml.safe_load((DATA / "languages" / "fr.yml").read_text(encoding="utf-8"))
    if text is None:
        del data["entries"][key]
    else:
        data["entries"][key] = text
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "fr.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentError, match=reason):
        other_languages(tmp_path)
