"""Writes a message the way hurried hands would: slips, missing marks, other case. Pure, from the given dice."""

from __future__ import annotations

import random
import unicodedata

#: Each letter with the keys beside it.
_KEYS = "asqz bvn cxv dsfe ewr fdg gfh hgj iuo jhk kjl lk mn nbm oip po qwa ret sad try uyi vcb wqe xzc ytu zx"
_NEAR = {keys[0]: keys[1:] for keys in _KEYS.split()}


def disturbed(text: str, dice: random.Random) -> str:
    """The text with one kind of disturbance, or two."""
    for change in dice.sample(
        (_slips, _unmarked, _lower, _unapostrophed, _trailing, _unaccented), dice.choice((1, 1, 2))
    ):
        text = change(text, dice)
    return text


def _slips(text: str, dice: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(text) // 45)):
        at = dice.randrange(len(letters))
        kind = dice.random()
        if not letters[at].isalpha():
            continue
        if kind < 0.35:
            letters[at] = ""
        elif kind < 0.6:
            letters[at] = dice.choice(_NEAR.get(letters[at].lower(), letters[at].lower()))
        elif kind < 0.8:
            letters[at] *= 2
        elif at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters) or text


def _unmarked(text: str, _dice: random.Random) -> str:
    return "".join(char for char in text if char not in ".,;:!?") or text


def _lower(text: str, _dice: random.Random) -> str:
    return text.lower()


def _unapostrophed(text: str, _dice: random.Random) -> str:
    return text.replace("'", "").replace("\u2019", "")


def _unaccented(text: str, _dice: random.Random) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _trailing(text: str, dice: random.Random) -> str:
    return text.rstrip(".!?") + dice.choice(("...", " ..", " lol", " idk", "", " \U0001f614", " :("))
