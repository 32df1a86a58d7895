"""Keeps vectors on disk, so that training encodes a text once and goes on where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

#: The file in models/cache with the vectors of the training messages, the detector's and Rasa's.
CACHE = "training_vectors.npz"
SAVE_EVERY = 5000  # texts; about a minute's work on one core
_CHUNK = 64  # texts between two calls of the progress callback


class TextEncoder(Protocol):
    """What gives vectors: `Encoder`, or a stand-in in a test."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


def cached_encode(
    encoder: TextEncoder, texts: Sequence[str], cache_file: Path, *, progress: Progress | None = None
) -> Vectors:
    """Give (len(texts), dimensions) float32 vectors in the order of the texts, encoding only what the cache lacks.

    The cache is an npz of two arrays: `keys`, the sha256 of encoder fingerprint and text, and `vectors`. It holds no
    words, grows only, and may be deleted at any time; one that cannot be read is begun anew. It is written whole or not
    at all, every SAVE_EVERY new texts and when the work ends or is interrupted. `progress(done, missing)` is called
    after every 64 new texts. One process at a time should write a cache; with two, the later save wins.
    """
    keys = [_key(encoder.fingerprint, text) for text in texts]
    known = _read(cache_file, encoder.dimensions)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    order = list(missing)
    saved = 0
    done = 0
    try:
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            known.update(zip(chunk, encoder.encode([missing[key] for key in chunk]), strict=True))
            done = start + len(chunk)
            if progress is not None:
                progress(done, len(order))
            if done - saved >= SAVE_EVERY:
                _write(cache_file, known)
                saved = done
    finally:
        if done > saved:
            _write(cache_file, known)
    if not keys:
        return np.zeros((0, encoder.dimensions), dtype=np.float32)
    return np.stack([known[key] for key in keys])


def unknown(encoder: TextEncoder, texts: Sequence[str], cache_file: Path) -> list[str]:
    """The texts whose vectors by this encoder the cache lacks, each once."""
    known = _read(cache_file, encoder.dimensions)
    return list(dict.fromkeys(text for text in texts if _key(encoder.fingerprint, text) not in known))


def store(encoder: TextEncoder, vectors: Mapping[str, Vectors], cache_file: Path) -> None:
    """Adds vectors of texts by this encoder to the cache."""
    known = _read(cache_file, encoder.dimensions)
    known.update((_key(encoder.fingerprint, text), vector) for text, vector in vectors.items())
    _write(cache_file, known)


def _key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\n{text}".encode("utf-8", "surrogatepass")).hexdigest().encode("ascii")


def _read(cache_file: Path, dimensions: int) -> dict[bytes, Vectors]:
    try:
        with np.load(cache_file, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if vectors.dtype != np.float32 or vectors.shape != (len(keys), dimensions):
        return {}
    return dict(zip(keys.tolist(), vectors, strict=True))


def _write(cache_file: Path, known: dict[bytes, Vectors]) -> None:
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=cache_file.parent, prefix=f".{cache_file.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as target:
            np.savez(target, keys=np.array(list(known), dtype="S64"), vectors=np.stack(list(known.values())))
        Path(name).replace(cache_file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
