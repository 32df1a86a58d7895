"""Decides what one assessed message leads to: card, notice, outbox record, next state. Pure; the heart of the door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from holdfast.crisis.context import next_context, question_due
from holdfast.crisis.types import Assessment, Level
from holdfast.door import body, denial
from holdfast.door.callback.form import left
from holdfast.door.state import ConversationState
from holdfast.door.takeover import bot_silent

Variant = Literal["full", "short", "link", "body"]
#: Flags that bring a card of their own, whatever the level (safe messaging SM-64, 73, 76, 77, 81, 83).
CARD_FLAGS = frozenset({"harm_to_others", "abuse", "voices", "after_session", "treat_tonight", "bereaved"})
#: Flags that staff learn of, whatever the level.
STAFF_FLAGS = frozenset({"harm_to_others", "voices", "after_session", "treat_tonight", "abuse"})
#: Flags that change what a card must say, so that the full card is due again.
TURNING_FLAGS = CARD_FLAGS | {"overdose", "injury"}
#: What stays true of a person through the conversation, and which lines fit them.
LASTING_FLAGS = frozenset({"veteran", "minor", "deaf"})


@dataclass(frozen=True)
class Facts:
    """What the decision needs from outside. ``on_duty``: somebody has agreed to read alerts now and can be reached;
    ``at``: the time, in seconds since the epoch."""

    on_duty: bool
    page_for_other: bool
    at: float = 0.0


@dataclass(frozen=True)
class CardOrder:
    """The card that is due."""

    variant: Variant
    level: Level
    ask_question: bool
    notice: str | None


@dataclass(frozen=True)
class Plan:
    """What happens with a message. ``record`` is the kind of outbox record, None when staff need not learn of it."""

    state: ConversationState
    card: CardOrder | None = None
    record: str | None = None
    queue_only: bool = False
    quiet_line: bool = False
    ask_rasa: bool = True


def renewed(state: ConversationState) -> CardOrder:
    """The full card again, for another country or language; what was true of people stays said (G4)."""
    return CardOrder("full", max(state.level, Level.CONCERN), False, state.notice if state.after_risk else None)


def notice_for(state: ConversationState, facts: Facts) -> str:
    """What may truthfully be said about people right after an alarm (G4): nobody has been notified yet."""
    if bot_silent(state):
        return "claimed"
    return "recorded" if facts.on_duty else "nobody"


def next_step(
    state: ConversationState,
    assessment: Assessment | None,
    facts: Facts,
    *,
    moves_on: bool = True,
    text: str | None = None,
) -> Plan:
    """The plan for a message. ``assessment`` is None when it is `unassessed`: the quiet line is added.

    ``text`` are its words, None where the models answered late: whether an alarm was denied is then not asked.

    ``moves_on`` is false for a tap without words: it answers no question and leaves the detector's context as it is.

    Rules: full card at the first alarm, at every rise, when the situation turns, and always at `emergency`; short
    otherwise; one discreet link after "stop sending numbers". The level never falls (G6), also not by a retraction
    (SM-19). After something was taken every answer begins with the emergency number, whatever else was wished (SM-60).
    A call-back form is left: the card comes alone.
    During a takeover the bot is silent, but a card that is due is sent all the same.
    """
    silent, before = bot_silent(state), state
    if state.denial and moves_on:
        state = replace(state, denial=denial.after(state, assessment, text))
    if body.help_is_there(text):
        state = replace(state, body_until=0.0)
    bodily = body.first(state, facts.at)
    if assessment is None:
        return Plan(state, card=_body_card(bodily, silent), quiet_line=not silent, ask_rasa=not silent)
    # The direct question is put once, to the person at risk, and never when danger is already plain (SM-32, SM-33).
    ask = question_due(state.context, assessment)
    if moves_on:
        state = replace(state, context=next_context(state.context, assessment))
    alarm = assessment.level >= Level.CONCERN
    due_flags = assessment.flags & CARD_FLAGS
    if not alarm and not due_flags:
        return _calm(state, assessment, silent, bodily=bodily)

    rises = alarm and assessment.level > state.level
    turns = bool((assessment.flags & TURNING_FLAGS) - state.flags)
    news = bool((assessment.flags & STAFF_FLAGS) - state.flags)
    # Staff who look for a friend must learn that it is the writer; with `worried_about_other: queue` nobody was paged.
    news = news or (alarm and state.subject == "other" and assessment.subject == "self")
    full = rises or turns or assessment.level is Level.EMERGENCY or (alarm and assessment.subject != state.subject)
    variant: Variant = "full" if full else "body" if bodily else "link" if state.quiet else "short"

    record = None
    if rises or news:
        record = "rise" if state.episode_open else "alarm"
    said = notice_for(state, facts) if record else None
    after = replace(
        state,
        episode_open=state.episode_open or record is not None,
        level=max(state.level, assessment.level) if alarm else state.level,
        subject=_subject(state, assessment) if alarm else state.subject,
        flags=state.flags | assessment.flags,
        after_risk=state.after_risk or alarm,
        quiet=state.quiet and not rises,
        reached=state.reached and not alarm,
        denial=state.denial or (denial.OPEN if text is not None and denial.opens(before, assessment) else None),
        notice=said or state.notice,
        callback=left(state.callback),
        body_until=facts.at + body.LASTS_S if body.begins(assessment) else state.body_until,
    )
    queue_only = record is not None and assessment.subject == "other" and not facts.page_for_other
    return Plan(
        after,
        card=CardOrder(variant, assessment.level, ask, said if variant == "full" else None),
        record=record,
        queue_only=queue_only,
        ask_rasa=not silent,
    )


def _body_card(bodily: bool, silent: bool) -> CardOrder | None:
    """The emergency number before an answer, while the body goes first and no member of staff writes."""
    return CardOrder("body", Level.EMERGENCY, False, None) if bodily and not silent else None


def _calm(state: ConversationState, assessment: Assessment, silent: bool, *, bodily: bool) -> Plan:
    """No risk in it; but after a card, who the person is may bring other lines to the front (SM-74, SM-75, SM-78)."""
    new = (assessment.flags & LASTING_FLAGS) - state.flags
    if bodily:
        return Plan(state, card=_body_card(bodily, silent), ask_rasa=not silent)
    if not new or not state.episode_open:
        return Plan(state, ask_rasa=not silent)
    after = replace(state, flags=state.flags | new)
    return Plan(after, card=None if state.quiet else renewed(after), ask_rasa=not silent)


def _subject(state: ConversationState, assessment: Assessment) -> Literal["self", "other"] | None:
    """The first person wins over the third."""
    return "self" if "self" in (state.subject, assessment.subject) else assessment.subject or state.subject


def clear_episode(state: ConversationState, *, lift: bool = True) -> ConversationState:
    """The state after a member of staff closed the episode: the next alarm opens a new one; ``lift`` lifts G5 too."""
    return replace(
        state,
        episode=state.episode + 1,
        episode_open=False,
        level=Level.NONE,
        subject=None,
        flags=frozenset(),
        after_risk=state.after_risk and not lift,
        quiet=False,
        reached=False,
        checked_back=False,
        asked_back=None,
        denial=None,
        staff_wanted=False,
        callback_wanted=False,
        notice=None,
        body_until=0.0,
        context=replace(
            state.context,
            highest=Level.NONE,
            subject=None,
            question_open=False,
            question_put=False,
            distress_turns=0,
            flags=frozenset(),
        ),
    )
