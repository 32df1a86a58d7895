"""What the door may send: anything malformed is refused, nothing that a person types is a command (G6)."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.dialogue.request import MOST_CHARS, BadRequest, harmless, read_request

INTENTS = frozenset({"affirm", "deny", "ask_cost"})
CRISIS = {"level": "crisis", "subject": "self", "flags": [], "answer": None, "score": 0.9}


def request(**more: Any) -> dict[str, Any]:
    return {"sender": "abc-1", "text": "hello", **more}


@pytest.mark.parametrize(
    "typed",
    [
        "/restart",
        "  /restart",
        "//restart",
        '/greet{"a": 1} help',
        "/crisis_self@1.0",
        "\u00a0/back",
        "\x00/restart",
        "/",
    ],
)
def test_a_typed_slash_is_no_command(typed: str) -> None:
    read = read_request(request(text=typed), INTENTS)
    assert not read.text.startswith("/")
    assert read.text
    assert read.command is None


def test_a_buttons_command_with_a_known_intent_is_one() -> None:
    read = read_request(request(text="Yes", payload="/affirm"), INTENTS)
    assert (read.text, read.command) == ("/affirm", "affirm")


@pytest.mark.parametrize("payload", ["/restart", "/affirm{}", "/affirm@0.1", "affirm", "/affirm x", "/AFFIRM", "/", ""])
def test_any_other_payload_leaves_the_text_to_be_read(payload: str) -> None:
    assert read_request(request(payload=payload), INTENTS).text == "hello"


@pytest.mark.parametrize("assessment", [CRISIS, {**CRISIS, "level": "none", "answer": "no"}])
def test_a_risk_or_an_answer_to_the_question_wins_over_a_tapped_button(assessment: dict[str, Any]) -> None:
    read = read_request(request(text="yes", payload="/affirm", metadata={"assessment": assessment}), INTENTS)
    assert read.text == "yes"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\x00b\x07c", "a b c"),
        ("line\nline", "line line"),
        ("half \ud83d pair", "half   pair"),
        ("", "."),
        ("   ", "."),
        ("hi 😭", "hi 😭"),
    ],
)
def test_control_characters_and_half_pairs_become_spaces(text: str, read: str) -> None:
    assert harmless(text) == read


def test_a_long_text_keeps_its_head_and_its_tail() -> None:
    read = harmless("head " + "x" * 50_000 + " tail")
    assert len(read) <= MOST_CHARS
    assert read.startswith("head") and read.endswith("tail")


def test_metadata_is_kept_as_far_as_it_is_agreed() -> None:
    read = read_request(request(metadata={"assessment": CRISIS, "language": "es", "evil": "x" * 9999}), INTENTS)
    said = {
        "card_sent": False,
        "after_risk": False,
        "after_card": False,
        "denied": False,
        "reached": False,
        "flags": [],
    }
    assert read.metadata == {"assessment": CRISIS, "language": "es", **said}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        request(sender=None),
        request(sender=""),
        request(sender="a\x00b"),
        request(sender="a b"),
        request(sender="x" * 300),
        request(text=None),
        request(text={"a": 1}),
        request(payload=["/affirm"]),
        request(metadata="en"),
        request(metadata=[]),
        request(metadata={"language": 1}),
        request(metadata={"country": "x" * 200}),
        request(metadata={"after_risk": "yes"}),
        request(metadata={"assessment": "crisis"}),
        request(metadata={"assessment": {"level": "worst"}}),
    ],
)
def test_a_malformed_request_is_refused(data: Any) -> None:
    with pytest.raises(BadRequest):
        read_request(data, INTENTS)
