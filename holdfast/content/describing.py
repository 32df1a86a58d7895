"""A line in words: how to reach it, when it is open, and its block on a card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from holdfast.content.directory import Both, Line
from holdfast.content.hours import DAY, Hours, Span, is_open
from holdfast.content.types import Block
from holdfast.content.wording import Deck


def line_block(line: Line, deck: Deck, situations: frozenset[str], now: datetime) -> Block:
    """The block of a line, with only its confirmed ways of contact."""
    phone, text = line.shown_phone, line.shown_text
    return {
        "type": "line",
        "id": line.id,
        "name": line.name,
        "phone": {"display": local(phone[0], deck), "tel": phone[1]} if phone else None,
        "text": {"display": _text_display(line, deck), "sms": text[1]} if text else None,
        "chat_url": line.shown_chat,
        "hours_label": opening(line.hours, deck, now),
        "note": _note(line, deck, situations),
    }


def ways(line: Line, deck: Deck) -> str:
    """How to reach a line, for example ``call 988, text 988``. The chat only when there is nothing else."""
    parts = []
    if line.shown_phone:
        parts.append(deck.say("label.call", number=local(line.shown_phone[0], deck)))
    if line.shown_text:
        parts.append(deck.say("label.text", number=_text_display(line, deck)))
    if line.shown_chat and not parts:
        parts.append(deck.say("label.chat", number=line.shown_chat))
    return joined(parts, deck)


def written_ways(line: Line, deck: Deck) -> str:
    """How to write to a line: text and chat, those that are confirmed; empty when it takes neither."""
    parts = [deck.say("label.text", number=_text_display(line, deck))] if line.shown_text else []
    if line.shown_chat:
        parts.append(deck.say("label.chat", number=line.shown_chat))
    return joined(parts, deck)


def joined(parts: Sequence[str], deck: Deck) -> str:
    """Ways to reach a line in a row, the last one put to the others as the language does it."""
    if len(parts) < 2:
        return "".join(parts)
    return deck.say("label.ways", first=", ".join(parts[:-1]), last=parts[-1])


def opening(hours: Hours, deck: Deck, now: datetime) -> str:
    """When a line is open, in words; says so when it is closed now or when nobody has confirmed it."""
    if not hours.known:
        return deck.say("hours.unknown")
    text = schedule(hours, deck)
    return text if is_open(hours, now) else deck.say("hours.closed", hours=text)


def schedule(hours: Hours, deck: Deck) -> str:
    """The opening hours themselves, for example ``daily 09:00 to 24:00, Rome time``; empty when they are unknown."""
    if hours.always:
        return deck.say("hours.always")
    if not hours.known or hours.timezone is None:
        return ""
    spans = "; ".join(_span(span, deck) for span in hours.spans)
    city = hours.timezone.key.rpartition("/")[2].replace("_", " ")
    return deck.say("hours.zone", hours=spans, city=city)


def local(both: Both, deck: Deck) -> str:
    """The text of the deck's language, English when there is none."""
    return both.get(deck.language, both["en"])


def _span(span: Span, deck: Deck) -> str:
    facts = {"from": _clock(span.start), "to": _clock(span.end)}
    if len(span.days) == 7:
        return deck.say("hours.daily", **facts)
    return deck.say("hours.days", days=_days(span.days, deck), **facts)


def _days(days: tuple[int, ...], deck: Deck) -> str:
    names = deck.say("days").split()
    ordered = sorted(days, key=lambda day: (day - min(days)) % 7)
    start = next((day for day in ordered if (day - 1) % 7 not in days), ordered[0])
    run = [(start + step) % 7 for step in range(len(days))]
    if len(days) > 2 and set(run) == set(days):
        return deck.say("days.to", first=names[run[0]], last=names[run[-1]])
    return ", ".join(names[day] for day in ordered)


def _clock(minute: int) -> str:
    minute = minute if minute <= DAY else minute - DAY
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _text_display(line: Line, deck: Deck) -> str:
    number, _, keyword = line.shown_text or ("", "", None)
    return deck.say("label.keyword", keyword=keyword, number=number) if keyword else number


def _note(line: Line, deck: Deck, situations: frozenset[str]) -> str | None:
    parts = [local(line.audience, deck).rstrip(".") + "." if line.audience else None]
    parts.append(local(line.note, deck) if line.note else None)
    parts.extend(local(line.notes_for[name], deck) for name in sorted(situations) if name in line.notes_for)
    if line.shown_whatsapp:
        parts.append(deck.say("label.whatsapp", number=line.shown_whatsapp) + ".")
    if line.shown_chat and "chat" not in line.verified:
        parts.append(deck.say("label.chat_exists"))
    return " ".join(filter(None, parts)) or None
