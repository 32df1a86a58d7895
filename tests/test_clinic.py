"""`clinic.yml` is read with care: a wrong one stops the start with file, key and remedy."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from holdfast.clinic import ABOUT, ClinicError, load_clinic, within
from holdfast.paths import ROOT

GOOD = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))


def written(folder: Path, **changes: object) -> Path:
    file = folder / "clinic.yml"
    file.write_text(yaml.safe_dump({**GOOD, **changes}), encoding="utf-8")
    return file


def test_the_shipped_file_is_good_and_claims_nobody_is_on_duty_g4() -> None:
    clinic = load_clinic(ROOT / "clinic.yml")
    assert clinic.name == "Larkspur Ketamine Clinic"
    assert not clinic.reaches_people
    assert not clinic.on_duty(datetime.now(UTC))


@pytest.mark.parametrize(
    ("changes", "key", "remedy"),
    [
        ({"environment": "staging"}, "environment", "Use one of development, production"),
        ({"clinic": {**GOOD["clinic"], "timezone": "Mars/Base"}}, "clinic.timezone", "America/Denver"),
        ({"clinic": {**GOOD["clinic"], "country": False}}, "clinic.country", "type string"),
        ({"hours": {"mon": "9-17"}}, "hours.mon", "HH:MM-HH:MM"),
        ({"hours": {"mon": "09:00-24:30"}}, "hours.mon", "HH:MM-HH:MM"),
        ({"hours": {"monday": "09:00-17:00"}}, "hours", "spelling"),
        ({"notify": {"targets": []}}, "notify.targets", "docs/configuration.md"),
        ({"on_call": [{"name": "Sam"}]}, "on_call.0", "Add the key"),
        ({"on_call": [{"name": "Sam", "url": "555 0100"}]}, "on_call.0.url", "an Apprise address"),
        ({"on_call": [{"name": "Sam", "url": "json://x", "hours": {"mon": "8 to 9"}}]}, "on_call.0.hours.mon", "HH:MM"),
        ({"on_call": [{"name": "Sam", "url": "json://x", "timezone": "Mars/Base"}]}, "on_call.0.timezone", "Denver"),
        ({"on_call": [{"name": "alert log", "url": "json://x"}]}, "on_call.0.name", "Choose another name"),
        ({"alert_steps": {"crisis": [5, 0]}}, "alert_steps.crisis", "such as [0, 2, 5]"),
        ({"alert_steps": {"panic": [0]}}, "alert_steps", "spelling"),
        ({"desk": {"url": "desk.example.org"}}, "desk.url", "https://desk.example.org"),
        ({"desk": {"staff_silent_after": 1}}, "desk.staff_silent_after", "docs/configuration.md"),
        ({"surprise": 1}, "(whole file)", "spelling"),
        ({"about": {"parkin": None}}, "about", "spelling"),
        ({"about": {"parking": "In front."}}, "about.parking", "a sentence that ends with a period for each language"),
        ({"about": {"parking": {"en": "In front", "es": "Delante."}}}, "about.parking", "ends with a period"),
        ({"about": {"parking": {"en": "There is a yard."}}}, "about.parking.es", "or set about.parking to null"),
        ({"prices": [{"en": "A visit is 10."}]}, "prices.0.es", "or write the text in en alone"),
        ({"prices": [5]}, "prices.0", 'Write a text, or one for each language: {en: "...", es: "..."}'),
        ({"prices": [{"en": "A visit is 10.", "fr": "Une visite : 10."}]}, "prices.0", "one for each language"),
        ({"clinic": {**GOOD["clinic"], "place": {"es": "Calle 12"}}}, "clinic.place.en", "or write one text for all"),
        ({"clinic": {**GOOD["clinic"], "place": [1]}}, "clinic.place", "one for each language"),
        ({"web": {"origins": ["example.org"]}}, "web.origins.0", "must look like"),
    ],
)
def test_a_wrong_value_names_file_key_and_remedy(tmp_path: Path, changes: dict, key: str, remedy: str) -> None:
    file = written(tmp_path, **changes)
    with pytest.raises(ClinicError) as caught:
        load_clinic(file)
    message = str(caught.value)
    assert str(file) in message and key in message and remedy in message


def test_what_the_clinic_tells_is_kept_and_null_is_not_told(tmp_path: Path) -> None:
    told = {"parking": {"en": "There is a  yard.", "es": "Hay un patio."}, "jobs": None}
    assert load_clinic(written(tmp_path, about=told)).about == {
        "parking": {"en": "There is a yard.", "es": "Hay un patio."}
    }
    english = {**GOOD["clinic"], "languages": ["en"]}
    only_english = {"parking": {"en": "There is a yard."}}
    assert load_clinic(written(tmp_path, clinic=english, about=only_english)).about == only_english


def test_a_price_alone_is_in_the_first_language_and_a_place_alone_is_the_same_in_all(tmp_path: Path) -> None:
    prices = ["A visit:  10.", {"en": "Two: 20.", "es": "Dos: 20."}]
    clinic = load_clinic(written(tmp_path, prices=prices, clinic={**GOOD["clinic"], "place": "12 Example Street"}))
    assert clinic.prices == ({"en": "A visit: 10."}, {"en": "Two: 20.", "es": "Dos: 20."})
    assert clinic.place == {"en": "12 Example Street", "es": "12 Example Street"}
    assert load_clinic(written(tmp_path, clinic={**GOOD["clinic"], "place": " "})).place == {}


def test_the_schema_the_shipped_file_and_the_code_name_the_same_facts() -> None:
    schema = json.loads((ROOT / "holdfast" / "clinic.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]["about"]["properties"]) == set(GOOD["about"]) == set(ABOUT)


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match=r"git checkout clinic\.yml"):
        load_clinic(tmp_path / "clinic.yml")
    (tmp_path / "broken.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ClinicError, match="not readable as YAML"):
        load_clinic(tmp_path / "broken.yml")


def test_duty_needs_hours_and_a_target_that_reaches_people(tmp_path: Path) -> None:
    always = {day: "00:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    people = {"targets": [{"name": "pager", "url": "json://127.0.0.1/", "reaches_people": True}]}
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert load_clinic(written(tmp_path, duty={"hours": always}, notify=people)).on_duty(now)
    assert not load_clinic(written(tmp_path, duty={"hours": always})).on_duty(now)
    assert not load_clinic(written(tmp_path, notify=people)).on_duty(now)


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False),
        ("2026-11-24T23:30", True),
        ("2026-11-25T01:59", True),
        ("2026-11-25T02:00", False),
    ],
)
def test_spans_hold_to_the_minute_and_past_midnight(tmp_path: Path, moment: str, open_now: bool) -> None:
    clinic = load_clinic(written(tmp_path, hours={"mon": "09:00-17:00", "tue": "22:00-02:00"}))
    assert within(clinic.hours, datetime.fromisoformat(moment)) is open_now


def test_the_rota_puts_people_on_duty_in_their_own_time_zone_unless_there_is_no_desk(tmp_path: Path) -> None:
    sam = {"name": "Sam", "url": "json://x", "hours": {"mon": "09:00-17:00"}, "timezone": "Europe/Dublin"}
    morning_in_dublin = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    clinic = load_clinic(written(tmp_path, on_call=[sam]))
    assert clinic.on_duty(morning_in_dublin) and not clinic.on_duty(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    assert not load_clinic(written(tmp_path, on_call=[sam], desk={"enabled": False})).on_duty(morning_in_dublin)
    nobody = load_clinic(written(tmp_path, on_call=[{**sam, "reaches_people": False}]))
    assert not nobody.on_duty(morning_in_dublin) and not nobody.reaches_people
