"""The encoder of topics: one space for English and Spanish, whatever somebody types."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tokenizers import Tokenizer

from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.paths import models

FOLDER = models() / "topic_encoder"
PAIRS = [
    ("How long does a session last?", "¿Cuánto dura una sesión?"),
    ("What are the side effects?", "que efectos secundarios tiene"),
    ("does my insurance pay for this", "me lo paga el seguro"),
    ("Where can I park?", "¿Dónde estaciono el coche?"),
    ("can i eat before my infusion", "puedo desayunar antes de la infusion"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(FOLDER)


def test_a_question_lies_nearest_to_itself_in_the_other_language(encoder: Encoder) -> None:
    english, spanish = (encoder.encode([pair[side] for pair in PAIRS]) for side in (0, 1))
    assert np.argmax(spanish @ english.T, axis=1).tolist() == list(range(len(PAIRS)))


def test_case_does_not_count_and_accents_hardly_do(encoder: Encoder) -> None:
    asked = ["¿Cuánto dura una sesión?", "¿CUÁNTO DURA UNA SESIÓN?", "cuanto dura una sesion"]
    plain, loud, bare = encoder.encode(asked)
    others = encoder.encode([spanish for english, spanish in PAIRS if "session" not in english])
    assert plain @ loud == pytest.approx(1, abs=1e-5)
    assert plain @ bare > 0.5 > (others @ plain).max()


@pytest.mark.parametrize("text", ["", " ", "😔😔", "日本語", "\ud800", "</s>", "a" * 5000, "no\u200bse"])
def test_whatever_is_typed_has_a_vector(encoder: Encoder, text: str) -> None:
    [vector] = encoder.encode([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_typed_marks_are_letters() -> None:
    """A person who types </s> does not end the text that the model reads."""
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    start, end = tokenizer.encode("").ids
    typed = tokenizer.encode("<s> hola </s> <pad> <unk>").ids
    assert typed[0] == start and typed[-1] == end
    assert {start, end, tokenizer.token_to_id("<pad>")}.isdisjoint(typed[1:-1])


def test_its_description_says_where_it_comes_from() -> None:
    about = json.loads((FOLDER / "encoder.json").read_text(encoding="utf-8"))
    assert about["license"].startswith("MIT")
    assert about["source"]["weights"] == "intfloat/multilingual-e5-small"
    assert about["cosine_to_unquantized"]["mean"] > 0.97


def test_a_missing_folder_is_named_with_the_remedy(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EncoderError, match="Restore models/topic_encoder from the repository"):
        Encoder.load(tmp_path / "topic_encoder")
