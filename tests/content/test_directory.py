"""The directory of lines: what may be shown, country by country, and the warnings that came with the collection."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from tests.content.conftest import edit


def test_there_are_74_countries_and_each_has_an_emergency_number_and_names_in_both_languages(
    directory: Directory,
) -> None:
    assert len(directory.countries) == 74
    for country in directory.countries.values():
        assert country.emergency.tel == f"tel:{country.emergency.display}"
        assert country.name["en"] and country.name["es"]


#: Hand-checked against the collection: emergency number, and the line that leads the list of confirmed lines.
FIRST_CLASS = [
    ("US", "911", "us-988", "988", "988"),
    ("CA", "911", "ca-988", "9-8-8", "988"),
    ("GB", "999", "gb-sam", "116 123", None),
    ("IE", "112", "ie-pieta", "1800 247 247", None),
    ("AU", "000", "au-lifeline", "13 11 14", "0477 13 11 14"),
    ("NZ", "111", "nz-1737", "1737", "1737"),
    ("IN", "112", "in-telemanas", "14416", None),
    ("DE", "112", "de-ts1", "0800 111 0 111", None),
    ("FR", "15", "fr-3114", "3114", None),
    ("ES", "112", "es-024", "024", None),
    ("MX", "911", "mx-vida", "800 911 2000", None),
]


@pytest.mark.parametrize(("code", "emergency", "line_id", "phone", "text"), FIRST_CLASS)
def test_the_first_class_countries_hold_what_was_read(
    directory: Directory, code: str, emergency: str, line_id: str, phone: str, text: str | None
) -> None:
    country = directory.countries[code]
    _, line = directory.lines()[line_id]
    assert country.emergency.display == emergency
    assert line.displayable and line.for_all and line.hours.always
    assert line.shown_phone is not None and line.shown_phone[0]["en"] == phone
    assert (line.shown_text[0] if line.shown_text else None) == text


def test_spanish_speakers_in_the_united_states_have_a_line_with_its_keyword(directory: Directory) -> None:
    _, line = directory.lines()["us-988-es"]
    assert line.shown_phone is not None and line.shown_phone[0]["es"] == "988 y oprime 2"
    assert line.shown_text == ("988", "sms:988", "AYUDA")


def test_a_line_from_memory_is_never_displayable(directory: Directory) -> None:
    recalled = [line for _, line in directory.lines().values() if line.confidence == "from-memory"]
    assert len(recalled) == 17
    assert not any(line.displayable for line in recalled)


def test_a_line_that_becomes_recalled_is_held_back_whatever_is_listed_as_verified(data: Path) -> None:
    edit(
        data / "lines" / "US.yml",
        "confidence: read-in-source\n  source: https://988lifeline.org/get-help/",
        "confidence: from-memory\n  source: https://988lifeline.org/get-help/",
    )
    _, line = Directory.load(data / "lines").lines()["us-988"]
    assert line.shown_phone and not line.displayable


#: What the collection warns of: a line and a member that must stay empty.
UNCONFIRMED = [
    ("gb-papyrus", "shown_text", "its text number is on no public page"),
    ("us-vcl", "shown_chat", "its chat was not read"),
    ("us-poison", "shown_chat", "never the web tool for an attempt"),
    ("ie-pieta", "shown_text", "the keyword came from another charity"),
    ("ca-khp", "shown_chat", "the chat may have shorter hours"),
    ("us-samhsa", "shown_text", "the text number is not confirmed"),
    ("za-sadag", "shown_phone", "only an unreliable aggregator prints it"),
    ("it-tai", "chat_url", "there is none"),
    ("id-healing119", "shown_phone", "from older pages"),
]


@pytest.mark.parametrize(("line_id", "member", "why"), UNCONFIRMED)
def test_what_was_not_confirmed_is_not_shown(directory: Directory, line_id: str, member: str, why: str) -> None:
    _, line = directory.lines()[line_id]
    assert not getattr(line, member), why


def test_a_keyword_is_printed_only_where_it_was_read(directory: Directory) -> None:
    keywords = {key: line.shown_text[2] for key, (_, line) in directory.lines().items() if line.shown_text}
    assert keywords["gb-shout"] == "SHOUT" and keywords["ca-khp"] == "CONNECT"
    assert keywords["ie-50808"] is None, "the pages disagree about the keyword"
    assert keywords["us-ctl"] is None


def test_the_planned_german_113_and_other_dead_numbers_are_nowhere_to_be_shown(directory: Directory) -> None:
    shown = {
        (country.code, line.shown_phone[1])
        for country, line in directory.lines().values()
        if line.displayable and line.shown_phone
    }
    for dead in [
        ("DE", "tel:113"),
        ("TR", "tel:182"),
        ("IN", "tel:18005990019"),
        ("KR", "tel:1393"),
        ("EG", "tel:16328"),
    ]:
        assert dead not in shown
    assert not directory.countries["TR"].lines


@pytest.mark.parametrize("line_id", ["gb-ni", "ca-qc", "co-106", "ar-cas", "ae-sakina"])
def test_a_line_of_one_region_is_not_for_everybody_and_says_so(directory: Directory, line_id: str) -> None:
    _, line = directory.lines()[line_id]
    assert line.serves == "region" and not line.for_all and line.audience


def test_hours_that_were_not_verified_are_unknown(directory: Directory) -> None:
    for _, line in directory.lines().values():
        follows = line.id in {"us-vcl"}
        if "hours" not in line.verified and not follows:
            assert not line.hours.known, line.id


def test_every_time_zone_in_the_directory_exists(directory: Directory) -> None:
    for _, line in directory.lines().values():
        assert not line.hours.spans or line.hours.timezone is not None, line.id


def test_where_sources_differ_the_hours_that_all_allow_were_taken(directory: Directory) -> None:
    lines = directory.lines()
    assert lines["ec-171"][1].hours.spans[0].start == 7 * 60, "one page says 24 hours, one 07:00 to 20:00"
    assert lines["cz-116123"][1].hours.spans[0].days == (0, 1, 2, 3, 4), "suspended at weekends"


BROKEN = [
    ("display: '112'", "display: 112a", "IE.yml", "emergency.display"),
    ("kind: text-crisis", "kind: texting", "IE.yml", "lines.ie-50808.kind"),
    ("checked_on: null", "checked_on: last week", "IE.yml", "checked_on"),
    ("verified: [phone, hours]", "verified: [phone]", "IE.yml", "hours"),
    ("code: IE", "code: IR", "IE.yml", "code"),
    ("id: ie-50808", "id: ie-sam", "IE.yml", "ie-sam"),
    ("name: {en: Ireland, es: Irlanda}", "name: {en: Ireland", "IE.yml", "(whole file)"),
]


@pytest.mark.parametrize(("old", "new", "file", "key"), BROKEN)
def test_a_mistake_in_a_country_file_is_explained_with_file_key_and_remedy(
    data: Path, old: str, new: str, file: str, key: str
) -> None:
    edit(data / "lines" / file, old, new)
    with pytest.raises(ContentError) as caught:
        Directory.load(data / "lines")
    assert file in str(caught.value) and key in str(caught.value)
    assert caught.value.remedy.endswith(".")


def test_forgotten_quotes_do_not_change_a_number(data: Path) -> None:
    edit(data / "lines" / "AU.yml", "display: '000'", "display: 000")
    edit(data / "lines" / "PT.yml", "from: '15:30'", "from: 15:30")
    directory = Directory.load(data / "lines")
    assert directory.countries["AU"].emergency.display == "000"
    assert directory.lines()["pt-vozamiga"][1].hours.spans[0].start == 15 * 60 + 30
