"""Remembers the country that a person named, for conversations without a door (`rasa shell`)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.deadline import within
from holdfast.content.country import country_named_in


class ActionSetCountry(Action):
    """Sets the slot ``country`` to the ISO code of the country named in the latest message; else changes nothing."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_set_country"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The events; none when no country is named or the look-up takes too long."""
        code = await within(country_named_in, str(tracker.latest_message.get("text") or ""))
        return [SlotSet("country", code)] if code else []
