"""The facts that replies and answers leave open, gathered in one place for the door and for Rasa's renderer."""

from __future__ import annotations

from datetime import datetime

from holdfast.clinic import DAYS, Clinic, Week
from holdfast.content.cards import crisis_hint, lines_text
from holdfast.content.country import country_name
from holdfast.content.directory import Directory
from holdfast.content.wording import TOLD, Deck, Wording
from holdfast.content.writing import written_help


def facts(
    clinic: Clinic,
    country: str | None,
    language: str,
    directory: Directory,
    wording: Wording,
    now: datetime,
    *,
    notice: str | None = None,
    staff_name: str | None = None,
    situations: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Every fact by its placeholder; hand it over as ``wording.reply(name, language, **facts(...))``.

    ``country`` is where the person is (the clinic's own when None). ``notice`` is the G4 state; ``situations`` bring
    lines to the front as on a card. What the clinic has not told is empty, and `answers` say so.
    """
    code = country or clinic.country
    deck = wording.deck(language)
    place = directory.country(code)
    name = directory.name(code, deck.language) if place else country_name(code, deck.language)
    return {
        "lines": lines_text(code, language, directory, wording, now, situations),
        "crisis_hint": crisis_hint(code, language, directory, wording, now),
        "written_help": written_help(code, language, directory, wording, now),
        "country_name": name or code,
        "emergency": place.emergency.display if place else deck.say("emergency.unknown"),
        "notice": wording.notice(notice, language, staff_name) if notice else "",
        "staff_button": deck.say("button.leave" if notice == "nobody" else "button.talk"),
        "staff_name": staff_name or deck.say("staff.unnamed"),
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "on_call_phone": clinic.on_call_phone,
        "clinic_place": _place(clinic, deck.language),
        "clinic_hours": week_text(clinic.hours, deck),
        **{f"about_{key}": clinic.about.get(key, {}).get(deck.language, "") for key in TOLD},
        "chat_readers": clinic.chat.readers.get(deck.language) or deck.say("chat.readers.none"),
        "emergency_calls": _emergency_calls(clinic, deck),
        "duty_now": _duty(clinic, deck, now, staff_name if notice == "claimed" else None),
        "prices": _prices(clinic, deck),
        "languages": written(clinic, deck),
        "days": str(clinic.retention_days),
        "sources": "",  # of one answer; who asks for the reply hands them over
    }


def written(clinic: Clinic, deck: Deck) -> str:
    """The languages that the assistant writes for this clinic, in words."""
    return deck.say("languages.both" if len(clinic.languages) > 1 else f"languages.{clinic.languages[0]}")


def _emergency_calls(clinic: Clinic, deck: Deck) -> str:
    """Whether staff may call emergency services, and by which rule; what the clinic has not told is not invented."""
    if clinic.chat.staff_call is None:
        return deck.say("chat.calls.none")
    said = deck.say("chat.calls.yes" if clinic.chat.staff_call else "chat.calls.no")
    return f"{said} {clinic.chat.policy.get(deck.language, '')}".strip()


def _duty(clinic: Clinic, deck: Deck, now: datetime, reading: str | None) -> str:
    """Whether somebody is there now, and who reads when somebody does (G4)."""
    if reading:
        return deck.truth("claimed", reading)
    return deck.say("duty.now") if clinic.on_duty(now) else deck.truth("nobody", None)


def week_text(week: Week, deck: Deck) -> str:
    """The clinic's opening hours in words, for example ``Mon 09:00 to 17:00``; empty when it has none."""
    names = deck.say("days").split()
    return ", ".join(
        deck.say("hours.days", **{"days": names[DAYS.index(day)], "from": _clock(start), "to": _clock(end)})
        for day, spans in week.items()
        for start, end in spans
    )


def _prices(clinic: Clinic, deck: Deck) -> str:
    """The clinic's prices; those that it gives in another language only are said to be in that language."""
    said = [price[deck.language] for price in clinic.prices if deck.language in price]
    elsewhere: dict[str, list[str]] = {}
    for price in clinic.prices:
        if price and deck.language not in price:
            code, text = next(iter(price.items()))
            elsewhere.setdefault(code, []).append(text)
    said += [deck.say(f"prices.in_{code}", prices=" ".join(texts)) for code, texts in elsewhere.items()]
    return " ".join(said) or deck.say("prices.none")


def _place(clinic: Clinic, language: str) -> str:
    """The address as a sentence, and how to get there when the clinic has told; empty without an address."""
    place = clinic.place.get(language, next(iter(clinic.place.values()), "")).rstrip(".")
    directions = clinic.about.get("directions", {}).get(language, "")
    return f"{place}. {directions}".strip() if place else ""


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}" if minute != 24 * 60 else "24:00"
