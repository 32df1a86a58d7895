"""Measures the encoder's size and time on one core, what batches would save, and holds two environments together.

    PYTHONPATH=. python tools/encoder/compare.py --latency    size and time
    PYTHONPATH=. python tools/encoder/compare.py --batches    what it would cost to encode texts together
    PYTHONPATH=. python tools/encoder/compare.py --save a.npy, then elsewhere --against a.npy: two environments

How much the 8-bit vectors lose against the unquantized ones stands in models/encoder/encoder.json (ship.py).
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from holdfast.crisis.encoder import MODEL, Encoder, models_folder

SENTENCES = Path(__file__).with_name("sentences.txt")
SHORT = "I feel anxious every Sunday evening before work."


def sentences() -> list[str]:
    """Give the texts of sentences.txt without its comments."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def meaning(before: npt.NDArray[np.float32]) -> None:
    """Print how near the encoder's vectors are to those before, and whether neighbors stay neighbors."""
    texts = sentences()
    after = Encoder.load().encode(texts)
    cosines = np.sum(before * after, axis=1)
    worst = np.argsort(cosines)[:3]
    similar_before, similar_after = before @ before.T, after @ after.T
    off = ~np.eye(len(texts), dtype=bool)
    same = np.argmax(np.where(off, similar_before, -1), axis=1) == np.argmax(np.where(off, similar_after, -1), axis=1)
    change = np.abs(similar_before - similar_after)[off]
    print(f"texts: {len(texts)}")
    print(f"cosine, mean: {cosines.mean():.4f}")
    print(f"cosine, 5th percentile: {np.percentile(cosines, 5):.4f}")
    print(f"cosine, min: {cosines.min():.4f}")
    for place in worst:
        print(f"  {cosines[place]:.4f}  {texts[place][:70]}")
    print(f"change of the similarity of two texts: {change.mean():.4f} on average, {change.max():.4f} at most")
    print(f"texts whose nearest other text stays the same: {same.mean():.1%}")


def latency(repeats: int = 50) -> None:
    """Print the file's size and the median time of a short text and of one of 256 tokens, in milliseconds."""
    encoder = Encoder.load()
    print(f"size {(models_folder() / 'encoder' / MODEL).stat().st_size / 1e6:.1f} MB")
    full = " ".join(["word"] * (encoder.max_tokens - 2))  # "word" is one token
    for name, text in (("short (11 tokens)", SHORT), ("256 tokens", full)):
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            encoder.encode([text])
            times.append(1000 * (time.perf_counter() - start))
        print(f"{name}: median {statistics.median(times):.1f} ms, fastest {min(times):.1f} ms")


def batches(size: int = 16) -> None:
    """Print what padded batches of texts of like length would save in time, and how far they move the vectors."""
    encoder = Encoder.load()
    parts = sorted((ids for text in sentences() for ids in encoder._windows(text)), key=len)
    runs = {}
    for together in (1, size, 1, size):  # twice, so that neither pays for the first run
        begin = time.perf_counter()
        rows = [_padded(encoder, parts[start : start + together]) for start in range(0, len(parts), together)]
        runs[together] = np.concatenate(rows), time.perf_counter() - begin
    cosines = np.sum(runs[1][0] * runs[size][0], axis=1)
    print(f"one by one {runs[1][1]:.2f} s, batches of {size} {runs[size][1]:.2f} s")
    print(f"cosine of the two: mean {cosines.mean():.4f}, min {cosines.min():.4f}")


def _padded(encoder: Encoder, parts: list[list[int]]) -> npt.NDArray[np.float32]:
    mask = np.array([[1] * len(ids) + [0] * (len(parts[-1]) - len(ids)) for ids in parts], dtype=np.int64)
    tokens = np.zeros_like(mask)
    tokens[mask == 1] = [token for ids in parts for token in ids]
    vectors: npt.NDArray[np.float32] = encoder._session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
    return vectors


def main() -> None:
    """Compare, measure or write the reference, as asked."""
    parser = argparse.ArgumentParser(description="Measure the sentence encoder.")
    parser.add_argument("--latency", action="store_true", help="measure size and time only")
    parser.add_argument("--batches", action="store_true", help="compare padded batches with single texts")
    parser.add_argument("--save", type=Path, metavar="NPY", help="store this environment's vectors of all texts")
    parser.add_argument("--against", type=Path, metavar="NPY", help="compare with stored vectors")
    arguments = parser.parse_args()
    if arguments.save is not None:
        np.save(arguments.save, Encoder.load().encode(sentences()))
    elif arguments.batches:
        batches()
    elif arguments.latency:
        latency()
    elif arguments.against is not None:
        meaning(np.load(arguments.against))
    else:
        parser.error("say what to do: --latency, --batches, --save or --against")


if __name__ == "__main__":
    main()
