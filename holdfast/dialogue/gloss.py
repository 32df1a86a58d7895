"""Brings Spanish within reach of the English sentence encoder: word for word, from a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from holdfast.content.language import language_of

FILE = Path(__file__).with_name("gloss_es.yml")
_WORD = re.compile(r"[^\W\d_]+|\d+|[?¿]")


def in_english(text: str) -> str:
    """The text itself, or for a Spanish one its words in English; words that the list lacks stay as they are."""
    if language_of(text, "en") != "es":
        return text
    phrases, longest = _phrases()
    words = _WORD.findall(text)
    plain = [_plain(word) for word in words]
    english: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            meaning = phrases.get(" ".join(plain[at : at + length]))
            if meaning is not None:
                english.append(meaning)
                at += length
                break
        else:
            english.append(words[at].replace("¿", ""))
            at += 1
    return " ".join(filter(None, english))


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[str, str], int]:
    listed: Mapping[str, str] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["phrases"]
    phrases = {_plain(spanish): english for spanish, english in listed.items()}
    return phrases, max(len(spanish.split()) for spanish in phrases)


def _plain(text: str) -> str:
    """Lower case without accents, because many people write none."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
