"""Which lines a card and a list of lines hold: open, confirmed, of this country; short card, link and plain lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from holdfast.content.cards import crisis_hint, lines_card, lines_text, more_lines_text
from holdfast.content.choosing import choose
from holdfast.content.directory import Directory
from holdfast.content.types import Card, CardRequest
from holdfast.content.wording import Wording
from tests.content.conftest import NOW
from tests.content.test_cards import kinds, line_ids, payloads, situations

Render = Callable[..., Card]
NIGHT_IN_ROME = datetime(2026, 11, 23, 3, 0, tzinfo=timezone.utc)


def test_a_closed_primary_line_is_named_as_closed_and_the_emergency_number_leads(card: Render) -> None:
    """SM-01: reachable now."""
    shown = card(country="IT", level="concern", now=NIGHT_IN_ROME)
    assert "Telefono Amico Italia is closed at this hour" in shown.text
    assert kinds(shown)[:2] == ["text", "emergency"] and "line" not in kinds(shown)
    assert "findahelpline.com" in shown.text
    assert line_ids(card(country="IT", level="concern")) == ["it-tai"]


def test_a_line_of_unknown_hours_is_named_only_when_nothing_else_is_open_and_with_the_emergency_number(
    card: Render,
) -> None:
    """SM-01, SM-05."""
    shown = card(country="TW")
    assert "line" not in kinds(shown) and kinds(shown)[1] == "emergency"
    assert "call 1925" in shown.text and "may not be open right now" in shown.text and "call 119" in shown.text
    assert "116 123" not in card(country="IE").text


def test_a_regional_line_comes_only_where_no_other_is_open_and_names_its_region(card: Render) -> None:
    shown = card(country="CO")
    assert line_ids(shown) == ["co-106"]
    assert "People in Bogotá" in shown.text and "192, option 4" in shown.text


def test_an_unknown_country_gets_no_number_that_could_be_wrong(card: Render) -> None:
    """SM-02: 112 and 911 do not work everywhere."""
    for country in (None, "ZZ"):
        shown = card(country=country, level="emergency")
        assert "your local emergency number" in shown.text and "findahelpline.com" in shown.text
        assert not any(number in shown.text for number in ("112", "911", "988", "999"))
    assert card(country="FJ").title == "Help in Fiji"


def test_the_short_card_is_one_line_number_first(card: Render) -> None:
    """SM-34."""
    shown = card(variant="short")
    assert kinds(shown) == ["line", "text"] and line_ids(shown) == ["us-988"]
    assert "/more_lines" in payloads(shown)


def test_the_short_card_keeps_the_emergency_number_where_the_line_is_hard_to_reach_or_danger_is_present(
    card: Render,
) -> None:
    assert kinds(card(country="IN", variant="short")) == ["line", "emergency", "text"]
    assert kinds(card(country="DK", variant="short"))[0] == "emergency"
    assert kinds(card(variant="short", level="emergency"))[:2] == ["emergency", "line"]


def test_the_link_is_one_discreet_sentence_that_names_country_and_number(
    card: Render, wording: Wording, directory: Directory
) -> None:
    """SM-26, SM-85."""
    shown = card(variant="link")
    assert kinds(shown) == ["text"] and shown.text == shown.blocks[0]["text"]
    assert shown.text == (
        "If you want to talk to someone, 988 Suicide & Crisis Lifeline in the United States: call 988, text 988."
    )
    assert crisis_hint("US", "en", directory, wording, NOW) == shown.text
    assert "119" in card(country="TW", variant="link").text


def test_a_card_that_answers_no_message_speaks_of_nobodys_pain(directory: Directory, wording: Wording) -> None:
    shown = lines_card("US", "en", directory, wording, NOW)
    assert "Thank you for telling me" not in shown.text
    assert {"emergency", "line"} <= set(kinds(shown))
    assert payloads(shown) == ["/other_country", "/more_lines"]


def test_lines_as_text_hold_the_emergency_number_and_the_lines(directory: Directory, wording: Wording) -> None:
    """SM-02."""
    text = lines_text("US", "es", directory, wording, NOW)
    assert "911" in text and "Estados Unidos" in text
    assert "llama al 988 y oprime 2 o manda un mensaje al 988 con la palabra AYUDA" in text
    abuse = lines_text("US", "en", directory, wording, NOW, frozenset({"abuse"}))
    assert "1-800-799-7233" in abuse


def test_more_lines_hold_every_confirmed_line_with_its_hours_and_the_directory(
    directory: Directory, wording: Wording
) -> None:
    """SM-34, SM-79: Trevor as an addition; nothing from memory."""
    text = more_lines_text("US", "en", directory, wording, NOW)
    assert "The Trevor Project" in text and "press 3" not in text
    ireland = more_lines_text("IE", "en", directory, wording, NOW)
    assert "Samaritans Ireland: call 116 123 (hours not confirmed)" in ireland
    italy = more_lines_text("IT", "en", directory, wording, NIGHT_IN_ROME)
    assert "closed now; open daily 09:00 to 24:00, Rome time" in italy and "findahelpline.com" in italy
    assert "your local emergency number" in more_lines_text(None, "en", directory, wording, NOW)


def test_days_of_opening_are_readable(directory: Directory, wording: Wording) -> None:
    text = more_lines_text("VN", "en", directory, wording, NOW)
    assert "Wed to Sun 13:00 to 20:30, Ho Chi Minh time" in text
    assert "Sun to Thu 16:00 to 24:00; Sat 18:00 to 24:00, Jerusalem time" in more_lines_text(
        "IL", "en", directory, wording, NOW
    )
    assert "Mon, Thu, Fri 00:00 to 24:00" in more_lines_text("JP", "en", directory, wording, NOW)


def test_an_unknown_language_level_flag_or_notice_still_gives_a_card(card: Render) -> None:
    """SM-02: fails safe."""
    shown = card(language="de", level="unassessed", subject=None, situations=situations("new_flag"), notice="maybe")
    assert shown.language == "en" and line_ids(shown) == ["us-988", "us-ctl"] and "notice" not in kinds(shown)


def test_a_way_to_write_is_among_the_lines_when_the_country_has_one(directory: Directory) -> None:
    """SM-44."""
    for country in directory.countries.values():
        chosen = choose(country, CardRequest(country=country.code, language="en", now=NOW)).lines
        written = [line for line in country.lines if line.for_all and line.hours.always and line.displayable]
        if any(line.shown_text or line.shown_chat for line in written):
            assert any(line.shown_text or line.shown_chat for line in chosen), country.code


def test_a_card_as_json_has_the_agreed_shape(card: Render) -> None:
    shown = card().to_dict()
    assert set(shown) == {"variant", "country", "language", "title", "blocks", "buttons", "text"}
    assert all(set(button) == {"label", "payload"} for button in shown["buttons"])
