"""The vector cache: nothing is encoded twice, nothing is lost by an interruption, and a bad file is no obstacle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from holdfast.crisis import vectors
from holdfast.crisis.vectors import Vectors, cached_encode


class Counting:
    """Stands in for the encoder: a vector from the text's letters, and a record of what was asked."""

    dimensions = 4

    def __init__(self, fingerprint: str = "one", fail_on: str = "") -> None:
        self.fingerprint = fingerprint
        self.fail_on = fail_on
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.fail_on in texts:
            raise KeyboardInterrupt
        self.asked.extend(texts)
        return np.array([[len(text), len(set(text)), len(self.fingerprint), 1] for text in texts], dtype=np.float32)


def test_each_text_is_encoded_once(tmp_path: Path) -> None:
    encoder, cache = Counting(), tmp_path / "deep" / "cache.npz"
    first = cached_encode(encoder, ["a", "bb", "a"], cache)
    second = cached_encode(encoder, ["bb", "ccc", "a", "\ud800"], cache)
    assert encoder.asked == ["a", "bb", "ccc", "\ud800"]
    np.testing.assert_array_equal(first[[1, 0]], second[[0, 2]])
    np.testing.assert_array_equal(second, Counting().encode(["bb", "ccc", "a", "\ud800"]))


def test_no_texts_give_no_vectors_and_no_file(tmp_path: Path) -> None:
    assert cached_encode(Counting(), [], tmp_path / "cache.npz").shape == (0, 4)
    assert list(tmp_path.iterdir()) == []


def test_vectors_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    cached_encode(Counting("one"), ["a"], tmp_path / "cache.npz")
    other = Counting("other")
    cached_encode(other, ["a"], tmp_path / "cache.npz")
    assert other.asked == ["a"]


def test_an_interruption_keeps_what_was_done(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(200)]
    with pytest.raises(KeyboardInterrupt):
        cached_encode(Counting(fail_on="text 150"), texts, tmp_path / "cache.npz")
    encoder = Counting()
    cached_encode(encoder, texts, tmp_path / "cache.npz")
    assert encoder.asked == texts[128:]
    assert [path.name for path in tmp_path.iterdir()] == ["cache.npz"]


def test_long_work_is_saved_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SAVE_EVERY", 64)
    cache = tmp_path / "cache.npz"
    present: list[bool] = []
    texts = [str(number) for number in range(150)]
    cached_encode(Counting(), texts, cache, progress=lambda done, missing: present.append(cache.exists()))
    assert present == [False, True, True]


def test_progress_counts_the_missing_texts(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    texts = [str(number) for number in range(100)]
    cached_encode(Counting(), texts[:30], tmp_path / "cache.npz")
    cached_encode(
        Counting(), texts, tmp_path / "cache.npz", progress=lambda done, missing: calls.append((done, missing))
    )
    assert calls == [(64, 70), (70, 70)]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"words", b"\x93NUMPY\x01\x00"])
def test_a_cache_that_cannot_be_read_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "cache.npz"
    cache.write_bytes(content)
    encoder = Counting()
    cached_encode(encoder, ["a"], cache)
    cached_encode(encoder, ["a"], cache)
    assert encoder.asked == ["a"]


def test_the_cache_holds_no_words(tmp_path: Path) -> None:
    cached_encode(Counting(), ["my secret sentence"], tmp_path / "cache.npz")
    assert b"secret" not in (tmp_path / "cache.npz").read_bytes()
