"""A wish to talk to a person or to be called back becomes a record for staff, each once an episode."""

from __future__ import annotations

from dataclasses import replace

from holdfast.door.conversation import Conversation
from holdfast.door.records import Wish, wish_record
from holdfast.escalation.record import OutboxRecord


def wish(conversation: Conversation, kind: Wish, at: float) -> OutboxRecord | None:
    """The record of the wish, None when staff have been told of it in this episode; the conversation remembers it."""
    before = conversation.state
    if kind == "staff_request":
        conversation.state = replace(before, staff_wanted=True)
    else:
        conversation.state = replace(before, callback_wanted=True)
    if conversation.state == before:
        return None
    return wish_record(conversation.id, conversation.state, kind, at)
