"""What one message means to the state, and what is answered in the same breath. Pure; needs nobody's help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from holdfast.clinic import Clinic
from holdfast.content.country import country_named_in
from holdfast.content.language import is_surely_spoken, language_of, other_language, tells_language
from holdfast.content.languages import other_languages
from holdfast.crisis.types import Assessment, Level
from holdfast.door import commands
from holdfast.door.clean import Cleaned
from holdfast.door.messages import Inbound, Kind
from holdfast.door.plan import LASTING_FLAGS, Plan, renewed
from holdfast.door.state import ConversationState
from holdfast.door.takeover import bot_silent
from holdfast.door.texts import Draft, Texts


@dataclass(frozen=True)
class Came:
    """A message as it came, with what was made of it and the state it met."""

    message: Inbound
    cleaned: Cleaned
    assessment: Assessment | None
    before: ConversationState


def understand(
    state: ConversationState, cleaned: Cleaned, chosen: str | None, clinic: Clinic, texts: Texts
) -> ConversationState:
    """Country and language, when the words, a tapped button or the interface say them.

    ``chosen`` comes with the first message after the choice; where the words plainly are of another language, they win.
    """
    if chosen in clinic.languages:
        state = replace(state, language=chosen, other_language=None)
    if cleaned.command:
        return commands.understand(state, cleaned.command, texts.knows_country)
    if not cleaned.text:
        return state
    language = language_of(cleaned.text, state.language)
    if language in clinic.languages:
        state = replace(state, language=language)
    if (other := other_language(cleaned.text)) or tells_language(cleaned.text):
        state = replace(state, other_language=other)
    country = country_named_in(cleaned.text)
    if country and texts.knows_country(country):
        state = replace(state, country=country)
    return state


def heard(state: ConversationState, text: str, assessment: Assessment | None) -> ConversationState:
    """The state with the language in which a risk was found: its words tell more than small words that many share."""
    if assessment is None or is_surely_spoken(text):
        return state
    found = [signal.name.partition(".")[0] for signal in assessment.signals if signal.source == "lexicon"]
    others = [code for code in found if code in other_languages()]
    if not others or len(others) < len(found) or state.other_language in others:
        return state
    return replace(state, other_language=others[0])


def not_spoken(state: ConversationState, cleaned: Cleaned) -> bool:
    """Whether the message is in a language that the assistant does not speak, so that Rasa has nothing to answer."""
    return state.other_language is not None and bool(cleaned.text) and cleaned.command is None


def immediate(
    state: ConversationState, came: Came, plan: Plan, texts: Texts, now: datetime
) -> list[tuple[Kind, Draft]]:
    """What is answered in the same breath: card, quiet line, the door's own commands. Needs nobody's help."""
    drafts: list[tuple[Kind, Draft]] = []
    if plan.card:
        situations = came.assessment.flags if came.assessment else frozenset()
        drafts.append(("card", texts.card(plan.card, state, now, situations=situations | _lasting(state))))
        if plan.card.variant == "body" and came.cleaned.command not in (None, "/stop_numbers"):
            drafts.extend(commands.answer(came.cleaned.command, state, texts, now))  # more lines, another country
    elif state.country != came.before.country and (came.before.after_risk or came.cleaned.command):
        drafts.append(("card", texts.card(renewed(state), state, now, situations=state.flags)))
    elif corrected(came):
        pass  # a slip of the pen put right: the answer stands already
    elif bot_silent(state):
        pass  # a member of staff answers; the bot is silent
    elif came.message.unreadable is not None:
        drafts.append(("reply", texts.reply("unreadable", state, now)))
    elif not came.cleaned.text:
        drafts.append(("reply", texts.reply("empty", state, now)))
    elif came.cleaned.command:
        drafts.extend(commands.answer(came.cleaned.command, state, texts, now))
    elif not_spoken(state, came.cleaned):
        again = came.before.other_language == state.other_language
        drafts.append(("reply", texts.not_spoken(state, now, again=again)))
    elif came.cleaned.truncated:
        drafts.append(("reply", texts.reply("too_long", state, now)))
    if plan.quiet_line and not not_spoken(state, came.cleaned):
        drafts.append(("reply", texts.reply("quiet_line", state, now)))
    return drafts


def corrected(came: Came) -> bool:
    """Whether this is an edit without distress or risk in it: the message before it has its answer already."""
    return came.message.edit and came.assessment is not None and came.assessment.level < Level.DISTRESS


def _lasting(state: ConversationState) -> frozenset[str]:
    """Situations that stay true of a person through the conversation."""
    return (state.flags | state.context.flags) & LASTING_FLAGS
