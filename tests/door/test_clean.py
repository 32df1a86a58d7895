"""Any text is made safe to handle; nothing typed is a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.door.clean import MAX_CHARS, RASA_CHARS, clean

ISSUED = frozenset({"/affirm", "/country CA"})


@pytest.mark.parametrize("text", ["/restart", '/greet{"a":1} hi', "/affirm@1.0", "/EXTERNAL_x", "/session_start", "/"])
def test_a_typed_payload_is_only_text_g6(text: str) -> None:
    cleaned = clean(text, ISSUED)
    assert cleaned.command is None
    assert not cleaned.for_rasa.startswith("/")


@pytest.mark.parametrize("text", ["/affirm", " /affirm \n", "/country CA"])
def test_a_payload_that_the_server_issued_is_a_command(text: str) -> None:
    assert clean(text, ISSUED).command == text.strip()


def test_words_behind_a_slash_are_kept_for_detection_g6() -> None:
    assert "kill myself" in clean("/greet I want to kill myself", frozenset()).text


def test_nul_and_control_characters_go_and_words_stay() -> None:
    assert clean("he\x00lp\x1b me\n\tnow", frozenset()).text == "help me\n\tnow"


def test_a_text_over_the_limit_is_cut_and_says_so() -> None:
    cleaned = clean("a" * (MAX_CHARS + 1), frozenset())
    assert len(cleaned.text) == MAX_CHARS and cleaned.truncated


@given(st.text(max_size=5000))
def test_rasa_gets_a_bounded_text_without_slash_or_control_characters(text: str) -> None:
    given_to_rasa = clean(text, ISSUED).for_rasa
    assert 0 < len(given_to_rasa) <= RASA_CHARS
    assert not given_to_rasa.startswith("/")
    assert all(char >= " " for char in given_to_rasa)
