"""Wishes to talk to a person or to be called back: recorded once an episode, of lower rank than any alarm."""

from dataclasses import replace

import pytest

from holdfast.crisis.types import Level
from holdfast.door.callback.form import CallBack
from holdfast.door.conversation import Conversation
from holdfast.door.plan import clear_episode
from holdfast.door.records import Wish
from holdfast.door.state import ConversationState
from holdfast.door.wishes import wish
from tests.door.alone import Alone

NOTED = CallBack("noted", "confirm", "Ana", "phone", "+1 303-555-0147", "mornings", noted_at=900.0)


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


def noted_then_resolved(alone: Alone, **later: object) -> None:
    """Somebody whose request for a call was of an episode that staff have closed since."""
    alone.open()
    conversation = alone.parts.registry.known("c")
    assert conversation is not None
    closed = clear_episode(replace(conversation.state, callback=NOTED, callback_wanted=True))
    conversation.state = replace(closed, **later)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["words", "delete"])
@pytest.mark.parametrize("later", [{}, {"level": Level.CRISIS, "subject": "self", "episode_open": True}])
def test_a_wish_taken_back_after_the_case_was_closed_is_news_of_that_case_and_pages_nobody(
    alone: Alone, way: str, later: dict[str, object]
) -> None:
    noted_then_resolved(alone, **later)
    if way == "words":
        alone.say("please do not call me")
    else:
        alone.loop.run_until_complete(alone.door.forget_words("c", "delete"))
    (told,) = alone.records()
    assert (told.kind, dict(told.details), told.episode) == ("context", {"callback": "withdrawn"}, 1)
    assert (told.level, told.subject, told.pages) == ("none", None, False)
    assert alone.state().episode == 2 and alone.state().callback == CallBack("withdrawn", noted_at=900.0)


def test_a_wish_taken_back_within_a_crisis_pages_nobody_either(alone: Alone) -> None:
    alone.open()
    conversation = alone.parts.registry.known("c")
    assert conversation is not None
    conversation.state = replace(
        conversation.state, callback=NOTED, callback_wanted=True, level=Level.CRISIS, subject="self", episode_open=True
    )
    alone.say("please do not call me")
    (told,) = alone.records()
    assert (told.episode, told.level, told.pages) == (1, "crisis", False)
    assert not alone.state().callback_wanted
