"""Makes any inbound text safe to handle: type, size, control characters, leading slash. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

#: The longest text that is kept and shown, in characters. Detection sees all of it, models and Rasa a part.
MAX_CHARS = 100_000
#: What Rasa is given at most, in characters: its own cost grows with the square of the length.
RASA_CHARS = 1_500
_KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True)
class Cleaned:
    """A message as the door works with it. ``command`` is the payload of a button that the server issued."""

    text: str
    command: str | None
    truncated: bool

    @property
    def for_rasa(self) -> str:
        """Text for Rasa: bounded, its head and its tail, never beginning like a command."""
        text = self.text if len(self.text) <= RASA_CHARS else f"{self.text[:1000]} ... {self.text[-450:]}"
        return "".join(" " if unicodedata.category(char) == "Cc" else char for char in text).lstrip(" /\t\n") or "."


def clean(text: str, issued: Collection[str]) -> Cleaned:
    """Cleans ``text``. Only a text equal to an issued payload is a command; other leading slashes are text (G6)."""
    kept = "".join(
        char for char in text[:MAX_CHARS] if char in _KEPT_CONTROLS or unicodedata.category(char) not in ("Cc", "Cs")
    )
    stripped = kept.strip()
    return Cleaned(
        stripped, stripped if stripped.startswith("/") and stripped in issued else None, len(text) > MAX_CHARS
    )
