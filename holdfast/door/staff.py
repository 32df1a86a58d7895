"""What staff do to a conversation: reply, take over, hand back, close the episode; and what is said about them (G4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from holdfast.crisis.types import Level
from holdfast.door import takeover
from holdfast.door.conversation import Conversation
from holdfast.door.messages import Outbound
from holdfast.door.plan import clear_episode
from holdfast.door.records import staff_silent_record
from holdfast.door.service import Door
from holdfast.door.texts import Draft


class UnknownConversation(Exception):
    """There is no such conversation."""


class StoreAway(Exception):
    """The store did not answer in time, so nobody can say yet whether there is such a conversation."""


class Staff:
    """The desk's side of the door."""

    def __init__(self, door: Door) -> None:
        self._door, self._parts = door, door.parts

    async def reply(self, conversation_id: str, text: str, name: str, reply_id: str | None = None) -> Outbound:
        """Delivers a staff message to that conversation only (G8); one with a known ``reply_id`` is not sent again.

        ``name`` stands at the message. Who reads the conversation is another thing: only `take_over` says that.
        """
        conversation = await self._get(conversation_id)
        mark = f"staff:{reply_id}" if reply_id else None
        if mark and (known := conversation.answered.get(mark)):
            return known[0]
        conversation.state = takeover.replied(conversation.state)
        (event,) = await self._door.outgoing.deliver(conversation, (("staff", Draft(text)),), mark, staff_name=name)
        return event

    async def take_over(self, conversation_id: str, name: str, order_id: str | None = None) -> None:
        """The bot falls silent and the person reads who is there (G4 claimed); a repeated order changes nothing."""
        conversation = await self._get(conversation_id)
        if takeover.nothing_new(conversation.state, name, order_id):
            return
        conversation.state = takeover.taken(conversation.state, name, self._parts.clock(), order_id)
        draft = self._parts.texts.notice("claimed", conversation.state)
        await self._door.outgoing.deliver(conversation, (("notice", draft),))

    async def hand_back(self, conversation_id: str) -> None:
        """The bot answers again and says so; where nobody had taken over there is nothing to say."""
        conversation = await self._get(conversation_id)
        if conversation.state.staff_name is None:
            return
        farewell = self._parts.texts.reply("takeover_ended", conversation.state, self._parts.now())
        conversation.state = takeover.handed_back(conversation.state)
        await self._door.outgoing.deliver(conversation, (("notice", farewell),))

    async def notified(self, conversation_id: str, episode: int) -> bool:
        """Says that the team has been alerted, where that is news and true (G4 notified); whether it was said."""
        conversation = await self._get(conversation_id)
        state = conversation.state
        asked = (
            state.notice is None
            and (state.staff_wanted or state.callback_wanted)
            and self._parts.clinic.on_duty(self._parts.now())
        )
        if state.episode != episode or takeover.bot_silent(state) or not (state.notice == "recorded" or asked):
            return False
        conversation.state = replace(state, notice="notified")
        draft = self._parts.texts.notice("notified", conversation.state)
        await self._door.outgoing.deliver(conversation, (("notice", draft),))
        return True

    async def clear(
        self,
        conversation_id: str,
        episode: int | None = None,
        *,
        lift: bool = True,
        close: bool = True,
        level: Level | None = None,
    ) -> int:
        """Closes the episode unless ``close`` is false and, with ``lift``, lifts G5; returns the episode's number.

        An episode that is closed already stays so, and a newer one is left alone: G5 is then lifted only while no alarm
        has come since. Nor is it lifted by staff who know of no more than ``level`` when the level has risen above it:
        that record is still on its way to them.
        """
        conversation = await self._get(conversation_id)
        state = conversation.state
        meant = state.episode if episode is None else episode
        lift = lift and (level is None or state.level <= level)
        if close and meant == state.episode:
            conversation.state = clear_episode(state, lift=lift)
        elif lift and (meant == state.episode or not state.episode_open):
            conversation.state = replace(state, after_risk=False)
        await self._door.outgoing.commit(conversation, (), closes_episode=meant if close else None)
        return meant

    async def end_silence(self) -> int:
        """Where staff have not written for the configured time, the bot says so and helps on; returns how often."""
        now, after_s = self._parts.clock(), self._parts.clinic.staff_silent_after
        count = 0
        for conversation in self._parts.registry.taken_over():
            if not takeover.silence_is_due(conversation.state, now, after_s):
                continue
            draft = self._parts.texts.reply("staff_silent", conversation.state, self._parts.now())
            issued = conversation.state.issued | {button.payload for button in draft.buttons}
            conversation.state = replace(takeover.fallen_silent(conversation.state), issued=issued)
            record = staff_silent_record(conversation.id, conversation.state, now)
            await self._door.outgoing.deliver(conversation, (("notice", draft),), record=record)
            count += 1
        return count

    async def _get(self, conversation_id: str) -> Conversation:
        conversation = await self._parts.registry.get(conversation_id)
        if not conversation.loaded:
            raise StoreAway
        if not conversation.begun:
            raise UnknownConversation(conversation_id)
        return conversation


def with_delivery(conversation: Conversation, events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a transcript, staff messages with ``delivery``: ``sent`` once an open page was given them.

    Whoever writes after a message has the page open, so that message counts as sent too. Other channels report for
    themselves.
    """
    listed = list(events)
    wrote = max((event["event_id"] for event in listed if event["author"] == "user"), default=0)
    given = max(conversation.handed, wrote)
    web = conversation.state.channel == "web"
    return [
        {**event, "delivery": "sent" if event["event_id"] <= given else "waiting"}
        if web and event["author"] == "staff"
        else event
        for event in listed
    ]
