"""Decides what a message does to the call-back form. Pure; what is said are names of replies, what follows is data.

A message that shows a risk never comes here: its card goes out and the form is left (`holdfast.door.plan`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from holdfast.content.form_words import FormWords
from holdfast.door.callback.contact import Contact, contact_in
from holdfast.door.callback.form import FIELDS, CallBack, Stage, erased, withdrawn
from holdfast.door.callback.reading import name_in

News = Literal["noted", "corrected", "withdrawn"]
#: Seconds after which a message is taken for the form's answer only when there is no doubt about it.
STALE_S = 3600.0
#: Harmless messages after a form was left, the last of which brings the one question whether to go on.
CALM = 2
#: How sure Rasa must be, 0 to 1, that something else was said than an answer to the form's question: of words that may
#: be the answer, and of words that cannot. Of forty names it was as sure of one; of twenty short questions, of sixteen.
SURE, LIKELY = 0.6, 0.35
#: So many words at most are a withdrawal where nothing stands that could be withdrawn.
WITHDRAWAL_WORDS = 10
#: Characters of a time at most, when it is plainly one and when it only may be one.
TIME_CHARS, VAGUE_TIME_CHARS = 150, 60
#: Intents that say nothing of their own while a question of the form is open.
_NOTHING = frozenset({"nlu_fallback", "out_of_scope", "callback", "affirm", "deny", "greet", "thanks", "goodbye"})
_DAYTIMES = frozenset({"morning", "afternoon", "evening", "any"})


@dataclass(frozen=True)
class Heard:
    """A message that shows no risk. ``label``: what stood on the button of ``command``."""

    text: str
    command: str | None = None
    label: str = ""
    distressed: bool = False
    edit: bool = False


@dataclass(frozen=True)
class Setting:
    """Where the conversation stands. ``country`` is where the person is; ``read_by_staff``: there is a desk."""

    country: str
    episode: int
    now: float
    read_by_staff: bool = True


@dataclass(frozen=True)
class Understood:
    """What Rasa made of the message; None and 0 when it did not answer."""

    intent: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class Step:
    """What follows. ``mine``: the message was the form's, Rasa has no part in it. ``unsure``: Rasa is asked what was
    said, and `settle` decides. ``news``: what staff learn."""

    form: CallBack | None
    say: tuple[str, ...] = ()
    mine: bool = False
    unsure: bool = False
    news: News | None = None


def begin(form: CallBack | None, setting: Setting) -> Step:
    """The person wishes a call: the form starts, or goes on where it was left."""
    if not setting.read_by_staff:
        return Step(form, ("callback_unavailable",), mine=True)
    if form is not None and form.status == "noted" and form.episode == setting.episode:
        return Step(form, ("callback_standing",), mine=True)
    if form is not None and form.status in ("asking", "left"):
        return _ask(form, setting)
    first = CallBack(episode=setting.episode, asked_at=setting.now)
    return Step(first, ("callback_begin", "callback_name"), mine=True)


def step(form: CallBack | None, heard: Heard, setting: Setting) -> Step:
    """What a message or a tapped button does."""
    if heard.command is not None:
        return _tapped(form, heard, setting)
    if form is None or form.status == "withdrawn":
        return _not_wanted(form, heard)
    if form.status == "noted":
        return _afterwards(form, heard, setting)
    if form.status == "left":
        return _offered(form, heard, setting)
    return _answered(form, heard, setting)


def settle(form: CallBack | None, heard: Heard, understood: Understood, setting: Setting) -> Step:
    """What an unsure message was, now that Rasa has been asked: an answer, or something else that Rasa answers."""
    if form is None or form.status != "asking":
        return Step(form)
    words = FormWords.load()
    name = name_in(heard.text, words) if form.stage == "name" else None
    time = form.stage == "time" and len(heard.text) <= VAGUE_TIME_CHARS and not words.is_polite(heard.text)
    known = understood.intent is not None and understood.intent not in _NOTHING
    elsewhere = known and understood.confidence >= (SURE if name or time else LIKELY)
    if heard.distressed or words.is_question(heard.text) or elsewhere:
        return replace(_ask(form, setting), mine=False)
    if name:
        return _ask(replace(form, name=name.text), setting)
    if time:
        return _ask(replace(form, time=heard.text), setting)
    return _missed(form, setting)


def calmer(form: CallBack | None, *, busy: bool = False) -> tuple[CallBack | None, bool]:
    """After a harmless message that was answered: whether to ask now, once, if the person wants to go on.

    ``busy``: something else is asked in this turn; then the message counts, and the question waits for the next one.
    """
    if form is None or form.status != "left" or form.offered:
        return form, False
    calm = form.calm + 1
    due = calm >= CALM and not busy
    return replace(form, calm=calm, offered=due, offer_open=due), due


def _tapped(form: CallBack | None, heard: Heard, setting: Setting) -> Step:
    if heard.command is None or not heard.command.startswith("/callback"):
        return Step(form)
    what = heard.command.removeprefix("/callback").strip()
    if what in ("cancel", "drop", "withdraw"):
        return _end(form)
    if form is None or form.status == "withdrawn" or not what:
        return begin(form, setting)
    if what == "change" and form.status != "left":
        return _ask(form, setting, "change")
    if what in FIELDS and form.status != "left":
        return _ask(form.without(what), setting)
    if form.status == "noted":
        return begin(form, setting)
    if form.status == "asking":
        if what == "back":
            return _back(form, setting)
        if what == "yes" and form.stage == "confirm" and form.open_stage == "confirm":
            return _noted(form, setting)
        if what in _DAYTIMES and heard.label and form.stage in ("time", "confirm", "change"):
            return _ask(replace(form, time=heard.label), setting)
    return _ask(form, setting)


def _answered(form: CallBack, heard: Heard, setting: Setting) -> Step:
    words, text = FormWords.load(), heard.text
    contact = contact_in(text, setting.country)
    if heard.edit:
        return _edited(form, contact, setting)
    if words.cancels_all(text) or words.withdraws(text):
        return _end(form)
    if words.says("back", text):
        return _back(form, setting)
    if words.asks_when(text):
        return Step(replace(form, asked_at=setting.now), ("callback_when", f"callback_{form.stage}"), mine=True)
    if contact and contact.value:
        return _with_contact(form, contact, setting)
    field = words.corrects(text)
    if field and field != form.stage and getattr(form, field):
        return _ask(form.without(field), setting)
    step = _by_stage(form, heard, contact, setting)
    if step.unsure and setting.now - form.asked_at > STALE_S:
        return Step(replace(form, status="left", calm=CALM - 1, offered=False))
    return step


def _by_stage(form: CallBack, heard: Heard, contact: Contact | None, setting: Setting) -> Step:
    words, text = FormWords.load(), heard.text
    yes, no = words.says("yes", text), words.says("no", text)
    if form.stage == "confirm" and yes:
        return _noted(form, setting)
    if form.stage == "confirm" and no:
        return _ask(form, setting, "change")
    if form.stage == "change":
        field = words.names_field(text)
        if field or no:
            return _ask(form.without(field) if field else form, setting)
    if form.stage == "name" and (name := name_in(text, words)) and name.sure:
        return _ask(replace(form, name=name.text), setting)
    if form.stage == "contact" and contact:
        wrong = "callback_phone_wrong" if contact.way == "phone" else "callback_email_wrong"
        missed = replace(form, misses=form.misses + 1, asked_at=setting.now)
        return Step(missed, (wrong,), mine=True)
    plain_time = words.tells_time(text) and not words.is_question(text) and not heard.distressed
    if form.stage == "time" and plain_time and len(text) <= TIME_CHARS:
        return _ask(replace(form, time=text), setting)
    if yes or no:
        return _missed(form, setting)
    return Step(form, unsure=True)


def _with_contact(form: CallBack, contact: Contact, setting: Setting) -> Step:
    """A number or address that can be one is taken wherever it comes, and a name beside it too."""
    name = name_in(contact.rest, FormWords.load()) if form.stage == "name" and contact.rest else None
    known = replace(form, way=contact.way, contact=contact.value, name=name.text if name else form.name)
    return _ask(known, setting)


def _edited(form: CallBack, contact: Contact | None, setting: Setting) -> Step:
    """An edited message puts the number or address right that stood in it; other edits change nothing."""
    if contact and contact.value and form.contact and contact.value != form.contact:
        return _with_contact(form, contact, setting)
    return Step(form)


def _afterwards(form: CallBack, heard: Heard, setting: Setting) -> Step:
    """A request that stands can be taken back or put right at any time."""
    words = FormWords.load()
    if heard.edit:
        return _edited(form, contact_in(heard.text, setting.country), setting)
    if words.withdraws(heard.text):
        return _end(form)
    if words.asks_when(heard.text):
        return Step(form, ("callback_when",), mine=True)
    field = words.corrects(heard.text)
    return _ask(form.without(field), setting) if field in ("name", "contact") else Step(form)


def _not_wanted(form: CallBack | None, heard: Heard) -> Step:
    """A short "do not call me" where no request stands is no wish for a call: it is said that there is none."""
    short = len(heard.text.split()) <= WITHDRAWAL_WORDS
    if short and not heard.distressed and not heard.edit and FormWords.load().withdraws(heard.text):
        return Step(form, ("callback_declined",), mine=True)
    return Step(form)


def _offered(form: CallBack, heard: Heard, setting: Setting) -> Step:
    words = FormWords.load()
    if words.withdraws(heard.text):
        return _end(form)
    if form.offer_open and words.says("yes", heard.text):
        return _ask(form, setting)
    if form.offer_open and (words.says("no", heard.text) or words.cancels_all(heard.text)):
        return _end(form)
    return Step(replace(form, offer_open=False))


def _ask(form: CallBack, setting: Setting, stage: Stage | None = None) -> Step:
    """The next question: that of ``stage``, else the first without an answer."""
    stage = stage or form.open_stage
    asked = replace(form, status="asking", stage=stage, asked_at=setting.now, misses=0, offer_open=False)
    return Step(asked, (f"callback_{stage}",), mine=True)


def _back(form: CallBack, setting: Setting) -> Step:
    """The question before; at the first one it is put again."""
    if form.stage == "change":
        return _ask(form, setting)
    order = (*FIELDS, "confirm")
    before = FIELDS[max(0, order.index(form.stage) - 1)]
    return _ask(form.without(before), setting, before)


def _missed(form: CallBack, setting: Setting) -> Step:
    missed = replace(form, misses=form.misses + 1, asked_at=setting.now)
    return Step(missed, ("callback_not_understood", f"callback_{form.stage}"), mine=True)


def _noted(form: CallBack, setting: Setting) -> Step:
    news: News = "noted" if form.noted_at is None else "corrected"
    noted = replace(form, status="noted", noted_at=setting.now, episode=setting.episode, misses=0)
    return Step(noted, ("callback_done",), mine=True, news=news)


def _end(form: CallBack | None) -> Step:
    """Cancelled before anything was passed on, or taken back afterwards."""
    if form is not None and form.noted_at is not None and form.status != "withdrawn":
        return Step(withdrawn(form), ("callback_withdrawn",), mine=True, news="withdrawn")
    return Step(erased(form), ("callback_declined",), mine=True)
