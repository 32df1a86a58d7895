"""How often the detector takes text that was never meant for a chat for an alarm.

    .venv/bin/python evaluation/plain_text.py FILE...

Paragraphs of 20 to 400 characters of text files; a line of a single "%" divides as well, as in Debian's packages
`fortunes` and `fortunes-es` (docs/detector.md reports them). Nothing of it is training material. It bears no labels,
so a paragraph that is rightly taken for an alarm counts too.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evaluation.intervals import Share
from evaluation.markdown import share
from holdfast.crisis.detector import Detector
from holdfast.crisis.types import Level

SEED = 20261126
LENGTHS = range(20, 401)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of the lengths that a chat message has, each on one line."""
    parts = re.split(r"\n\s*\n|^%$", text, flags=re.MULTILINE)
    return [found for part in parts if len(found := " ".join(part.split())) in LENGTHS]


def alarmed(texts: Sequence[str], detector: Detector) -> tuple[Share, Share]:
    """The shares taken for concern or above, and for crisis or above."""
    levels = [detector.assess(text).level for text in texts]
    return Share.of(level >= Level.CONCERN for level in levels), Share.of(level >= Level.CRISIS for level in levels)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Share of plain text that is taken for an alarm.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=2000, help="so many paragraphs of all files, in a fixed draw")
    options = parser.parse_args()
    if missing := [str(file) for file in options.files if not file.is_file()]:
        parser.error(f"no such file: {', '.join(missing)}. Give text files.")
    texts = sorted({text for file in options.files for text in paragraphs(file.read_text("utf-8", errors="ignore"))})
    random.Random(SEED).shuffle(texts)
    concern, crisis = alarmed(texts[: options.most], Detector.load())
    print(f"concern or above {share(concern)}; crisis or above {share(crisis)}")


if __name__ == "__main__":
    main()
