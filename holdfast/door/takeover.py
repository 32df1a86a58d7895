"""Decides what a takeover does to a conversation's state: who answers, and since when the person waits. Pure."""

from __future__ import annotations

from dataclasses import replace

from holdfast.door.callback.form import left
from holdfast.door.state import ConversationState


def taken(state: ConversationState, name: str, now: float, order_id: str | None = None) -> ConversationState:
    """``name`` answers from now on; the bot falls silent and the person waits for the first words."""
    return replace(
        state,
        staff_name=name,
        takeover_id=order_id,
        notice="claimed",
        waits_since=now,
        staff_silent=False,
        callback=left(state.callback),
    )


def nothing_new(state: ConversationState, name: str, order_id: str | None) -> bool:
    """Whether the order to take over changes nothing: it is carried out already, or that name answers as it is.

    The desk repeats an order whose answer it missed, perhaps after that member of staff has written or fallen silent.
    """
    repeated = order_id is not None and order_id == state.takeover_id
    return state.staff_name == name and (repeated or not state.staff_silent)


def handed_back(state: ConversationState) -> ConversationState:
    """The bot answers again."""
    return replace(state, staff_name=None, takeover_id=None, notice=None, waits_since=None, staff_silent=False)


def replied(state: ConversationState) -> ConversationState:
    """A member of staff has written. In a takeover nobody waits for them then, and a bot that helped out falls silent.

    Words alone take nothing over: without a takeover the bot goes on, and nobody is said to read (G4).
    """
    if state.staff_name is None:
        return state
    notice = "claimed" if state.staff_silent else state.notice
    return replace(state, notice=notice, waits_since=None, staff_silent=False)


def person_wrote(state: ConversationState, now: float) -> ConversationState:
    """The person waits for an answer since their first message after the last words of staff."""
    if state.staff_name is None or state.waits_since is not None:
        return state
    return replace(state, waits_since=now)


def silence_is_due(state: ConversationState, now: float, after_s: float) -> bool:
    """Whether the person has waited so long that the bot must say so and help on."""
    return (
        state.staff_name is not None
        and not state.staff_silent
        and state.waits_since is not None
        and now - state.waits_since >= after_s
    )


def fallen_silent(state: ConversationState) -> ConversationState:
    """The bot answers although a member of staff has the conversation; that they read it is no longer said (G4)."""
    return replace(state, staff_silent=True, notice=None)


def bot_silent(state: ConversationState) -> bool:
    """Whether the bot leaves the answer to a member of staff. Cards are sent all the same (G6)."""
    return state.staff_name is not None and not state.staff_silent
