"""Wishes to talk to a person or to be called back: recorded once an episode, of lower rank than any alarm."""

import pytest

from holdfast.door.conversation import Conversation
from holdfast.door.plan import clear_episode
from holdfast.door.records import Wish
from holdfast.door.state import ConversationState
from holdfast.door.wishes import wish


@pytest.mark.parametrize("kind", ["staff_request", "callback"])
def test_a_wish_is_recorded_once_an_episode_and_pages_nobody(kind: Wish) -> None:
    conversation = Conversation("w_1", ConversationState())
    first = wish(conversation, kind, 5.0)
    assert first is not None and first.kind == kind and first.queue_only and not first.pages
    assert wish(conversation, kind, 6.0) is None
    conversation.state = clear_episode(conversation.state)
    again = wish(conversation, kind, 7.0)
    assert again is not None and again.episode == 2


def test_both_wishes_of_an_episode_are_recorded() -> None:
    conversation = Conversation("w_1", ConversationState())
    assert wish(conversation, "staff_request", 5.0) and wish(conversation, "callback", 6.0)
