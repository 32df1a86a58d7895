"""Remembers which language a person asked for, for conversations without a door (`rasa shell`)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

#: The language that each of these intents asks for.
WANTED = {"spanish_please": "es", "english_please": "en"}


class ActionSetLanguage(Action):
    """Sets the slot ``language``. The reply that says so has been given before; it needs no action."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_set_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The event; none for any other intent."""
        wanted = WANTED.get((tracker.latest_message.get("intent") or {}).get("name") or "")
        return [SlotSet("language", wanted)] if wanted else []
