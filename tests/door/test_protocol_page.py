"""The public page on what the chat does says what is true for this clinic."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from holdfast.clinic import Clinic, load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.door.protocol import ProtocolPage
from holdfast.door.public import public_app
from holdfast.door.texts import Texts
from holdfast.paths import ROOT

CLINIC = load_clinic(ROOT / "clinic.yml")
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


def page(clinic: Clinic) -> str:
    return ProtocolPage(clinic, Texts(clinic, Directory.load(), Wording.load())).html(NOW)


def test_it_names_the_clinic_its_days_and_the_lines_of_its_country() -> None:
    text = page(replace(CLINIC, name="Oak & Elm", country="GB", retention_days=17, environment="production"))
    assert "Oak &amp; Elm" in text and "kept for 17 days" in text and 'href="tel:999"' in text and "116 123" in text
    assert "988" not in text and "90 days" not in text and "Larkspur" not in text
    assert "Demonstration" not in text


def test_a_clinic_at_work_and_a_demonstration_are_told_apart() -> None:
    assert "not a clinic at work" in page(CLINIC)


@pytest.mark.parametrize("languages", [("en",), ("en", "es")])
def test_spanish_stands_there_when_the_clinic_speaks_it_with_its_own_lines(languages: tuple[str, ...]) -> None:
    text = page(replace(CLINIC, languages=languages, retention_days=17))
    assert ("17 días" in text) is ("es" in languages)
    assert ("Línea 988 en español" in text) is ("es" in languages)


def test_no_promise_of_secrecy_and_no_claim_that_somebody_comes() -> None:
    text = " ".join(page(CLINIC).split())
    assert "We do not promise secrecy" in text and "It does not say that someone is coming" in text
    assert "No prometemos secreto" in text


def test_every_number_is_a_link_and_nothing_is_left_to_fill_in() -> None:
    text = page(CLINIC)
    assert not re.search(r"\$[a-z_]+", text)
    assert {"tel:911", "tel:988", "sms:741741"} <= set(re.findall(r'href="([^"]+)"', text))


@pytest.mark.parametrize(("demonstration", "shown"), [(True, "Larkspur"), (False, "How this chat handles a crisis")])
def test_the_invented_clinic_is_shown_in_a_demonstration_only(demonstration: bool, shown: str) -> None:
    async def running():
        yield

    protocol = ProtocolPage(replace(CLINIC, name="Oak"), Texts(CLINIC, Directory.load(), Wording.load())).html
    with TestClient(public_app([], (), running, protocol, demonstration=demonstration)) as client:
        answer = client.get("/")
        assert shown in answer.text and ("Larkspur" in answer.text) is demonstration
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "Oak" in client.get("/protocol").text


def test_the_numbers_come_before_every_other_word() -> None:
    body = page(CLINIC).partition("<body>")[2]
    assert body.index("tel:911") < body.index("Larkspur") and body.index("tel:988") < body.index("<h1>")
    first = re.sub(r"<[^>]+>", " ", body).split(":")[0]
    assert first.strip().startswith("Emergency number")


def test_each_way_says_what_to_do_with_the_number() -> None:
    text = page(CLINIC)
    assert ">call 988</a>" in text and ">text 741741</a>" in text and ">llama al 988 y oprime 2</a>" in text
