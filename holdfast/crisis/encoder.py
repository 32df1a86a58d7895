"""Turns texts into 384 numbers each that stand for their meaning: a small transformer, 8 bit, offline.

A text's vector depends on the text and the files alone. The quantized model scales its activations by the largest value
in whatever it is given at once, so texts that share a batch would change each other (measured: cosine 0.989 on average,
0.95 at worst, and nothing won in time). Each text therefore runs alone, without padding; see docs/encoder.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

MODEL, TOKENIZER, MANIFEST = "encoder.onnx", "tokenizer.json", "encoder.json"
OVERLAP_TOKENS = 64  # shared by neighboring windows of a text that is longer than the model's limit

#: Fusions that onnxruntime makes for speed and that cost a sixth of the time of a short text on one core.
SLOWER_TOGETHER = ["SkipLayerNormFusion"]


class EncoderError(Exception):
    """The encoder's files are missing, damaged or of another kind; the message says which, where and what to do."""


class Encoder:
    """The sentence encoder. Safe to share between threads once loaded."""

    def __init__(
        self, session: Any, tokenizer: Any, *, dimensions: int, max_tokens: int, fingerprint: str, threads: int = 1
    ) -> None:
        self._session = session
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encoder") if threads > 1 else None
        self._tokenizer = tokenizer
        self._start, self._end = _frame(tokenizer)
        self._fingerprint = fingerprint
        self.dimensions = dimensions
        self.max_tokens = max_tokens

    @classmethod
    def load(cls, folder: Path | None = None, *, threads: int = 1) -> Encoder:
        """Load the encoder from `folder`, by default `encoder` in the models folder (see `models_folder`).

        With more than one of `threads`, texts that are given together are read side by side, which makes a long
        message quicker where processors are idle; one text stays on one core. The vectors are the same. The sha256 of
        each file is held against `encoder.json`. Raises EncoderError.
        """
        folder = models_folder() / "encoder" if folder is None else folder
        manifest = _manifest(folder)
        content = {name: _checked(folder, name, manifest) for name in (MODEL, TOKENIZER)}
        repair = _repair(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                content[MODEL], options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER_TOGETHER
            )
            tokenizer = Tokenizer.from_str(content[TOKENIZER].decode("utf-8"))
            # A user who types [SEP] means these letters, not the mark that ends a text.
            tokenizer.encode_special_tokens = True
            return cls(
                session,
                tokenizer,
                dimensions=int(manifest["dimensions"]),
                max_tokens=int(manifest["max_tokens"]),
                fingerprint=hashlib.sha256(content[MODEL]).hexdigest()[:16],
                threads=threads,
            )
        except Exception as error:  # both libraries raise classes of their own, and bare Exception
            raise EncoderError(f"The sentence encoder in {folder} cannot be started: {error}. {repair}") from error

    @property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the model file's sha256: vectors of another fingerprint do not compare."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, (len(texts), 384) float32, in the order of the texts.

        A text of more than `max_tokens` tokens is cut into token windows that overlap by 64; its vector is the mean of
        theirs, brought to length 1. Fine meaning fades in that mean: cut long messages with `windows` first. The empty
        text has a valid vector. Time grows in proportion to the length; the caller bounds it.
        """
        vectors: Vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        side_by_side = self._pool.map if self._pool is not None and len(texts) > 1 else map
        for row, vector in enumerate(side_by_side(self._vector, texts)):
            vectors[row] = vector
        return vectors

    def _vector(self, text: str) -> Vectors:
        """Give the unit vector of one text."""
        parts = [self._run(ids) for ids in self._windows(text)]
        return parts[0] if len(parts) == 1 else _unit(np.mean(parts, axis=0))

    def _windows(self, text: str) -> list[list[int]]:
        """Give the token ids of a text, in as many overlapping windows as the model's limit asks for."""
        # Half a surrogate pair cannot be written as UTF-8, and the tokenizer refuses it.
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(clean, add_special_tokens=False).ids
        room = self.max_tokens - 2
        starts = list(range(0, max(len(ids) - room, 0), room - OVERLAP_TOKENS))
        starts.append(max(len(ids) - room, 0))  # the last one is full too and ends where the text ends
        return [[self._start, *ids[start : start + room], self._end] for start in starts]

    def _run(self, ids: list[int]) -> Vectors:
        tokens = np.array([ids], dtype=np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        vector: Vectors = self._session.run(["sentence_embedding"], inputs)[0][0]
        return _unit(vector)


def _repair(folder: Path) -> str:
    """What to do about files of ``folder`` that cannot be used."""
    named = "if HOLDFAST_MODELS is set, it must name the folder models"
    return f"Restore models/{folder.name} from the repository; {named}."


def models_folder() -> Path:
    """Give the folder of all model files: what HOLDFAST_MODELS names, else `models` beside the package."""
    named = os.environ.get("HOLDFAST_MODELS", "")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "models"


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return (vector / max(length, 1e-12)).astype(np.float32)


def _frame(tokenizer: Any) -> tuple[int, int]:
    """Give the ids that stand before and after every text."""
    start, end = tokenizer.encode("").ids
    return int(start), int(end)


def _manifest(folder: Path) -> Mapping[str, Any]:
    path, repair = folder / MANIFEST, _repair(folder)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"The sentence encoder's description {path} cannot be read: {error}. {repair}") from error
    if not isinstance(manifest, dict) or not {"files", "dimensions", "max_tokens"} <= manifest.keys():
        raise EncoderError(f"{path} does not describe a sentence encoder. {repair}")
    return manifest


def checked_file(folder: Path, name: str) -> bytes:
    """The content of a file of an encoder's folder, held against the sum in encoder.json. Raises EncoderError."""
    return _checked(folder, name, _manifest(folder))


def _checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """Read a file and hold it against the sum in the manifest, so that what runs is exactly what was checked."""
    path, repair = folder / name, _repair(folder)
    try:
        wanted = manifest["files"][name]["sha256"]
    except (KeyError, TypeError) as error:
        raise EncoderError(f"{folder / MANIFEST} gives no sha256 for {name}. {repair}") from error
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"The sentence encoder's file {path} cannot be read: {error}. {repair}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != wanted:
        raise EncoderError(f"{path} is damaged: its sha256 is {found}, {folder / MANIFEST} says {wanted}. {repair}")
    return content
