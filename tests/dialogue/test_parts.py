"""A message in the parts that may be questions of their own."""

from __future__ import annotations

import pytest

from holdfast.dialogue.parts import MOST_CHARS, after_greeting, is_question, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how much is it and where do I park?", ("how much is it", "where do I park?")),
        ("What does it cost? And can I drive home?", ("What does it cost?", "And can I drive home?")),
        ("does it hurt, how long is it", ("does it hurt", "how long is it")),
        ("what should I wear, and also can I eat before", ("what should I wear", "can I eat before")),
        ("¿Cuáles son los efectos y duran mucho?", ("¿Cuáles son los efectos", "duran mucho?")),
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


@pytest.mark.parametrize("text", ["can my wife and son come with me", "are my daughter and son allowed"])
def test_an_english_son_is_no_spanish_question(text: str) -> None:
    assert parts_of(text) == ()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("hi do you take walk ins", "do you take walk ins"),
        ("Good morning! Hello there, where are you located?", "where are you located?"),
        ("Hola, buenas tardes, ¿hacen consultas sin cita?", "¿hacen consultas sin cita?"),
        ("hi there", None),
        ("hola como estas", None),
        ("history of ketamine please now", None),
        ("do you say hi to everyone", None),
        ("", None),
    ],
)
def test_what_follows_a_greeting_is_read_without_it(text: str, rest: str | None) -> None:
    assert after_greeting(text) == rest


@pytest.mark.parametrize(
    ("part", "asks"),
    [("would it help", True), ("¿ayuda con eso?", True), ("and can I eat", True), ("I cry a lot", False), ("", False)],
)
def test_a_question_is_told_by_its_mark_or_its_first_word(part: str, asks: bool) -> None:
    assert is_question(part) is asks
