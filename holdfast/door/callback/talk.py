"""The call-back form in a conversation: from a message to a step, from a step to words and to what staff learn."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from holdfast.clinic import Clinic
from holdfast.crisis.types import Level
from holdfast.door.callback.form import CallBack
from holdfast.door.callback.steps import Heard, Setting, Step, step
from holdfast.door.conversation import Conversation
from holdfast.door.immediate import Came
from holdfast.door.messages import Kind
from holdfast.door.plan import Plan
from holdfast.door.records import callback_record
from holdfast.door.state import ConversationState
from holdfast.door.takeover import bot_silent
from holdfast.door.texts import Draft, Texts
from holdfast.door.wishes import wish
from holdfast.escalation.record import OutboxRecord

_LOG = logging.getLogger(__name__)


def heard(came: Came, label: str) -> Heard:
    """The message as the form sees it."""
    assessment = came.assessment
    distressed = assessment is not None and assessment.level >= Level.DISTRESS
    return Heard(came.cleaned.text, came.cleaned.command, label, distressed, came.message.edit)


def setting(state: ConversationState, clinic: Clinic, now: datetime) -> Setting:
    """Where the conversation stands."""
    return Setting(state.country, state.episode, now.timestamp(), read_by_staff=clinic.desk_enabled)


def listen(state: ConversationState, came: Came, plan: Plan, label: str, where: Setting) -> Step:
    """What the message does to the form. One that brings a card, or that a member of staff answers, does nothing."""
    if plan.card or bot_silent(state) or not came.cleaned.text or came.message.unreadable or came.cleaned.truncated:
        return Step(state.callback)
    try:
        return step(state.callback, heard(came, label), where)
    except Exception as error:  # whatever is wrong with the form, the message is answered (G2)
        _LOG.error("the call-back form failed: %s", type(error).__name__)
        return Step(state.callback)


def words(
    step: Step, state: ConversationState, clinic: Clinic, texts: Texts, now: datetime
) -> list[tuple[Kind, Draft]]:
    """What is said in a step."""
    form = step.form or CallBack()
    known = {"callback_name": form.name, "callback_contact": form.contact, "callback_time": form.time}
    names = ["callback_done_phone" if each == "callback_done" and not clinic.hours else each for each in step.say]
    return [("reply", texts.reply(name, state, now, **known)) for name in names]


def take(conversation: Conversation, step: Step, at: float) -> OutboxRecord | None:
    """Keeps the form as the step leaves it; the record that staff get of it, None when they learn nothing.

    The record holds no word of the form: staff read it at the desk, from the conversation store (G7).
    """
    before = conversation.state
    conversation.state = replace(before, callback=step.form)
    if step.news is None or step.form is None:
        return None
    episode = step.form.episode
    if step.news == "withdrawn":
        conversation.state = replace(conversation.state, callback_wanted=False)
        return callback_record(conversation.id, before, "withdrawn", at, episode=episode)
    noted = wish(conversation, "callback", at)
    return noted or callback_record(conversation.id, before, "corrected", at, episode=episode)
