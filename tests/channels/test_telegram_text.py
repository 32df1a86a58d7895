"""Telegram's limits are kept, and a telephone number is never cut in two."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.channels.telegram.text import MOST_CHARS, MOST_DATA, data_for, keyboard, length, payload_of, split
from holdfast.door.messages import Button

NUMBERS = ("988", "+1 303 555 0100", "(0)20 7946 0000", "1-800-273-8255", "116 123")


def test_a_short_text_is_one_message_as_it_is() -> None:
    assert split("One.\n\nTwo.") == ["One.\n\nTwo."]


def test_a_long_text_is_cut_between_paragraphs_first() -> None:
    paragraphs = [f"Paragraph {number}. " + "word " * 150 for number in range(10)]
    parts = split("\n\n".join(paragraphs))
    assert len(parts) > 1
    assert all(part.startswith("Paragraph") for part in parts)


@given(st.text(min_size=1, max_size=400), st.integers(min_value=20, max_value=60))
def test_no_part_is_too_long_or_empty_and_no_character_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=20), st.sampled_from(["call", "\n", "Line:", "or text."])
)
def test_a_number_is_never_cut_in_two(numbers: list[str], between: str) -> None:
    parts = split(f" {between} ".join(numbers), 40)
    rest = "\n".join(parts)
    for number in sorted(numbers, key=len, reverse=True):
        assert number in rest, f"{number} was cut: {parts}"
        rest = rest.replace(number, "", 1)


def test_characters_outside_the_basic_plane_count_twice_and_are_never_halved() -> None:
    parts = split("\N{WHITE HEART SUIT}" + "\U0001f33f" * 5000)
    assert all(length(part) <= MOST_CHARS for part in parts)
    assert "".join(parts).count("\U0001f33f") == 5000


@pytest.mark.parametrize("payload", ["/affirm", "/country US", "/ask_" + "x" * 100, "/ask_" + "ñ" * 40])
def test_a_button_fits_and_its_payload_comes_back_only_where_it_was_issued(payload: str) -> None:
    data = data_for(payload)
    assert len(data.encode()) <= MOST_DATA
    assert payload_of(data, {"/deny", payload}) == payload
    assert payload_of(data, {"/deny"}) is None


def test_each_button_has_a_row_and_no_buttons_mean_no_keyboard() -> None:
    assert keyboard([]) is None
    board = keyboard([Button("Yes", "/affirm"), Button("No", "/deny")])
    assert board == {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "/affirm"}],
            [{"text": "No", "callback_data": "/deny"}],
        ]
    }
