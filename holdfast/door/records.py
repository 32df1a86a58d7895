"""Makes outbox records and detection notes out of a conversation's state. No words of the user (G7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from holdfast.crisis.types import Assessment, Level
from holdfast.door.plan import CARD_FLAGS
from holdfast.door.state import ConversationState
from holdfast.escalation.record import OutboxRecord, new_record_id

Wish = Literal["staff_request", "callback"]


def alarm_record(
    conversation_id: str, state: ConversationState, assessment: Assessment, kind: str, *, queue_only: bool, at: float
) -> OutboxRecord:
    """The record of an alarm or a rise."""
    return _record(
        conversation_id,
        state,
        kind,
        at,
        level=assessment.level.label,
        subject=assessment.subject,
        flags=tuple(sorted(assessment.flags)),
        signals=tuple(f"{signal.source}:{signal.name}" for signal in assessment.signals[:8]),
        queue_only=queue_only,
    )


def wish_record(conversation_id: str, state: ConversationState, kind: Wish, at: float) -> OutboxRecord:
    """The record of a wish to talk to a person or to be called back; of lower rank than any alarm."""
    return _record(conversation_id, state, kind, at, level=state.level.label, subject=state.subject, queue_only=True)


def callback_record(
    conversation_id: str, state: ConversationState, news: Literal["corrected", "withdrawn"], at: float, *, episode: int
) -> OutboxRecord:
    """The record that a request for a call was put right or taken back; what it says stays in the store.

    ``episode`` is that of the request: staff may have closed it since, and what came later is not news of its case.
    """
    if episode != state.episode:
        state = replace(state, episode=episode, level=Level.NONE, subject=None)
    return _record(
        conversation_id,
        state,
        "context",
        at,
        level=state.level.label,
        subject=state.subject,
        queue_only=True,
        details={"callback": news},
    )


def staff_silent_record(conversation_id: str, state: ConversationState, at: float) -> OutboxRecord:
    """The record of a person who waits although a member of staff has their case."""
    details = {"staff_silent": "yes"}
    return _record(
        conversation_id, state, "context", at, level=state.level.label, subject=state.subject, details=details
    )


def _record(conversation_id: str, state: ConversationState, kind: str, at: float, **more: Any) -> OutboxRecord:
    return OutboxRecord(
        record_id=new_record_id(),
        kind=kind,
        conversation_id=conversation_id,
        episode=state.episode,
        created_at=at,
        channel=state.channel,
        country=state.country,
        language=state.other_language or state.language,
        timezone=state.timezone,
        drill=state.drill,
        **more,
    )


def detection_note(assessment: Assessment | None) -> dict[str, Any]:
    """What is kept beside a message for staff: level, signals, scores."""
    if assessment is None:
        return {"level": "unassessed", "signals": []}
    return {
        "level": assessment.level.label,
        "subject": assessment.subject,
        "score": round(assessment.score, 4),
        "flags": sorted(assessment.flags),
        "signals": [[each.source, each.name, each.level.label, round(each.score, 4)] for each in assessment.signals],
    }


def rasa_metadata(state: ConversationState, assessment: Assessment | None, *, carded: bool) -> dict[str, Any]:
    """What Rasa is told, so that its NLU does not assess again and its intent agrees."""
    said = None
    if assessment is not None:
        said = {
            "level": assessment.level.label,
            "subject": assessment.subject,
            "flags": sorted(assessment.flags),
            "answer": assessment.answer,
            "score": assessment.score,
            "asks_means": assessment.asks_means,
        }
    return {
        "assessment": said,
        "language": state.language,
        "country": state.country,
        "card_sent": carded,
        "after_risk": state.after_risk,
        "after_card": state.after_risk or bool(state.flags & CARD_FLAGS),
        "asked_back": state.asked_back,
        "about": state.subject,
        "reached": state.reached,
        "denied": state.denial == "heard",
        "flags": sorted(state.flags | state.context.flags),
        "channel": state.channel,
    }
