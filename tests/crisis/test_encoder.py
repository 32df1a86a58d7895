"""The sentence encoder: faithful to the original model, the same for a text in any company, and loud when damaged."""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from holdfast.crisis.encoder import Encoder, EncoderError, models_folder

FILES = Path(__file__).resolve().parents[2] / "models" / "encoder"
REFERENCE = Path(__file__).with_name("reference_vectors.npz")
TOKENIZER = Tokenizer.from_file(str(FILES / "tokenizer.json"))
MARKS = tuple(TOKENIZER.encode("").ids)
TEXTS = ["Hi", "", "Where can I park?", "I cannot sleep and I cry every day. " * 10, "¿A qué hora abren?", "😭", "Hi"]
PAIRS = [
    ("How long does a session last?", "¿Cuánto dura una sesión?"),
    ("What are the side effects?", "que efectos secundarios tiene"),
    ("does my insurance pay for this", "me lo paga el seguro"),
    ("Where can I park?", "¿Dónde estaciono el coche?"),
    ("can i eat before my infusion", "puedo desayunar antes de la infusion"),
    ("I want to die", "me quiero morir"),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(FILES)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "encoder"
    shutil.copytree(FILES, folder)
    return folder


def test_vectors_have_384_numbers_and_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00", "\ud800", "\u200d", "x" * 5000, "</s>" * 300, "日本語", "no\u200bse"]
)
def test_odd_texts_have_a_valid_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_vector_does_not_depend_on_the_order(encoder: Encoder) -> None:
    np.testing.assert_allclose(encoder.encode(TEXTS[::-1])[::-1], encoder.encode(TEXTS), atol=1e-6)


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    expected = encoder.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(encoder.encode, [TEXTS] * 8):
            np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_texts_read_side_by_side_have_the_same_vectors(encoder: Encoder) -> None:
    np.testing.assert_array_equal(Encoder.load(FILES, threads=4).encode(TEXTS), encoder.encode(TEXTS))


def test_the_quantized_model_agrees_with_the_original(encoder: Encoder) -> None:
    with np.load(REFERENCE, allow_pickle=False) as stored:
        texts, expected = stored["texts"].tolist(), stored["vectors"]
    cosines = np.sum(encoder.encode(texts) * expected, axis=1)
    assert len(texts) == 10
    assert dict(zip(texts, cosines, strict=True)) == {text: pytest.approx(1, abs=0.05) for text in texts}


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("Where can I park my car?", "Is there a parking lot nearby?", "I feel hopeless and alone."),
        ("I want to end my life.", "I am thinking about suicide.", "My life is full of joy."),
        ("I can't sleep at night.", "I have insomnia.", "What does a session cost?"),
        ("How much is one treatment?", "What is the price of a session?", "My chest hurts after the session."),
        ("Nobody would miss me.", "Everyone would be better off without me.", "Nobody likes this movie."),
    ],
)
def test_like_meanings_are_nearer_than_unlike_ones(encoder: Encoder, text: str, near: str, far: str) -> None:
    vectors = encoder.encode([text, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_a_message_lies_nearest_to_itself_in_the_other_language(encoder: Encoder) -> None:
    english, spanish = (encoder.encode([pair[side] for pair in PAIRS]) for side in (0, 1))
    assert np.argmax(spanish @ english.T, axis=1).tolist() == list(range(len(PAIRS)))


def test_case_does_not_count_and_accents_hardly_do(encoder: Encoder) -> None:
    asked = ["¿Cuánto dura una sesión?", "¿CUÁNTO DURA UNA SESIÓN?", "cuanto dura una sesion"]
    plain, loud, bare = encoder.encode(asked)
    others = encoder.encode([spanish for english, spanish in PAIRS if "session" not in english])
    assert plain @ loud == pytest.approx(1, abs=1e-5)
    assert plain @ bare > 0.5 > (others @ plain).max()


def test_its_description_says_where_it_comes_from() -> None:
    about = json.loads((FILES / "encoder.json").read_text(encoding="utf-8"))
    assert about["license"].startswith("MIT")
    assert about["source"]["weights"] == "intfloat/multilingual-e5-small"
    assert about["cosine_to_unquantized"]["mean"] > 0.97


def test_a_long_text_is_read_to_its_end(encoder: Encoder) -> None:
    story = "We walked along the river and talked about the harvest. " * 60
    plain, changed = encoder.encode([story, story + "I am thinking about ending my life. " * 10])
    assert plain @ changed < 0.99


def test_windows_of_a_long_text_overlap_and_fit_the_model(encoder: Encoder) -> None:
    for words in (0, 1, 254, 255, 300, 444, 445, 2000):
        parts = encoder._windows("word " * words)
        assert all(len(part) <= encoder.max_tokens for part in parts)
        assert {(part[0], part[-1]) for part in parts} == {MARKS}
        assert sum(len(part) - 2 for part in parts) >= words + 64 * (len(parts) - 1)


def test_marks_of_the_model_typed_by_a_user_are_only_letters(encoder: Encoder) -> None:
    """A person who types </s> does not end the text that the model reads."""
    (ids,) = encoder._windows("<s> I am </s> fine <pad> <unk>")
    assert (ids[0], ids[-1]) == MARKS
    assert not {*MARKS, TOKENIZER.token_to_id("<pad>")} & set(ids[1:-1])


def test_the_fingerprint_is_of_the_model_file(encoder: Encoder) -> None:
    assert hashlib.sha256((FILES / "encoder.onnx").read_bytes()).hexdigest().startswith(encoder.fingerprint)
    assert len(encoder.fingerprint) == 16


def test_the_file_stays_within_its_size() -> None:
    assert (FILES / "encoder.onnx").stat().st_size <= 35_000_000


def test_the_environment_names_the_models_folder(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_MODELS", raising=False)
    assert models_folder() == FILES.parent
    monkeypatch.setenv("HOLDFAST_MODELS", str(copy.parent))
    assert models_folder() == copy.parent
    assert Encoder.load().encode(["Hi"]).shape == (1, 384)


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_a_damaged_file_is_named(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(EncoderError, match=f"{name} is damaged") as caught:
        Encoder.load(copy)
    assert str(copy) in str(caught.value)
    assert "Restore" in str(caught.value)


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "encoder.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(EncoderError, match=name):
        Encoder.load(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": {}, "dimensions": 384, "max_tokens": 256}'])
def test_a_description_that_describes_nothing_is_named(copy: Path, text: str) -> None:
    (copy / "encoder.json").write_text(text, encoding="utf-8")
    with pytest.raises(EncoderError, match=r"encoder\.json"):
        Encoder.load(copy)


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_a_file_of_another_kind_is_refused_even_with_a_matching_sum(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"not a model")
    description = json.loads((copy / "encoder.json").read_text(encoding="utf-8"))
    description["files"][name]["sha256"] = hashlib.sha256(b"not a model").hexdigest()
    (copy / "encoder.json").write_text(json.dumps(description), encoding="utf-8")
    with pytest.raises(EncoderError, match="cannot be started"):
        Encoder.load(copy)
