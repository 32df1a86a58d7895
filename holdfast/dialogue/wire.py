"""Assessment and context as JSON-ready data: what the door sends, and what Rasa's tracker keeps of a turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.crisis.types import FLAGS, Assessment, Context, Level

_SUBJECTS = (None, "self", "other")
_ANSWERS = (None, "yes", "no", "unsure")


def assessment_from(data: Mapping[str, Any]) -> Assessment:
    """The assessment in ``data`` (docs/architecture.md, "Rasa turn"). Unknown flags are dropped. Raises ValueError."""
    subject, answer, score = data.get("subject"), data.get("answer"), data.get("score", 0.0)
    level = _level(data.get("level"))
    if subject not in _SUBJECTS:
        raise ValueError("assessment.subject must be self, other or null")
    if answer not in _ANSWERS:
        raise ValueError("assessment.answer must be yes, no, unsure or null")
    if isinstance(score, bool) or not isinstance(score, int | float):
        raise ValueError("assessment.score must be a number")
    return Assessment(
        level,
        subject,
        score=float(score),
        flags=_flags(data.get("flags", ())),
        answer=answer,
        asks_means=data.get("asks_means") is True,
    )


def assessment_to(assessment: Assessment) -> dict[str, Any]:
    """Reverses `assessment_from`; signals stay with who assessed."""
    return {
        "level": assessment.level.label,
        "subject": assessment.subject,
        "flags": sorted(assessment.flags),
        "answer": assessment.answer,
        "score": round(float(assessment.score), 4),
        **({"asks_means": True} if assessment.asks_means else {}),
    }


def context_from(data: Mapping[str, Any]) -> Context:
    """The context in ``data``. Raises ValueError."""
    turns = data.get("distress_turns", 0)
    if data.get("subject") not in _SUBJECTS or not isinstance(turns, int):
        raise ValueError("not a context")
    return Context(
        highest=_level(data.get("highest")),
        subject=data.get("subject"),
        question_open=data.get("question_open") is True,
        question_put=data.get("question_put") is True,
        distress_turns=turns,
        flags=_flags(data.get("flags", ())),
    )


def context_to(context: Context) -> dict[str, Any]:
    """Reverses `context_from`."""
    return {
        "highest": context.highest.label,
        "subject": context.subject,
        "question_open": context.question_open,
        "question_put": context.question_put,
        "distress_turns": context.distress_turns,
        "flags": sorted(context.flags),
    }


def _level(label: Any) -> Level:
    if not isinstance(label, str):
        raise ValueError("a level must be one of its labels")
    return Level.of(label)


def _flags(raw: Any) -> frozenset[str]:
    if isinstance(raw, str) or not isinstance(raw, Iterable) or not all(isinstance(flag, str) for flag in raw):
        raise ValueError("flags must be a list of names")
    return FLAGS & frozenset(raw)
