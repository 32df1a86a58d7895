"""English or Spanish, by the small words of a message; and which language it is when it is neither."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from holdfast.content.languages import other_languages
from holdfast.content.reading import DATA, read

#: A language that has no card of its own.
UNDETERMINED = "und"
#: Small words of another language that a message in Latin letters must have.
_FEWEST_WORDS = 2
#: Small words of English or Spanish that make a message one of that language, whatever else stands in it.
_SURE_WORDS = 4
_KANA = re.compile("[\u3040-\u30ff]")
_SCRIPTS = {"ko": re.compile("[\uac00-\ud7a3\u3131-\u318e]"), "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")}
_ARABIC = re.compile("[\u0620-\u064a]")
_PERSIAN_AND_URDU = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u06d2\u0679\u0688\u06ba]")
#: Letters and endings that only one of two languages has whose small words are much alike.
_CYRILLIC = {"ru": re.compile("[ыэёъ]|ть\\b"), "uk": re.compile("[іїєґ]|ти\\b")}
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963])+(?:'(?:[^\W\d_])+)?")
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


def tells_language(text: str) -> bool:
    """Whether the small words of a message say that it is English, or that it is Spanish."""
    return language_of(text, "en") == language_of(text, "es")


def is_surely_spoken(text: str) -> bool:
    """Whether a message has so many English or Spanish words that a foreign sentence in it is a quotation."""
    words = _words(text)
    return max(_count(words, "en"), _count(words, "es")) >= _SURE_WORDS


def other_language(text: str) -> str | None:
    """The language of a message that is most likely neither English nor Spanish (SM-28), None for all others.

    A code of `languages.other_languages`, or ``"und"`` for a language that has no card. Careful: a short or mixed
    message is not another language.
    """
    letters = [char for char in unicodedata.normalize("NFKC", text) if char.isalpha()]
    if len(letters) < 2:
        return None
    words = _words(text)
    foreign = sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if foreign / len(letters) > _FOREIGN_SHARE:
        return _by_script("".join(letters), words)
    counts = {code: sum(word in each.words for word in words) for code, each in other_languages().items()}
    known = max(_count(words, "en"), _count(words, "es"))
    most = max(counts.values())
    if most >= _FEWEST_WORDS and most > known:
        best = [code for code, count in counts.items() if count == most]
        return best[0] if len(best) == 1 else UNDETERMINED
    others = _count(words, "others")
    return UNDETERMINED if others >= _FEWEST_WORDS and others > known else None


def looks_unsupported(text: str) -> bool:
    """Whether the message is most likely neither English nor Spanish."""
    return other_language(text) is not None


def _by_script(letters: str, words: list[str]) -> str:
    """The language of a text in another script; one that shares its script with others must show a word of its own."""
    if _KANA.search(letters):
        return "ja"
    for code, script in _SCRIPTS.items():
        if script.search(letters):
            return code
    if _ARABIC.search(letters):
        return UNDETERMINED if _PERSIAN_AND_URDU.search(letters) else "ar"
    shared = {code: sum(word in other_languages()[code].words for word in words) for code in ("hi", "ru", "uk")}
    best = max(shared, key=lambda code: shared[code])
    if shared["ru"] == shared["uk"] and best != "hi":
        told = [code for code, sign in _CYRILLIC.items() if sign.search(" ".join(words))]
        best = told[0] if len(told) == 1 else UNDETERMINED
    return best if shared.get(best) else UNDETERMINED


def _count(words: list[str], language: str) -> int:
    return sum(word in _known()[language] for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").lower())


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    raw: dict[str, str] = read(DATA / "words.yml", "words.schema.json")
    return {language: frozenset(words.split()) for language, words in raw.items()}
