"""Brings two states of one conversation together: the stored one, and what came while that could not be read. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from holdfast.crisis.types import Context, Level, Subject
from holdfast.door.callback.form import left
from holdfast.door.state import ConversationState
from holdfast.door.takeover import person_wrote

#: What either side knows stays known.
_EITHER = ("episode_open", "after_risk", "checked_back", "staff_wanted", "callback_wanted")
#: Numbers and times that only grow.
_GREATER = ("episode", "disclosed_at", "wrote_at", "forgotten_before")
#: Staff act only on a conversation that was read.
_THEIRS = ("staff_name", "takeover_id", "staff_silent", "waits_since")


def merged(base: ConversationState, ours: ConversationState, theirs: ConversationState) -> ConversationState:
    """The state that knows both: ``theirs`` was stored, ``ours`` began as ``base`` without knowing it.

    What changed in ours since its beginning counts, for it is newer; the rest is theirs. The level is never lower than
    either side knows (G6). To merge the same again changes nothing.
    """
    changed: dict[str, Any] = {
        field.name: getattr(ours, field.name)
        for field in fields(ours)
        if field.name not in _THEIRS and getattr(ours, field.name) != getattr(base, field.name)
    }
    alarm = ours.level >= Level.CONCERN
    if alarm and ours.level > theirs.level:  # a rise ends the wish for fewer numbers, as in `holdfast.door.plan`
        changed["quiet"] = ours.quiet
    if alarm:
        changed["reached"] = ours.reached
        changed.setdefault("callback", left(theirs.callback))
    state = replace(
        theirs,
        **{
            **changed,
            **{name: getattr(ours, name) or getattr(theirs, name) for name in _EITHER},
            **{name: max(getattr(ours, name), getattr(theirs, name)) for name in _GREATER},
            "level": max(ours.level, theirs.level),
            "subject": _subject(ours, theirs),
            "flags": ours.flags | theirs.flags,
            "issued": ours.issued | theirs.issued,
            "context": _context(base.context, ours.context, theirs.context),
            "notice": ours.notice or theirs.notice,
            "callback": changed.get("callback") or theirs.callback,
            # Nobody knows what stood between alarm and denial; only one that was stored as heard counts.
            "denial": "heard" if theirs.denial == "heard" and not alarm else None,
        },
    )
    return person_wrote(state, ours.wrote_at) if ours.wrote_at > theirs.wrote_at else state


def _subject(ours: ConversationState | Context, theirs: ConversationState | Context) -> Subject | None:
    """The first person wins over the third."""
    return "self" if "self" in (ours.subject, theirs.subject) else ours.subject or theirs.subject


def _context(base: Context, ours: Context, theirs: Context) -> Context:
    """The turns before, of both; whether the question is open is as the newer turns left it."""
    if ours == base:
        return theirs
    return replace(
        ours,
        highest=max(ours.highest, theirs.highest),
        subject=_subject(ours, theirs),
        distress_turns=max(ours.distress_turns, theirs.distress_turns),
        flags=ours.flags | theirs.flags,
        question_put=ours.question_put or theirs.question_put,
    )
