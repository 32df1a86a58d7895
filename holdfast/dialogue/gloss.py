"""Brings Spanish within reach of the English sentence encoder: word for word, from a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from holdfast.content.language import language_of
from holdfast.quick_yaml import safe_load

#: The word lists: of the topics, and of everyday Spanish.
FILES = (Path(__file__).with_name("gloss_es.yml"), Path(__file__).with_name("gloss_es_everyday.yml"))
_WORD = re.compile(r"[^\W\d_]+|\d+|[?¿]")


def in_english(text: str) -> str:
    """The text itself, or for a Spanish one its words in English; words that the list lacks stay as they are."""
    language = language_of(text, "unknown")
    if language == "en":
        return text
    phrases, longest = _phrases()
    words = _WORD.findall(text)
    plain = [_plain(word) for word in words]
    if language == "unknown" and not _looks_spanish(plain, phrases):
        return text
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


def _looks_spanish(words: Sequence[str], phrases: Mapping[str, str]) -> bool:
    """Whether a message without small words, such as "efecto contrario", is Spanish: most of its words are listed.

    A word that is the same in both languages ("alcohol") or very short ("a", "no", "yo") says nothing.
    """
    telling = [word for word in words if len(word) > 2 and phrases.get(word) != word]
    return len(telling) > 0 and 2 * sum(word in phrases for word in telling) > len(telling)


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[str, str], int]:
    phrases: dict[str, str] = {}
    for file in reversed(FILES):  # where both have a word, the list of the topics counts
        listed: Mapping[str, str] = safe_load(file.read_text(encoding="utf-8"))["phrases"]
        phrases.update({_plain(spanish): english for spanish, english in listed.items()})
    return phrases, max(len(spanish.split()) for spanish in phrases)


def _plain(text: str) -> str:
    """Lower case without accents, because many people write none."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
