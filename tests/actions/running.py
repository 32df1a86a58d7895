"""Runs one custom action on a message: its events."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


def events_of(action: Action, text: str | None, intent: str | None = None) -> list[dict[str, Any]]:
    """What the action makes of a conversation whose latest message is ``text``, understood as ``intent``."""
    latest = {"text": text, **({"intent": {"name": intent}} if intent else {})}
    tracker = Tracker("someone", {}, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    found = asyncio.run(action.run(dispatcher, tracker, {}))
    assert not dispatcher.messages  # actions say nothing themselves
    return list(found)
