"""The word list that brings Spanish questions to the English encoder."""

from __future__ import annotations

import unicodedata

import pytest
import yaml

from holdfast.dialogue.gloss import FILES, in_english


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("¿Cuánto cuesta el tratamiento?", "how much does it cost the treatment ?"),
        ("cuanto cuesta el tratamiento", "how much does it cost the treatment"),
        ("¿Cuáles son los efectos secundarios de la ketamina?", "which are the side effects of the ketamine ?"),
        ("¿Es seguro?", "is it safe ?"),
        ("tengo una palabradesconocida", "i have a palabradesconocida"),
        ("efecto contrario", "backfire make worse"),
        ("arritmia", "arrhythmia"),
    ],
)
def test_spanish_words_become_english(spanish: str, english: str) -> None:
    assert in_english(spanish) == english


@pytest.mark.parametrize("text", ["How much does it cost?", "me", "", "no", "yo", "a", "alcohol", "Is he on a bus?"])
def test_english_stays_as_it_is(text: str) -> None:
    assert in_english(text) == text


def test_no_word_stands_there_twice_even_without_accents() -> None:
    listed = [word for file in FILES for word in yaml.safe_load(file.read_text(encoding="utf-8"))["phrases"]]
    plain = ["".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)) for word in listed]
    assert sorted({word for word in plain if plain.count(word) > 1}) == []
    assert all(word == word.lower() for word in listed)
