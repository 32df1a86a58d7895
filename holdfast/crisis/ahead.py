"""Encodes the training messages on all processors: ``python -m holdfast.crisis.ahead``, before `make train` trains.

Detector and Rasa model learn from the same messages by the same encoder; alone, each would encode them on one core.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from holdfast import paths
from holdfast.crisis.corpus import CorpusError, read_all
from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.crisis.normalize import Normalizer
from holdfast.crisis.table import readable
from holdfast.crisis.vectors import CACHE, Progress, Vectors, store, unknown

#: Texts that one process encodes at a time: some seconds of work.
CHUNK = 512
_encoders: dict[Path, Encoder] = {}


def encode_ahead(
    folder: Path, texts: Sequence[str], cache: Path, *, processes: int, progress: Progress | None = None
) -> int:
    """Encodes what the cache lacks with the encoder in ``folder``; gives back how many texts that were.

    The cache is written after every few thousand texts, so that an interrupted run goes on from there. Raises
    EncoderError.
    """
    encoder = Encoder.load(folder)
    missing = unknown(encoder, texts, cache)
    chunks = [missing[start : start + CHUNK] for start in range(0, len(missing), CHUNK)]
    done, waiting = 0, dict[str, Vectors]()
    with ProcessPoolExecutor(max(1, min(processes, len(chunks)))) as pool:
        try:
            for chunk, vectors in zip(chunks, pool.map(_encode, [folder] * len(chunks), chunks), strict=True):
                waiting.update(zip(chunk, vectors, strict=True))
                done += len(chunk)
                if len(waiting) >= 16 * CHUNK:
                    store(encoder, waiting, cache)
                    waiting.clear()
                if progress is not None:
                    progress(done, len(missing))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            if waiting:
                store(encoder, waiting, cache)
    return len(missing)


def _encode(folder: Path, texts: Sequence[str]) -> Vectors:
    """In a process of its own: loads the encoder once."""
    if folder not in _encoders:
        _encoders[folder] = Encoder.load(folder)
    return _encoders[folder].encode(texts)


def main() -> int:
    """The command line. 0 when all is encoded, 1 with a message otherwise."""

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def progress(done: int, missing: int) -> None:
        say(f"encoded {done} of {missing}")

    try:
        texts = readable(read_all(paths.ROOT / "data" / "nlu"), Normalizer.load())
        encode_ahead(
            paths.models() / "encoder",
            texts,
            paths.models() / "cache" / CACHE,
            processes=len(os.sched_getaffinity(0)),
            progress=progress,
        )
    except (CorpusError, EncoderError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
