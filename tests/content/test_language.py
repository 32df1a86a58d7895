"""English, Spanish, or neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.content.language import language_of, looks_unsupported

TOLD = [
    ("I want to die", "en"), ("how much does it cost", "en"), ("help me", "en"), ("my son is not ok", "en"),
    ("me quiero morir", "es"), ("no puedo más", "es"), ("¿Cuánto cuesta?", "es"), ("hola", "es"),
    ("quiero ayuda pls", "es"), ("mi hijo quiere morir y no sé qué hacer", "es"),
    ("I don't want to live anymore", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), TOLD)
@pytest.mark.parametrize("default", ["en", "es"])
def test_small_words_tell_the_language(text: str, language: str, default: str) -> None:
    assert language_of(text, default) == language


@pytest.mark.parametrize("text", ["ok", "no", "", "988", "?", "lol", "me", "Boulder", "yo"])
@pytest.mark.parametrize("default", ["en", "es"])
def test_a_message_that_does_not_tell_keeps_the_language_of_the_conversation(text: str, default: str) -> None:
    assert language_of(text, default) == default


OTHERS = [
    "我想死", "Я не хочу жить", "أريد أن أموت", "죽고 싶어", "ich möchte nicht mehr leben", "je ne veux plus vivre",
    "eu quero morrer", "non voglio più vivere", "ik wil niet meer leven", "nie chcę żyć",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages_are_noticed(text: str) -> None:
    """SM-28."""
    assert looks_unsupported(text)


@pytest.mark.parametrize(
    "text", [*(text for text, _ in TOLD), "", "ok", "😀😀", "987", "Zoë", "café con leche por favor"]
)
def test_english_spanish_and_wordless_messages_are_not_taken_for_others(text: str) -> None:
    """SM-28, SM-24."""
    assert not looks_unsupported(text)


@given(st.text(max_size=300))
def test_any_text_at_all_is_survived(text: str) -> None:
    assert language_of(text, "en") in {"en", "es"}
    assert looks_unsupported(text) in {True, False}
