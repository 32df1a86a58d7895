"""How urgent a case is: order, word and shape of each rank. For routing only, never shown to the person (SM-30)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from holdfast.escalation.record import PAGED_FLAGS

#: The detector's levels in rising order; `unassessed` never reaches the desk.
LEVELS = ("none", "distress", "concern", "crisis", "emergency")
#: Special situations that staff must learn of even when the level stays the same.
NEWS_FLAGS = PAGED_FLAGS | {"treat_tonight", "abuse", "injury", "minor"}


@dataclass(frozen=True)
class Urgency:
    """A rank in the queue. ``shape`` names a symbol, so that color is never the only difference."""

    key: str
    rank: int
    word: str
    shape: str
    meaning: str


URGENCIES = {
    each.key: each
    for each in (
        Urgency("emergency", 50, "Emergency", "octagon", "An attempt or overdose may be under way, or a time is set."),
        Urgency("crisis", 40, "Crisis", "diamond", "Active thoughts of suicide or self-harm, or a plan."),
        Urgency("concern", 30, "Concern", "square", "Veiled or passive signs. Today, by a person."),
        Urgency("request", 20, "Wants a person", "circle", "Asked to talk to a person. No alarm."),
        Urgency("callback", 10, "Wants a call", "ring", "Asked to be called back. No alarm."),
    )
}


def height(level: str) -> int:
    """The place of a detector level in the rising order; 0 for an unknown one."""
    return LEVELS.index(level) if level in LEVELS else 0


def urgency(level: str, flags: Collection[str], wishes: Collection[str], *, alarmed: bool) -> Urgency:
    """The rank of a case. ``alarmed``: an alarm came, not only a wish. Paging flags count as crisis (SM-77)."""
    if not alarmed:
        return URGENCIES["request" if "staff_request" in wishes else "callback"]
    if level == "emergency":
        return URGENCIES["emergency"]
    if level == "crisis" or PAGED_FLAGS & set(flags):
        return URGENCIES["crisis"]
    return URGENCIES["concern"]
