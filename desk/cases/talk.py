"""Makes a readable talk of the door's events, and sums up what the bot has shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

_LEVEL_WORDS = {"distress": "distress", "concern": "concern", "crisis": "crisis", "emergency": "emergency"}
#: How a platform took a staff message, as the door reports it.
_DELIVERY = {
    "sent": "in their chat",
    "waiting": "not in their chat yet",
    "refused": "not delivered",
}


@dataclass(frozen=True)
class Line:
    """One thing that was said. ``side`` is ``person``, ``bot`` or ``staff``; ``read_as`` is what the detector found."""

    event_id: int
    side: str
    name: str
    text: str
    at: datetime | None
    kind: str = "reply"
    read_as: str = ""
    summary: str = ""
    delivery: str = ""


@dataclass(frozen=True)
class Shown:
    """What the person has been given so far."""

    numbers: tuple[str, ...] = ()
    last_card_at: datetime | None = None
    question_asked: bool = False
    told: str = ""


def lines_of(events: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The talk, oldest first. Cards get a one-line summary so that they do not push the words off the page."""
    return tuple(_line(event) for event in events)


def _line(event: Mapping[str, Any]) -> Line:
    author = event.get("author")
    side = {"user": "person", "staff": "staff"}.get(str(author), "bot")
    name = {"person": "The person", "staff": event.get("staff_name") or "Staff", "bot": "Assistant (bot)"}[side]
    detection = event.get("detection") or {}
    kind = str(event.get("kind") or "reply")
    numbers = ", ".join(_numbers(event)) if kind == "card" else ""
    return Line(
        event_id=int(event.get("event_id") or 0),
        side=side,
        name=str(name),
        text=str(event.get("text") or ""),
        at=_time(event.get("at")),
        kind=kind,
        read_as=_LEVEL_WORDS.get(str(detection.get("level")), "") if side == "person" else "",
        summary=f"Showed help lines: {numbers}" if numbers else "",
        delivery=_delivery(event) if side == "staff" else "",
    )


def _delivery(event: Mapping[str, Any]) -> str:
    words, problem = _DELIVERY.get(str(event.get("delivery")), ""), event.get("delivery_problem")
    return f"{words}: {problem}" if words and problem else words


def mark_of(lines: Sequence[Line]) -> str:
    """Changes with every line and with the delivery of every reply, so that a page knows whether it is up to date."""
    states = "|".join(line.delivery for line in lines if line.side == "staff")
    mark = f"{lines[-1].event_id if lines else 0}.{len(lines)}"
    return f"{mark}.{crc32(states.encode())}" if states else mark


def news_since(lines: Sequence[Line], mark: str) -> tuple[Line, ...]:
    """What the person has written since the page with that mark was made; nothing when the mark tells no event."""
    seen = mark.lstrip("-").partition(".")[0]
    if not (seen.isascii() and seen.isdecimal()):
        return ()
    return tuple(line for line in lines if line.side == "person" and line.event_id > int(seen))


def shown(events: Sequence[Mapping[str, Any]]) -> Shown:
    """Sums up cards, the direct question (SM-32) and what was said about people (G4)."""
    numbers: dict[str, None] = {}
    last, asked, told = None, False, ""
    for event in events:
        blocks = event.get("blocks") or ()
        asked = asked or any(block.get("type") == "question" for block in blocks)
        told = next((str(b["text"]) for b in blocks if b.get("type") == "notice" and b.get("text")), told)
        if event.get("kind") == "card":
            numbers.update(dict.fromkeys(_numbers(event)))
            last = _time(event.get("at"))
        elif event.get("kind") == "notice":
            told = str(event.get("text") or told)
    return Shown(tuple(numbers), last, asked, told)


def callback_of(state: Mapping[str, Any], episode: int) -> Mapping[str, Any] | None:
    """The request for a call that belongs to this episode's case, as the person's consent allows staff to see it.

    One that was only begun is nobody's business; once noted it stays with its case, also while it is being changed.
    """
    form = state.get("callback")
    if not isinstance(form, Mapping) or form.get("episode") != episode or not form.get("noted_at"):
        return None
    return form


def _numbers(event: Mapping[str, Any]) -> list[str]:
    found = []
    for block in event.get("blocks") or ():
        if block.get("type") == "emergency":
            found.append(str(block.get("display") or block.get("tel")))
        elif block.get("type") == "line":
            found.append(str(block.get("name")))
    return found


def _time(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(raw).replace("Z", "+00:00"))
    except ValueError:
        return None
