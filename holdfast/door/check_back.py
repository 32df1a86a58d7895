"""The one check-back after a card: when it is due, what it asks, what the state keeps of it (SM-49). Pure.

It comes with the person's next message that is about something else, once an episode, and never unasked for
(docs/decisions/0011-check-back-with-the-next-message.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holdfast.door.denial import HEARD
from holdfast.door.state import ConversationState
from holdfast.door.takeover import bot_silent

#: After these the person is not in the middle of getting help, so that a question about it interrupts nothing.
_PLAIN = frozenset({"thanks", "goodbye", "heard", "distress", "out_of_scope"})


@dataclass(frozen=True)
class Question:
    """A check-back. ``name`` is what Rasa is told was asked, ``reply`` the content that asks it."""

    name: str
    reply: str


REACH = Question("reach", "check_back")
#: For a person who has told that somebody is with them: no number in it (SM-85).
EASE = Question("ease", "check_back_reached")


def due(state: ConversationState, intent: str | None, topic: str | None, *, carded: bool) -> Question | None:
    """The check-back that this turn's answer ends with, None when there is none to put."""
    if carded or state.checked_back or not (state.after_risk and state.episode_open) or bot_silent(state):
        return None
    if state.denial == HEARD:  # what a check-back would ask has been answered (SM-34)
        return None
    if topic is None and intent not in _PLAIN:
        return None
    return EASE if state.reached else REACH


def asked(state: ConversationState, question: Question) -> ConversationState:
    """The state after the question: it is not put again in this episode."""
    return replace(state, checked_back=True, asked_back=question.name)


def answered(state: ConversationState) -> ConversationState:
    """The state once the next message is on its way: only that one may be the answer."""
    return replace(state, asked_back=None) if state.asked_back else state
