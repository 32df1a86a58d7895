"""How hard a text is to read: Flesch-Kincaid grade for English, Fernández Huerta for Spanish. Standard library only.

Syllables are counted by vowel groups, which is close enough for texts of a few sentences; libraries with a pronouncing
dictionary would have to download it first.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END = re.compile(r"[.?:;]+(?=\s|$)|\n+")


def grade(text: str) -> float:
    """The Flesch-Kincaid school grade of an English text; 0 for an empty one."""
    words, sentences = _words(text), _sentences(text)
    if not words:
        return 0.0
    syllables = sum(map(_english_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def ease(text: str) -> float:
    """The Fernández Huerta ease of a Spanish text, about 0 to 100, higher is easier; 100 for an empty one."""
    words, sentences = _words(text), _sentences(text)
    if not words:
        return 100.0
    syllables = sum(map(_spanish_syllables, words))
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; a colon at the end of a line closes one, inside a line it does not."""
    return [part.strip() for part in re.split(r"(?<=[.?])\s+|\n+", text) if part.strip()]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _sentences(text: str) -> int:
    return max(1, len([part for part in _END.split(text) if _WORD.search(part)]))


def _english_syllables(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word.lower())
    if len(plain) <= 3:
        return 1
    silent = re.sub(r"(?:[^laeiouy]es|[^taeiouyd]ed|[^laeiouy]e)$", lambda match: match.group(0)[0], plain)
    return max(1, len(re.findall(r"[aeiouy]+", silent)) + len(re.findall(r"i(?:a|o(?!u|n))|[^q]ua", silent)) // 2)


def _spanish_syllables(word: str) -> int:
    strong = re.sub(r"(?:[iu](?=[aeoáéó]))|(?<=[aeoáéó])[iuy]", "", word.lower().replace("qu", "q").replace("gu", "g"))
    return max(1, len(re.findall(r"[aeiouyáéíóúü]", strong)))
