"""After something was taken the body goes first: the emergency number stands before every answer. Pure.

A person who has swallowed or injected something often plays it down, asks about other things or wants no numbers; what
was taken goes on (SM-60, SM-61). It ends when help has arrived, when staff close the episode, or after some hours.
"""

from __future__ import annotations

import re

from holdfast.crisis.types import Assessment, Level
from holdfast.door.state import ConversationState

FLAG = "overdose"
#: So long after the last such message, in seconds. Not in the guidance: a clinician should say (docs/after-a-card.md).
LASTS_S = 6 * 3600.0
#: What Rasa may still say beside the number: what bears on the help itself.
ANSWERED = frozenset(
    {"utter_emergency_call", "utter_help_on_way", "utter_means_distance", "utter_call_police", "utter_who_reads"}
)
_ARRIVED = re.compile(
    r"\b(ambulance|paramedics?|medics?|emts?|crew)\b( \w+){0,2} (is|are|s|re|just|has|have)( \w+){0,1} "
    r"(here|arrived|came|with (me|us|him|her|them))\b"
    r"|\b(i am|i'm|im|we are|we're|he is|he's|she is|she's|they are)( \w+){0,2} (at|in) (the )?"
    r"(hospital|er|emergency room|ambulance|a and e|a&e|icu|ward)\b"
    r"|\b(ya )?(llegó|llego|llegaron|está aquí|esta aqui|están aquí|estan aqui)( \w+){0,2} "
    r"(ambulancia|paramédicos|paramedicos|911|112)\b"
    r"|\b(ambulancia|paramédicos|paramedicos)( \w+){0,2} (ya )?(llegó|llego|llegaron|está aquí|esta aqui|están aquí|"
    r"estan aqui)\b"
    r"|\b(estoy|estamos|está|esta)( \w+){0,2} en (el |la )?(hospital|urgencias|sala de emergencias|ambulancia)\b",
    re.IGNORECASE,
)
#: What makes of these words a question, a condition or their contrary: then nobody is there, and the number stays.
_NOT_SO = re.compile(
    r"\?|\b(no|not|never|isn'?t|aren'?t|hasn'?t|haven'?t|yet|if|when|until|should|would|wish|nobody|nunca|todavía|todavia|aún|aun"
    r"|si|cuando|hasta)\b",
    re.IGNORECASE,
)


def begins(assessment: Assessment) -> bool:
    """Whether a message tells of something that was taken, with danger in it."""
    return assessment.level is Level.EMERGENCY and FLAG in assessment.flags


def first(state: ConversationState, at: float) -> bool:
    """Whether the body goes first at this time, in seconds since the epoch."""
    return state.episode_open and at < state.body_until


def help_is_there(text: str | None) -> bool:
    """Whether the words say that an ambulance has come or that the person is at a hospital."""
    return text is not None and _ARRIVED.search(text) is not None and _NOT_SO.search(text) is None
