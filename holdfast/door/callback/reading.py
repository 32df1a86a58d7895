"""Reads a name out of what somebody writes when asked for one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from holdfast.content.form_words import FormWords, plain

#: A name has at most so many words and characters.
MOST_WORDS, MOST_CHARS = 4, 60
_WORD = re.compile(r"[^\W\d_][\w.'\u2019-]*")
_AGREED = frozenset({"yes", "si"})


@dataclass(frozen=True)
class Name:
    """``sure`` when the person said that it is their name; otherwise it only has the shape of one."""

    text: str
    sure: bool


def name_in(text: str, words: FormWords) -> Name | None:
    """The name in ``text``, None when it has not the shape of one.

    After words such as "I am" the name may be followed by a comma and who that is.
    """
    head, comma, _ = text.partition(",")
    found = _whole_name(text, words)
    if found is None and comma and _after_lead(head.split(), words)[1] != head.split():
        found = _whole_name(head, words)
    return found


def _whole_name(text: str, words: FormWords) -> Name | None:
    tokens = [token for raw in text.split() if (token := raw.strip("\"'.,;:!()")) or raw.isalnum()]
    while tokens and (plain(tokens[0]) in words.greetings | _AGREED or words.is_filler(tokens[0])):
        tokens = tokens[1:]
    while tokens and words.is_filler(tokens[-1]):
        tokens = tokens[:-1]
    sure, tokens = _after_lead(tokens, words)
    name = " ".join(tokens)
    if not 1 <= len(tokens) <= MOST_WORDS or len(name) > MOST_CHARS or "?" in text:
        return None
    if any(not _WORD.fullmatch(token) or plain(token) in words.not_names for token in tokens):
        return None
    return Name(name, sure)


def _after_lead(tokens: list[str], words: FormWords) -> tuple[bool, list[str]]:
    """Whether the words say that a name follows, and what follows."""
    for length in range(min(4, len(tokens)), 0, -1):
        lead = plain(" ".join(tokens[:length]))
        if lead in words.names:
            return True, tokens[length:]
        if lead in words.maybe_names:
            _, rest = _after_lead(tokens[length:], words)
            return False, rest
    return False, tokens
