"""Words of the pages: waiting times, levels, history lines, flags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.timezone import localtime

from desk import clock, configuration
from desk.accounts.models import Member
from desk.cases.casebook import state_of
from desk.cases.levels import Urgency
from desk.cases.models import Case, Entry
from desk.cases.places import country_name, local_time
from desk.cases.state import OUTCOMES

register = template.Library()

FLAGS = {
    "harm_to_others": "May harm somebody else",
    "abuse": "Abuse or violence against them",
    "voices": "Hears voices that command harm",
    "after_session": "Reaction after a session",
    "treat_tonight": "Asks for treatment now against suicidal thoughts",
    "bereaved": "Lost somebody to suicide",
    "overdose": "Overdose or poisoning",
    "injury": "Injury or wound",
    "intoxicated": "Alcohol or drugs",
    "minor": "May be under 18",
    "veteran": "Veteran or service member",
    "deaf": "Cannot hear or speak on the phone",
}
CHANNELS = {"web": "Website chat", "slack": "Slack", "telegram": "Telegram", "ask": "Test", "drill": "Drill"}
LANGUAGES = {
    "en": "English", "es": "Spanish", "ar": "Arabic", "de": "German", "fr": "French", "hi": "Hindi", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian",
    "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
    "und": "a language that the assistant does not know",
}  # fmt: skip
HISTORY = {
    "opened": "Opened",
    "rise": "Level rose",
    "news": "New alarm",
    "context": "More was learned",
    "staff_request": "Asked for a person",
    "callback": "Asked to be called back",
    "alerted": "Alert sent",
    "notified": "Somebody was reached",
    "joined": "With whoever has the chat",
    "acknowledged": "Alert seen",
    "claimed": "Taken",
    "replied": "Reply reached the person",
    "handed_back": "Handed back to the bot",
    "resolved": "Resolved",
    "lifted": "All answers allowed again",
    "reopened": "Reopened",
    "staff_silent": "Nobody of the staff wrote for a while; the bot helps on",
}

#: What became of a request for a call.
CALLBACK = {"corrected": "Changed the details for a call", "withdrawn": "Took back the wish to be called"}


@register.filter
def waited(since: datetime | None) -> str:
    """How long ago, in the coarsest words that help: 40 s, 4 min, 1 h 12 min, 2 days."""
    if since is None:
        return ""
    seconds = max(0, int((clock.now() - since).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    days = minutes // (24 * 60)
    return f"{days} day{'s' if days > 1 else ''}"


@register.filter
def clock_time(at: datetime | None) -> str:
    """The clinic's local time; with the date when it is not today."""
    if at is None:
        return ""
    here, today = localtime(at), localtime(clock.now())
    return here.strftime("%H:%M") if here.date() == today.date() else here.strftime("%b %d, %H:%M")


@register.filter
def urgency(case: Case) -> Urgency:
    """Word and shape of the case's rank."""
    return state_of(case).urgency


@register.filter
def known(case: Case) -> str:
    """What a page shows of the person, to be posted with a button that ends something."""
    return state_of(case).known


@register.filter
def moment(seconds: float | None) -> datetime | None:
    """The time that the door gives in seconds since the epoch."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@register.filter
def flag_words(flags: list[str]) -> list[str]:
    """Special situations in words."""
    return [FLAGS.get(flag, flag.replace("_", " ")) for flag in flags]


@register.filter
def channel(name: str) -> str:
    """The channel's name."""
    return CHANNELS.get(name, name.capitalize())


@register.filter
def language(code: str) -> str:
    """The language's name."""
    return LANGUAGES.get(code, code)


@register.filter
def country(code: str | None) -> str:
    """The country's name."""
    return country_name(code)


@register.filter
def their_time(case: Case) -> str:
    """The time where the person is."""
    return local_time(case.timezone, case.country, clock.now())


@register.filter
def outcome(key: str) -> str:
    """An outcome in words."""
    return OUTCOMES.get(key, key)


@register.filter
def history_line(entry: Entry) -> str:
    """A line of the history in words, without the name and the time."""
    detail: dict[str, Any] = entry.detail or {}
    words = CALLBACK.get(detail.get("callback", ""), HISTORY.get(entry.kind, entry.kind))
    if entry.kind in ("opened", "rise", "news") and detail.get("level") not in (None, "none"):
        words += f": {detail['level']}"
    if entry.kind == "claimed" and detail.get("from"):
        words += f" over from {detail['from']}"
    if entry.kind == "joined":
        words += f": {detail.get('name', '')}"
    if entry.kind == "alerted":
        words += f": {', '.join(detail.get('targets', []))}"
    if entry.kind == "acknowledged" and detail.get("name"):
        words += f" by {detail['name']}"
    if entry.kind == "resolved":
        words += f": {OUTCOMES.get(detail.get('outcome', ''), '')}"
    return words


@register.filter
def spoken(words: str, member: Member) -> str:
    """A sentence of the script with the names filled in."""
    return words.replace("{name}", member.calls_themself).replace("{clinic}", configuration.clinic().name)


@register.inclusion_tag("_shape.html")
def shape(name: str) -> dict[str, str]:
    """The symbol of a rank; decoration, since the word stands beside it."""
    return {"name": name}
