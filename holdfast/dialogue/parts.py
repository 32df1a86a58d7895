"""Divides a message into the parts that may be questions of their own. Pure."""

from __future__ import annotations

import re

#: Longer messages are stories: their sentences belong together.
MOST_CHARS = 300
MOST_PARTS = 6
#: A part of fewer words says too little by itself.
FEWEST_WORDS = 2
_SENTENCE = re.compile(r"(?<=[.?!;])\s+|\n+")
_QUESTION = (
    r"what|where|when|who|how|why|which|can|could|do|does|did|is|are|will|would|should|may|must|am|"
    r"qu[eé]|d[oó]nde|a d[oó]nde|cu[aá]ndo|qui[eé]n|c[oó]mo|por qu[eé]|cu[aá]l|cu[aá]nt[oa]s?|puedo|pueden|puede|hay|"
    r"tengo que|se puede|es|tienen|hace falta|necesito|duran|se quitan|se pasan|cuestan|duelen|"
    r"son (?:peligrosos|graves|permanentes|temporales|pasajeros)"
)
#: Before a second question of the same sentence: "and where ...", ", also what ...", "y dónde ...".
_JOINT = re.compile(
    rf"\s*(?:,\s*|\s)(?:(?:and|also|plus|or|y|e|o)\s+(?:also\s+|then\s+|también\s+|además\s+)?)(?=¿?(?:{_QUESTION})\b)"
    rf"|,\s*(?=¿?(?:{_QUESTION})\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"(?:(?:and|so|but|y|pero|e)\s+)?¿?(?:{_QUESTION})\b", re.IGNORECASE)
#: A greeting with which a message begins, and what stands between it and the rest.
_GREETING = re.compile(
    r"\s*(?:(?:hi|hey|hello|hiya|howdy|good (?:morning|afternoon|evening|day)|hola"
    r"|buen[oa]s(?: (?:d[ií]as|tardes|noches))?|buen d[ií]a|saludos)\b"
    r"(?: (?:there|all|everyone|team|again|a todos))?[\s,.!¡;:-]*)+",
    re.IGNORECASE,
)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts in their order; nothing when the message is one question, or too long to be taken apart."""
    if len(text) > MOST_CHARS:
        return ()
    clauses = [clause for sentence in _SENTENCE.split(text) for clause in _JOINT.split(sentence)]
    parts = [clause.strip(" ,.;") for clause in clauses]
    kept = tuple(part for part in parts if len(part.split()) >= FEWEST_WORDS)
    return kept if 2 <= len(kept) <= MOST_PARTS else ()


def is_question(part: str) -> bool:
    """Whether the part has a question mark or begins like a question."""
    return "?" in part or bool(_BEGINS.match(part.strip()))


def after_greeting(text: str) -> str | None:
    """What follows the greeting with which the message begins; None without a greeting, or when it says too little."""
    greeting = _GREETING.match(text)
    rest = text[greeting.end() :].strip() if greeting else ""
    return rest if len(rest.split()) > FEWEST_WORDS else None
