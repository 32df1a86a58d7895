"""Messages are encoded by several processes at once, each once, and the cache is what training reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from holdfast.crisis import ahead
from holdfast.crisis.ahead import encode_ahead
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.vectors import cached_encode, unknown

FILES = Path(__file__).resolve().parents[2] / "models" / "encoder"
TEXTS = ["where can i park", "no puedo dormir", "where can i park", "is it safe", "hola", "what does it cost"]


def test_several_processes_give_the_vectors_of_one(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(ahead, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    cache = tmp_path / "cache.npz"
    count = encode_ahead(FILES, TEXTS, cache, processes=2, progress=lambda *each: told.append(each))
    assert count == 5 and told == [(2, 5), (4, 5), (5, 5)]
    encoder = Encoder.load(FILES)
    assert not unknown(encoder, TEXTS, cache)
    np.testing.assert_allclose(cached_encode(encoder, TEXTS, cache), encoder.encode(TEXTS), atol=1e-6)


def test_only_what_is_missing_is_encoded(tmp_path: Path) -> None:
    cache = tmp_path / "cache.npz"
    assert encode_ahead(FILES, TEXTS[:2], cache, processes=1) == 2
    assert encode_ahead(FILES, TEXTS, cache, processes=1) == 3
    assert encode_ahead(FILES, TEXTS, cache, processes=1) == 0
