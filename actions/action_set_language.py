"""Remembers that a person asked for Spanish, for conversations without a door (`rasa shell`)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher


class ActionSetLanguage(Action):
    """Sets the slot ``language`` to ``es``. The reply that says so has been given before; it needs no action."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_set_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The event."""
        return [SlotSet("language", "es")]
