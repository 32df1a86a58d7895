"""The training messages as data: read from Rasa's NLU files, with their scene, and which of them are held out.

``data/nlu/**/*.yml`` is the one source. ``data/nlu/topics`` teaches Rasa to tell topics apart and the detector what
is harmless; ``data/nlu/background`` teaches the detector how everything else sounds. Nothing of either is held out. A
block (an intent with its ``metadata``) comes from one writer and one scene; its messages are never divided between
training and development, because neighbors resemble each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from holdfast.quick_yaml import safe_load

#: Thousands of plain questions on topics, and the rest of the world: requests, small talk, news, verse, dictionaries.
#: The detector learns from them, but they would shift its thresholds.
TOPICS, BACKGROUND = "topics", "background"
BESIDES = (TOPICS, BACKGROUND)
#: Blocks without metadata are older files of many scenes; so many neighbors count as one scene.
GROUP = 6
#: The share of blocks that is held out for choosing thresholds and comparing models: one in eight.
DEVELOPMENT_OF = 8


class CorpusError(RuntimeError):
    """The training messages cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class Message:
    """One training message. ``group`` numbers the scene; ``development``: held out from fitting.

    ``metadata: {detector: distress}`` on a block gives its messages another class than Rasa's intent: a follow-up to a
    card may be written out of distress.
    """

    text: str
    intent: str
    group: int
    development: bool
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The intent as the detector learns it."""
        return str(self.metadata.get("detector", self.intent))


def read(folder: Path) -> list[Message]:
    """All messages of Rasa NLU files below ``folder``, in the order of files and lines.

    The folders ``BESIDES`` in it are left out. Raises CorpusError.
    """
    files = sorted(file for file in folder.rglob("*.yml") if file.relative_to(folder).parts[0] not in BESIDES)
    if not files:
        raise CorpusError(f"{folder}: no training data. Restore data/nlu from the repository.")
    messages: list[Message] = []
    group = 0
    for file in files:
        for block in _blocks(file):
            if "intent" not in block:
                continue
            metadata = block.get("metadata") or {}
            for number, text in enumerate(_lines(block)):
                if number == 0 or (not metadata and number % GROUP == 0):
                    group += 1
                    held_out = _held_out(block["intent"], text)
                messages.append(Message(text, str(block["intent"]), group, held_out, metadata))
    return messages


def read_all(folder: Path) -> list[Message]:
    """As ``read``, and then what lies in the folders ``BESIDES``, never held out. Raises CorpusError."""
    messages = read(folder)
    for name in BESIDES:
        if (folder / name).is_dir():
            scenes = messages[-1].group
            messages += (replace(each, group=each.group + scenes, development=False) for each in read(folder / name))
    return messages


def data_hash(messages: Iterable[Message]) -> str:
    """Changes when any message or intent does."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.intent}\n{message.text}\n".encode())
    return digest.hexdigest()


def _blocks(file: Path) -> list[dict[str, Any]]:
    try:
        blocks = safe_load(file.read_text(encoding="utf-8"))["nlu"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise CorpusError(f"{file}: not Rasa NLU YAML ({error}). Correct the file.") from None
    return list(blocks)


def _lines(block: Mapping[str, Any]) -> list[str]:
    lines = (line[2:].strip() for line in str(block["examples"]).splitlines() if line.startswith("- "))
    return [line for line in lines if line]


def _held_out(intent: str, first: str) -> bool:
    """Depends on the block's own words alone, so that a block stays where it is when others come or go."""
    return int(hashlib.sha256(f"{intent}\n{first}".encode()).hexdigest(), 16) % DEVELOPMENT_OF == 0
