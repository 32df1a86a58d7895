"""Makes files of data/nlu/background from free text that was never meant for a chat: how the rest of the world sounds.

    .venv/bin/python tools/background.py --wordnet FOLDER --chatterbot FOLDER

WordNet is Debian's package `wordnet-base` (folder usr/share/wordnet), the chatterbot corpus the Python package
`chatterbot-corpus` (folder chatterbot_corpus/data). Both licenses allow it: data/nlu/background/LICENSES.md. A fixed
draw of each; what the lexicon finds, coarse words, and death beside "I" or "you" stay out. The lines teach only the
detector, as messages of level none; docs/decisions/0017 says why.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from holdfast.crisis import corpus  # noqa: E402
from holdfast.crisis.detector import Detector  # noqa: E402
from holdfast.crisis.types import Level  # noqa: E402
from holdfast.quick_yaml import safe_load  # noqa: E402

SEED = 20261126
LENGTHS = range(4, 301)
A_FILE = 1000
_DEATH = re.compile(r"\b(?:die\w*|dying|dead|death|kill\w*|suicid\w*|hang\w*|morir\w*|muer\w*|mat[ao]\w*)\b", re.I)
_SOMEBODY = re.compile(r"\b(?:i|me|my|myself|you|your|yo|me|mi|tu|te|vas)\b", re.I)
_COARSE = re.compile(r"\b(?:sex\w*|fuck\w*|shit\w*|whore\w*|slut\w*|rape\w*|naked|nude|negro\w*)\b", re.I)


def squeezed(text: str) -> str:
    """On one line, without what Rasa would read as an entity."""
    return re.sub(r"[\[\]{}<>|`]", "", re.sub(r"\s+", " ", text)).strip().lstrip("/- ")


def wordnet_examples(folder: Path) -> Iterator[str]:
    """The quoted example of each meaning."""
    for gloss in _glosses(folder):
        yield from re.findall(r'"([^"]+)"', gloss)


def wordnet_meanings(folder: Path) -> Iterator[str]:
    """What each meaning is said to be, without the examples."""
    for gloss in _glosses(folder):
        yield gloss.split('"')[0].strip(" ;")


def _glosses(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("data.*")):
        for line in file.read_text(encoding="utf-8", errors="ignore").splitlines():
            if not line.startswith("  ") and "|" in line:  # the license stands first, indented
                yield line.split("|", 1)[1]


def turns(folder: Path, language: str) -> Iterator[str]:
    """The turns of all conversations of a language."""
    for file in sorted((folder / language).glob("*.yml")):
        for conversation in safe_load(file.read_text(encoding="utf-8"))["conversations"]:
            yield from (turn for turn in conversation if isinstance(turn, str) and "```" not in turn)


def drawn(texts: Iterable[str], most: int, lexicon: Detector, written: Set[str]) -> list[str]:
    """At most ``most`` of the texts, each once, none that is ``written`` already or could be about risk."""
    known = sorted({text for each in texts if len(text := squeezed(each)) in LENGTHS})
    random.Random(SEED).shuffle(known)
    return [text for text in known[: 2 * most] if text not in written and _harmless(text, lexicon)][:most]


def _harmless(text: str, lexicon: Detector) -> bool:
    if _COARSE.search(text) or (_DEATH.search(text) and _SOMEBODY.search(text)):
        return False
    return lexicon.assess(text).level < Level.CONCERN


def write(folder: Path, name: str, theme: str, texts: list[str]) -> None:
    """Files ``name``_01.yml and so on, in Rasa's format."""
    for number, at in enumerate(range(0, len(texts), A_FILE), 1):
        examples = "".join(f"    - {text}\n" for text in texts[at : at + A_FILE])
        block = f"- intent: out_of_scope\n  metadata: {{theme: {theme}}}\n  examples: |\n{examples}"
        content = f'version: "3.1"\nnlu:\n{block}'
        safe_load(content)  # fails here rather than in training
        (folder / f"{name}_{number:02d}.yml").write_text(content, encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make data/nlu/background from free text.")
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--chatterbot", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "nlu" / "background")
    options = parser.parse_args()
    for folder, files in ((options.wordnet, "data.*"), (options.chatterbot, "english/*.yml")):
        if not any(folder.glob(files)):
            parser.error(f"{folder}: holds no {files}. Unpack the package and give the folder named above.")
    options.out.mkdir(parents=True, exist_ok=True)
    lexicon = Detector.load(lexicon_only=True)
    nlu = ROOT / "data" / "nlu"
    # Rasa's validation takes a message with two intents for a mistake: "Hello" greets, also in this corpus.
    written = {message.text for folder in (nlu, nlu / corpus.TOPICS) for message in corpus.read(folder)}
    for name, theme, texts, most in (
        ("examples", "wordnet_examples", wordnet_examples(options.wordnet), 4000),
        ("meanings", "wordnet_meanings", wordnet_meanings(options.wordnet), 1000),
        ("turns_en", "chatterbot_english", turns(options.chatterbot, "english"), 2000),
        ("turns_es", "chatterbot_spanish", turns(options.chatterbot, "spanish"), 1000),
    ):
        chosen = drawn(texts, most, lexicon, written)
        write(options.out, name, theme, chosen)
        print(f"{name}: {len(chosen)}")


if __name__ == "__main__":
    main()
