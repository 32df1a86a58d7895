"""Words of languages beside English and Spanish, in whatever script they are written (SM-28). Pure; linear in length.

The normalizer of English and Spanish folds look-alike letters to Latin ones and repairs English words; both would ruin
a Russian or a Turkish sentence. So these languages are read a second time, by rules that keep their letters: Unicode
variants and case are undone, Arabic vowel signs and letter variants too, Latin look-alikes within a Cyrillic word are
taken back. Scripts without spaces give one word a character.
"""

from __future__ import annotations

import re
import unicodedata

from holdfast.crisis.normalize import Form, Normalized
from holdfast.crisis.phrases import BOUNDARIES, END, QUESTION, START, STOP

#: Letters with their marks; Devanagari vowel signs belong to the word, its dandas do not.
_LETTER = r"[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u097f]"
#: Scripts written without spaces: Thai, kana, Han.
_ALONE = "\u0e00-\u0e7f\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LEXEMES = re.compile(
    rf"[{_ALONE}]|(?:(?![{_ALONE}])(?:{_LETTER}))+|[.!?\u0964\u3002\u061f\u06d4\u2026]+|\n\s*\n|[^\w\s]|\n"
)
_STOPS = frozenset(".!\u0964\u3002\u06d4\u2026")
_QUESTIONS = frozenset("?\u061f")
_APOSTROPHES = frozenset("'\u2019\u2018`\u00b4\u02bc\u2032")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN_IN_CYRILLIC = str.maketrans("abcehikmoptxy", "авсенікмортху")
_ARABIC_VARIANTS = str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ٱ": "ا", "\u0640": None, "ے": "ي"})
#: Letters that Unicode does not take apart.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o"})


def folded(word: str) -> str:
    """A word without its accents, as people type who lack them or are in a hurry; only Latin and Cyrillic letters."""
    if word.isascii() or not _accented(word):
        return word
    bare = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return bare.translate(_PLAIN)


def _accented(word: str) -> bool:
    return any(char < "\u0530" or "\u1e00" <= char <= "\u1eff" for char in word)


class ScriptNormalizer:
    """Reads a text of any script. Has the shape of `normalize.Normalizer`; nothing is repaired."""

    def words_of(self, written: str) -> tuple[str, ...]:
        """The words of a written one: several where an apostrophe divides it or its script has no spaces."""
        return tuple(word for word in self(written).plain.words if word not in BOUNDARIES)

    def variants(self, word: str) -> tuple[str, ...]:
        """A word of a phrase is found with its accents, or without any; wrong ones make another word."""
        return tuple(dict.fromkeys((word, folded(word))))

    def __call__(self, text: str) -> Normalized:
        """The words of a text of any length and content, with the marks of ``phrases.BOUNDARIES``. Never raises."""
        words: list[str] = [START]
        pauses: set[int] = set()
        pause = False
        for lexeme in _LEXEMES.findall(_spelled_alike(text)):
            first = lexeme[0]
            if first.isalnum() or unicodedata.category(first)[0] == "M":
                if pause and words[-1] not in BOUNDARIES:
                    pauses.add(len(words))
                words.append(_letters(lexeme))
                pause = False
            elif first in _QUESTIONS or first in _STOPS or lexeme.count("\n") > 1:
                mark = QUESTION if _QUESTIONS & set(lexeme) else STOP
                if words[-1] not in BOUNDARIES:
                    words.append(mark)
                elif mark == QUESTION and words[-1] == STOP:
                    words[-1] = QUESTION
                pause = False
            elif first not in _APOSTROPHES and first != "-":
                pause = True
        words.append(END)
        form = Form(tuple(words), frozenset(pauses))
        return Normalized(form, form)


def _spelled_alike(text: str) -> str:
    """The text with what never changes the meaning undone: compatibility forms, case, Arabic variants."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
    if any("\u0600" <= char <= "\u06ff" for char in set(composed)):
        composed = unicodedata.normalize("NFKC", _without_arabic_marks(composed)).translate(_ARABIC_VARIANTS)
    unseen = [char for char in set(composed) if unicodedata.category(char) == "Cf"]
    return composed.translate(dict.fromkeys(map(ord, unseen))) if unseen else composed


def _without_arabic_marks(text: str) -> str:
    """The hamza and madda of an alef, and vowel signs, are often left out; nobody is to be missed for one of them."""
    return "".join(
        "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
        if "\u0600" <= char <= "\u06ff"
        else char
        for char in text
    )


def _letters(word: str) -> str:
    """A word in one script: a Latin letter between Cyrillic ones is a look-alike."""
    if not word.isascii() and _CYRILLIC.search(word):
        return word.translate(_LATIN_IN_CYRILLIC)
    return word
