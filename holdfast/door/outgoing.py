"""Sends and records: makes events of drafts, tells whoever listens, and has them written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from holdfast.clinic import Clinic
from holdfast.door.assessor import Assessor
from holdfast.door.commit import Commit
from holdfast.door.conversation import Conversation, Registry
from holdfast.door.feedback import Rating
from holdfast.door.messages import Author, Kind, Outbound, Watcher
from holdfast.door.rasa import RasaClient
from holdfast.door.store import Store
from holdfast.door.texts import Draft, Texts
from holdfast.door.writer import Writer
from holdfast.escalation.record import OutboxRecord

Drafts = Sequence[tuple[Kind, Draft]]


@dataclass(frozen=True)
class Parts:
    """What the door is made of. ``clock`` gives seconds since the epoch."""

    clinic: Clinic
    texts: Texts
    assessor: Assessor
    store: Store
    writer: Writer
    registry: Registry
    rasa: RasaClient
    clock: Callable[[], float] = time.time

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)


class Outgoing:
    """The one way by which anything leaves the door."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.watchers: list[Watcher] = []

    def publish(self, conversation: Conversation, events: tuple[Outbound, ...]) -> None:
        """Tells everybody: those who listen to the conversation, and whoever pushes it to a platform."""
        conversation.publish(events)
        if conversation.state.address is not None:
            for watcher in self.watchers:
                watcher(conversation.id, conversation.state.channel, conversation.state.address, events)

    def event(
        self,
        conversation: Conversation,
        kind: Kind,
        draft: Draft,
        in_reply_to: str | None = None,
        *,
        author: Author = "bot",
        staff_name: str | None = None,
    ) -> Outbound:
        """The next event of the conversation, remembered but not told yet."""
        at, state = self.parts.now(), conversation.state
        return conversation.new_event(
            lambda event_id: Outbound(
                event_id=event_id,
                kind=kind,
                text=draft.text,
                at=at,
                blocks=draft.blocks,
                buttons=draft.buttons,
                author=author,
                staff_name=staff_name,
                in_reply_to=in_reply_to,
                language=draft.language or state.language,
                country=state.country,
            )
        )

    async def deliver(
        self,
        conversation: Conversation,
        drafts: Drafts,
        message_id: str | None = None,
        *,
        record: OutboxRecord | None = None,
        staff_name: str | None = None,
        closes_episode: int | None = None,
    ) -> tuple[Outbound, ...]:
        """Sends drafts to whoever listens, then records them. ``staff_name`` is who wrote them, None for the bot."""
        author: Author = "bot" if staff_name is None else "staff"
        events = tuple(
            self.event(conversation, kind, draft, message_id, author=author, staff_name=staff_name)
            for kind, draft in drafts
        )
        self.publish(conversation, events)
        await self.commit(conversation, events, record=record, closes_episode=closes_episode)
        return events

    async def say(self, conversation: Conversation, name: str, message_id: str | None) -> tuple[Outbound, ...]:
        """Sends one reply of the content by its name."""
        draft = self.parts.texts.reply(name, conversation.state, self.parts.now())
        return await self.deliver(conversation, (("reply", draft),), message_id)

    async def commit(
        self,
        conversation: Conversation,
        events: tuple[Outbound, ...],
        *,
        record: OutboxRecord | None = None,
        detection: Mapping[str, Any] | None = None,
        message_id: str | None = None,
        closes_episode: int | None = None,
        rating: Rating | None = None,
    ) -> bool:
        """Makes events, state and record durable together; False when neither store nor spool took them."""
        version, state = conversation.next_version(), conversation.state
        commit = Commit(
            conversation.id,
            version,
            state,
            self.parts.clock(),
            events,
            record,
            detection,
            closes_episode,
            (rating.topic, rating.helpful) if rating else None,
            conversation.base,
        )
        writing = asyncio.ensure_future(self.parts.writer.write(commit))
        if message_id:
            conversation.safe[message_id] = writing
            writing.add_done_callback(lambda done: self._settled(conversation, message_id, commit, done))
        return await asyncio.shield(writing)

    async def commit_again(self, conversation: Conversation, message_id: str) -> bool:
        """Whether the message is safe by now: waits for a write under way, repeats one that nothing took."""
        if pending := conversation.safe.get(message_id):
            return await asyncio.shield(pending)
        if commit := conversation.unsafe.get(message_id):
            writing = asyncio.ensure_future(self.parts.writer.write(commit))
            conversation.safe[message_id] = writing
            writing.add_done_callback(lambda done: self._settled(conversation, message_id, commit, done))
            return await asyncio.shield(writing)
        return True

    @staticmethod
    def _settled(conversation: Conversation, message_id: str, commit: Commit, done: asyncio.Future[bool]) -> None:
        conversation.safe.pop(message_id, None)
        if done.cancelled() or done.exception() or not done.result():
            conversation.unsafe[message_id] = commit  # the platform sends the message again, and must not be told 2xx
        else:
            conversation.unsafe.pop(message_id, None)
