"""Rasa's memory: bounded in number, age and length; a conversation goes on as if nothing had been cut."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa; make test runs these there")

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.utils.endpoints import EndpointConfig

from holdfast.dialogue.recent import FORGOTTEN_AFTER_S, MOST_MESSAGES, RecentConversations

DOMAIN = Domain.load(str(Path(__file__).resolve().parents[2] / "domain.yml"))


class Clock:
    """A clock that the test turns."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def say(store: RecentConversations, sender: str, text: str) -> None:
    tracker = await store.get_or_create_tracker(sender)
    tracker.update(UserUttered(text, {"name": "greet"}), DOMAIN)
    tracker.update(ActionExecuted("utter_greet"), DOMAIN)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    await store.save(tracker)


async def test_a_conversation_is_remembered() -> None:
    store = RecentConversations(DOMAIN)
    await say(store, "a-1", "hello")
    tracker = await store.retrieve("a-1")
    assert tracker is not None and tracker.latest_message.text == "hello"
    assert await store.retrieve("b-1") is None


async def test_the_least_recent_is_forgotten_first() -> None:
    store = RecentConversations(DOMAIN, most=2)
    for sender in ("a-1", "b-1", "a-1", "c-1"):
        await say(store, sender, "hello")
    assert sorted(await store.keys()) == ["a-1", "c-1"]


async def test_a_silent_conversation_is_forgotten() -> None:
    clock = Clock()
    store = RecentConversations(DOMAIN, clock=clock)
    await say(store, "a-1", "hello")
    clock.now = FORGOTTEN_AFTER_S + 1
    assert await store.retrieve("a-1") is None


async def test_a_long_conversation_keeps_its_end_and_its_slots() -> None:
    store = RecentConversations(DOMAIN)
    tracker = await store.get_or_create_tracker("a-1")
    tracker.update(SlotSet("country", "CA"), DOMAIN)
    await store.save(tracker)
    for number in range(MOST_MESSAGES * 3):
        await say(store, "a-1", f"message {number}")
    tracker = await store.retrieve("a-1")
    assert tracker is not None
    texts = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert texts == [f"message {number}" for number in range(MOST_MESSAGES * 2, MOST_MESSAGES * 3)]
    assert tracker.get_slot("country") == "CA"
    assert tracker.latest_action_name == "action_listen"


async def test_rasa_finds_the_store_by_its_module_path() -> None:
    endpoint = EndpointConfig(type="holdfast.dialogue.recent.RecentConversations")
    store = TrackerStore.create(endpoint, DOMAIN)
    await say(store, "a-1", "hello")
    assert await store.exists("a-1")
