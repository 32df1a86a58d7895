"""English or Spanish, by the small words of a message; and whether a message is in neither."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from holdfast.content.reading import DATA, read

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SPANISH_SIGNS = re.compile(r"[ñ¿¡]", re.IGNORECASE)
#: Above this share of letters of another script, a message counts as written in it.
_FOREIGN_SHARE = 0.5


def language_of(text: str, default: str) -> str:
    """``"en"`` or ``"es"``; ``default`` when the small words do not tell, as in very short messages."""
    words = _words(text)
    english, spanish = _count(words, "en"), _count(words, "es") + 2 * bool(_SPANISH_SIGNS.search(text))
    if english == spanish:
        return default
    return "en" if english > spanish else "es"


def looks_unsupported(text: str) -> bool:
    """Whether the message is most likely neither English nor Spanish: another script, or more small words of others.

    For the multilingual static card (SM-28). Careful: a short or mixed message is not unsupported.
    """
    letters = [char for char in unicodedata.normalize("NFKC", text) if char.isalpha()]
    if len(letters) < 2:
        return False
    foreign = sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if foreign / len(letters) > _FOREIGN_SHARE:
        return True
    words = _words(text)
    others = _count(words, "others")
    return others >= 2 and others > max(_count(words, "en"), _count(words, "es"))


def _count(words: list[str], language: str) -> int:
    return sum(word in _known()[language] for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").lower())


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    raw: dict[str, str] = read(DATA / "words.yml", "words.schema.json")
    return {language: frozenset(words.split()) for language, words in raw.items()}
