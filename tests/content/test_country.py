"""Where a user says to be: only statements of place count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.content import country
from holdfast.content.country import country_name, country_named_in, country_of_locale, country_of_timezone
from holdfast.content.directory import Directory

STATED = [
    ("I'm in Canada", "CA"), ("I’m in Canada", "CA"), ("Im in australia and i want to die", "AU"),
    ("soy de México", "MX"), ("I'm from Puerto Rico", "PR"), ("vivo en España", "ES"), ("estoy en Irlanda", "IE"),
    ("Sí, estoy en México", "MX"), ("we live in New Zealand", "NZ"), ("I live in Toronto, Canada", "CA"),
    ("I'm in London, UK", "GB"), ("I'm calling from Northern Ireland", "GB"), ("I moved to Germany", "DE"),
    ("I live in Jordan", "JO"), ("I live in Mexico City", "MX"), ("I'm in South Korea", "KR"),
    ("I'm in North Korea", "KP"), ("vivo en El Salvador", "SV"), ("I am living in Guinea-Bissau", "GW"),
    ("we're in Papua New Guinea", "PG"), ("I'm in the US", "US"), ("I'm in Fiji", "FJ"),
    ("I'm from India but now I live in Canada", "CA"), ("numbers for Ireland please", "IE"),
    ("help for the US", "US"), ("a Canadian crisis line", "CA"), ("líneas mexicanas", "MX"),
    ("I am currently in France", "FR"), ("Canada", "CA"), ("canada.", "CA"), ("the UK", "GB"), ("USA", "US"),
    ("us", "US"), ("no, New Zealand", "NZ"), ("en México", "MX"), ("from Canada", "CA"), ("Turkey", "TR"),
    ("Holland", "NL"), ("EE. UU.", "US"), ("estados unidos", "US"), ("Österreich", "AT"), ("Czech Republic", "CZ"),
    ("Scotland", "GB"),
]  # fmt: skip
NOT_STATED = [
    "I live in New Mexico", "new mexico", "I love Indian food", "turkey sandwich", "I ate turkey in the evening",
    "Georgia", "I'm in Georgia", "I live in Lebanon, Ohio", "I live in Cuba, Missouri", "It happened to us",
    "give us numbers", "is there any help for us", "I'm from India but I live in Chicago", "when I'm in Canada",
    "I wish I was in Spain", "if I'm in Canada", "I'm in Spain next month", "I am not in Canada",
    "my cousin Jordan is in pain", "Jordan", "Chad", "I used to live in Canada", "soy mexicano", "China plates",
    "mi amiga vive en Chile", "i am in hell", "I'm in pain", "no puedo más", "peru lake", "", "in",
    "The Canada goose at the lake", "do I need a passport for Canada?",
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), STATED)
def test_a_statement_of_place_is_understood(text: str, code: str) -> None:
    assert country_named_in(text) == code


@pytest.mark.parametrize("text", NOT_STATED)
def test_what_is_no_statement_of_place_gives_no_country(text: str) -> None:
    """Never guess the country silently (display rule of the directory)."""
    assert country_named_in(text) is None


def test_every_country_of_the_directory_can_be_named_in_both_languages(directory: Directory) -> None:
    for code, entry in directory.countries.items():
        assert country_named_in(f"I live in {entry.name['en']}") == code
        assert country_named_in(f"vivo en {entry.name['es']}") == code
        assert country_name(code, "en") == entry.name["en"]


@given(st.text(max_size=200))
def test_any_text_at_all_is_survived(text: str) -> None:
    code = country_named_in(text)
    assert code is None or len(code) == 2


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("en-GB", "GB"),
        ("es_MX.UTF-8", "MX"),
        ("zh-Hant-TW", "TW"),
        ("en", None),
        ("es-419", None),
        ("", None),
        (None, None),
        ("en-XX", None),
    ],
)
def test_a_locale_points_to_its_country(locale: str | None, code: str | None) -> None:
    assert country_of_locale(locale) == code


ZONES = [
    ("Europe/Dublin", "IE"), ("America/Denver", "US"), ("Asia/Calcutta", "IN"), ("US/Pacific", "US"),
    ("America/Toronto", "CA"), ("UTC", None), ("Nowhere/City", None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "code"), ZONES)
def test_a_time_zone_points_to_its_country(zone: str | None, code: str | None) -> None:
    assert country_of_timezone(zone) == code


@pytest.mark.parametrize(("zone", "code"), ZONES)
def test_common_time_zones_are_known_without_the_machines_table(
    zone: str | None, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(country, "_zone_table", lambda: "")
    country._zones.cache_clear()
    try:
        assert country_of_timezone(zone) == code
    finally:
        country._zones.cache_clear()
