"""What staff do to a conversation: reply, take over, hand back, close the episode."""

from __future__ import annotations

from dataclasses import replace

from holdfast.door.conversation import Conversation
from holdfast.door.messages import Outbound
from holdfast.door.plan import clear_episode
from holdfast.door.service import Door
from holdfast.door.texts import Draft


class UnknownConversation(Exception):
    """There is no such conversation."""


class Staff:
    """The desk's side of the door."""

    def __init__(self, door: Door) -> None:
        self._door, self._parts = door, door.parts

    async def reply(self, conversation_id: str, text: str, name: str) -> Outbound:
        """Delivers a staff message to that conversation only (G8)."""
        conversation = await self._get(conversation_id)
        conversation.state = replace(conversation.state, staff_name=name)
        (event,) = await self._door.outgoing.deliver(conversation, (("staff", Draft(text)),), author="staff")
        return event

    async def take_over(self, conversation_id: str, name: str) -> None:
        """The bot falls silent and the person reads who is there (G4 claimed)."""
        conversation = await self._get(conversation_id)
        conversation.state = replace(conversation.state, staff_name=name, notice="claimed")
        draft = self._parts.texts.notice("claimed", conversation.state)
        await self._door.outgoing.deliver(conversation, (("notice", draft),))

    async def hand_back(self, conversation_id: str) -> None:
        """The bot answers again and says so."""
        conversation = await self._get(conversation_id)
        farewell = self._parts.texts.reply("takeover_ended", conversation.state, self._parts.now())
        conversation.state = replace(conversation.state, staff_name=None, notice=None)
        await self._door.outgoing.deliver(conversation, (("notice", farewell),))

    async def clear(self, conversation_id: str) -> int:
        """Closes the episode and lifts G5; returns the number of the closed episode."""
        conversation = await self._get(conversation_id)
        closed = conversation.state.episode
        conversation.state = clear_episode(conversation.state)
        await self._door.outgoing.commit(conversation, (), closes_episode=closed)
        return closed

    async def _get(self, conversation_id: str) -> Conversation:
        conversation = await self._parts.registry.get(conversation_id)
        if not conversation.begun:
            raise UnknownConversation(conversation_id)
        return conversation
