"""When the assistant says again that it is an automated program. Pure; the clock is the door's.

It says so at the start, again three hours later while somebody goes on writing, and again after an absence of seven
days (SM-46; the notice at start and at least every three hours, and after seven days, that the laws listed in
docs/safe-messaging.md ask for). The times are no setting: no clinic may choose to be less open.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.door.state import ConversationState

#: Seconds after the last disclosure at which the next message is answered with one.
REMIND_AFTER_S = 3 * 3600.0
#: Seconds without a message after which a person is greeted as at the start.
ABSENT_AFTER_S = 7 * 24 * 3600.0


def disclosure_due(state: ConversationState, now: float) -> str | None:
    """The name of the reply that discloses, None when none is due. ``now`` is the time of the message.

    A person whom a platform brought without a greeting gets it with the first answer that is no card.
    """
    if not state.disclosed_at:
        return None if state.address is None else "greeting"
    if now - state.disclosed_at < REMIND_AFTER_S:
        return None
    absent = state.wrote_at and now - state.wrote_at >= ABSENT_AFTER_S
    return "greeting" if absent else "disclosure"


def disclosed(state: ConversationState, now: float) -> ConversationState:
    """The state once it has been said."""
    return replace(state, disclosed_at=now)


def wrote(state: ConversationState, now: float) -> ConversationState:
    """The state after a message of the person."""
    return replace(state, wrote_at=now)
