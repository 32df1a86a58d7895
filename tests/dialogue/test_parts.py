"""A message in the parts that may be questions of their own."""

from __future__ import annotations

import pytest

from holdfast.dialogue.parts import MOST_CHARS, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how much is it and where do I park?", ("how much is it", "where do I park?")),
        ("What does it cost? And can I drive home?", ("What does it cost?", "And can I drive home?")),
        ("does it hurt, how long is it", ("does it hurt", "how long is it")),
        ("what should I wear, and also can I eat before", ("what should I wear", "can I eat before")),
        ("¿Cuánto cuesta y dónde estaciono?", ("¿Cuánto cuesta", "dónde estaciono?")),
        ("quiero saber el precio\n¿hay estacionamiento?", ("quiero saber el precio", "¿hay estacionamiento?")),
    ],
)  # fmt: skip
def test_a_message_is_divided_where_a_second_question_begins(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "how much is it?",
        "",
        "Hi. How much?",
        "can I eat and drink before",
        "¿puedo comer y beber antes?",
        "why? why? why?",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts_of(text) == ()


def test_a_story_is_not_taken_apart() -> None:
    assert parts_of("My sister told me about it. What does it cost? " * 10) == ()
    assert len("how much is it and where do I park?") < MOST_CHARS
    assert parts_of("is it safe? " * 8) == ()
