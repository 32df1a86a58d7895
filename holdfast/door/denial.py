"""An alarm that the person plainly denies in the very next message: when that counts, and what it never changes. Pure.

Level, episode, record and what is held back after a risk stay as they are (SM-19, G5, G6). The bot only goes on calmer:
no check-back, and no lines in answers that have nothing to do with a risk (docs/after-a-card.md).
"""

from __future__ import annotations

from typing import Literal

from holdfast.content.denials import Denials
from holdfast.crisis.types import Assessment, Level
from holdfast.door.state import ConversationState

#: The next message may deny the alarm; it has been denied.
OPEN: Literal["open"] = "open"
HEARD: Literal["heard"] = "heard"


def opens(before: ConversationState, assessment: Assessment) -> bool:
    """Whether this alarm may be denied: the first of its episode, `concern` about the writer, heard by a model alone.

    Words that the lexicon knows were said; to deny them is to take them back (SM-19). Neither a flag nor distress in
    the turns before may stand beside it (SM-25).
    """
    first = not before.episode_open and not before.after_risk and not before.context.distress_turns
    quiet = first and not (before.flags or before.context.flags or assessment.flags)
    return quiet and assessment.subject == "self" and _by_model_alone(assessment)


def after(state: ConversationState, assessment: Assessment | None, text: str | None) -> Literal["heard"] | None:
    """What becomes of a denial with the next message: only the very next gives it, distress or a risk ends it."""
    if assessment is None or text is None:
        return None
    calm = assessment.level is Level.NONE and not assessment.flags
    return HEARD if given(state, assessment, text) or (state.denial == HEARD and calm) else None


def given(state: ConversationState, assessment: Assessment, text: str) -> bool:
    """Whether the message plainly denies the alarm before it. A risk in it, or a taking back, is no denial (SM-19).

    Where a model alone finds a `concern` in the denial itself, nothing else may stand in it; its card goes out.
    """
    if state.denial != OPEN or assessment.flags or assessment.retraction or assessment.asks_means:
        return False
    if assessment.answer in ("yes", "unsure") or assessment.subject == "other":
        return False
    if assessment.level is Level.NONE:
        return Denials.load().denies(text)
    return _by_model_alone(assessment) and Denials.load().denies(text, nothing_else=True)


def _by_model_alone(assessment: Assessment) -> bool:
    said = any(signal.source != "classifier" and signal.level >= Level.CONCERN for signal in assessment.signals)
    return assessment.level is Level.CONCERN and not said and not assessment.asks_means
