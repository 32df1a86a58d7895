"""What holds for every card: all countries, levels, subjects, languages and situations."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.content.cards import render_card
from holdfast.content.country import country_name
from holdfast.content.directory import Directory
from holdfast.content.hours import is_open
from holdfast.content.lint import Text, check
from holdfast.content.readability import sentences_of
from holdfast.content.types import LEVELS, NOTICES, Card, CardRequest
from holdfast.content.wording import Wording
from tests.content.conftest import NOW

FLAGS = (
    "harm_to_others", "abuse", "voices", "after_session", "treat_tonight", "bereaved", "overdose", "injury",
    "intoxicated", "minor", "veteran", "deaf",
)  # fmt: skip
DIRECTORY, WORDING = Directory.load(), Wording.load()
LINES = DIRECTORY.lines()
requests = st.builds(
    CardRequest,
    country=st.sampled_from([*DIRECTORY.countries, None, "FJ", "ZZ"]),
    language=st.sampled_from(["en", "es", "de"]),
    variant=st.sampled_from(["full", "full", "short", "link"]),
    level=st.sampled_from(LEVELS),
    subject=st.sampled_from(["self", "other"]),
    situations=st.frozensets(st.sampled_from(FLAGS), max_size=5),
    notice=st.sampled_from([None, *NOTICES]),
    staff_name=st.sampled_from([None, "Sam"]),
    ask_question=st.booleans(),
    on_call_phone=st.sampled_from([None, "+1 303 555 0100"]),
    now=st.integers(0, 14 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)


def words(text: str) -> int:
    return len(text.split())


def check_card(shown: Card, request: CardRequest) -> None:
    """What must hold of any card."""
    blocks = list(shown.blocks)
    types = [block["type"] for block in blocks]
    lines = [LINES[block["id"]] for block in blocks if block["type"] == "line"]
    assert len(lines) <= 3, "at most three lines"
    for country, line in lines:
        assert country.code == request.country, "valid in the country"
        assert line.confidence == "read-in-source", "never from memory"
        assert is_open(line.hours, request.now), "open now"
    name = country_name(request.country, shown.language)
    numbered = request.variant != "link" or request.country in DIRECTORY.countries
    if name and numbered:
        assert name in shown.text, "the country is always named"
    assert "!" not in shown.text and "¡" not in shown.text
    assert "{" not in shown.text
    if request.variant == "link":
        assert types == ["text"]
        return
    known = request.country in DIRECTORY.countries
    if request.level == "emergency" and known:
        before = types.index("emergency")
        assert "line" not in types[:before], "emergency number first"
    if request.variant == "full" and known:
        assert "emergency" in types
    if not lines:
        assert "emergency" in types or "directory" in types
    target = next((i for i, kind in enumerate(types) if kind in {"emergency", "line", "directory"}), len(types))
    lead = " ".join(str(block["text"]) for block in blocks[:target])
    assert len(sentences_of(lead)) <= 3, f"three sentences before the first tap target (SM-48): {lead}"
    for block in blocks:
        if block["type"] != "line" and block["type"] != "emergency":
            assert words(str(block["text"])) <= 60, block["text"]
    if request.variant == "full":
        automated = {"en": "automated program", "es": "programa automático"}[shown.language]
        trusted = {"en": "you trust", "es": "de confianza"}[shown.language]
        assert automated in shown.text and trusted in shown.text, "SM-42, SM-46"


@pytest.mark.parametrize("code", sorted(DIRECTORY.countries))
def test_every_country_renders_at_every_level_about_everyone_in_every_language_and_situation(code: str) -> None:
    """SM-01, SM-48, display rules of the directory."""
    for level, subject, language, flag in product(LEVELS, ("self", "other"), ("en", "es"), (None, *FLAGS)):
        request = CardRequest(
            country=code, language=language, now=NOW, level=level, subject=subject,
            situations=frozenset([flag] if flag else []), notice="recorded", ask_question=True,
        )  # fmt: skip
        check_card(render_card(request, DIRECTORY, WORDING), request)


@settings(max_examples=1500, deadline=None)
@given(requests)
def test_any_mix_of_flags_and_any_hour_gives_a_card_that_keeps_the_rules(request: CardRequest) -> None:
    """SM-01, SM-02, SM-34, SM-48."""
    check_card(render_card(request, DIRECTORY, WORDING), request)


@settings(max_examples=300, deadline=None)
@given(requests)
def test_no_card_says_what_no_text_may_say(request: CardRequest) -> None:
    """SM-04, G9: names and numbers put into a text do not make it break a rule either."""
    shown = render_card(request, DIRECTORY, WORDING)
    for block in shown.blocks:
        if block["type"] != "line" and "text" in block:
            text = Text("card", block["type"], shown.language, "labels", str(block["text"]))
            assert not list(check(text)), block["text"]


def test_the_same_request_gives_the_same_card() -> None:
    request = CardRequest(country="US", language="en", now=NOW, level="crisis", situations=frozenset(FLAGS))
    assert render_card(request, DIRECTORY, WORDING) == render_card(request, DIRECTORY, WORDING)


def test_over_a_whole_week_no_line_is_shown_outside_its_hours() -> None:
    week = [datetime(2026, 11, 23, tzinfo=timezone.utc) + timedelta(hours=hour) for hour in range(0, 168, 3)]
    for code, now in product(["IT", "PT", "JP", "IL", "AE", "EE", "VN", "MY", "EC", "CZ", "RS", "LU"], week):
        request = CardRequest(country=code, language="en", now=now, level="concern")
        check_card(render_card(request, DIRECTORY, WORDING), request)
