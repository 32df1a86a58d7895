"""Conversations in memory: state, recent events, who listens. Everything here is synchronous, so no lock is needed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from holdfast.door.commit import KEPT_EVENTS, Commit, Stored
from holdfast.door.merging import merged
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState


@dataclass
class Conversation:
    """One conversation. ``base`` is the state it began with while the stored one could not be read, else None.

    Nobody knows then whether there is more; it is merged in as soon as the store answers, and with each commit.
    """

    id: str
    state: ConversationState
    version: int = 0
    next_event: int = 1
    handed: int = 0  # the newest event that a page with an open stream was given
    base: ConversationState | None = None
    events: deque[Outbound] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    listeners: set[asyncio.Queue[Outbound]] = field(default_factory=set)
    answered: dict[str, list[Outbound]] = field(default_factory=dict)
    safe: dict[str, asyncio.Future[bool]] = field(default_factory=dict)
    unsafe: dict[str, Commit] = field(default_factory=dict)
    rasa_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_detection: dict[str, Any] = field(default_factory=dict)
    asked_at: deque[float] = field(default_factory=lambda: deque(maxlen=30))

    @property
    def loaded(self) -> bool:
        """Whether the store has been read."""
        return self.base is None

    @property
    def begun(self) -> bool:
        """Whether there is such a conversation already, be its words deleted."""
        return bool(self.events) or (self.loaded and self.version > 0)

    def begin(self, state: ConversationState) -> None:
        """Gives it the state that it begins with; where it is older, the stored one wins over this later."""
        self.state = state
        if self.base is not None:
            self.base = state

    def start_over(self, state: ConversationState) -> None:
        """Drops everything that was said and known. Whoever listens goes on listening, and numbers go on rising."""
        self.state, self.version, self.base = state, 0, None
        self.events.clear()
        self.answered.clear()
        self.last_detection = {}

    def new_event(self, make: Callable[[int], Outbound]) -> Outbound:
        """Makes an event with the next id and remembers it; `publish` tells the listeners."""
        event = make(self.next_event)
        self.next_event += 1
        self._remember(event)
        return event

    def said_before(self) -> frozenset[str]:
        """What the bot said to the person's message before the one that is being answered."""
        turns: list[set[str]] = [set()]
        for event in reversed(self.events):
            if event.author == "user":
                turns.append(set())
            elif event.author == "bot":
                turns[-1].add(event.text)
            if len(turns) > 2:
                break
        return frozenset(turns[1]) if len(turns) > 1 else frozenset()

    def publish(self, events: tuple[Outbound, ...]) -> None:
        """Hands events to everybody who listens; one that does not keep up is left to resume by event id."""
        for queue in self.listeners:
            for event in events:
                if not queue.full():
                    queue.put_nowait(event)

    def label_of(self, payload: str | None) -> str | None:
        """The label of the button that carried ``payload``, None when there was none."""
        if payload is None:
            return None
        buttons = (button for event in reversed(self.events) for button in event.buttons)
        return next((button.label for button in buttons if button.payload == payload), None)

    def forget_words(self) -> None:
        """Drops all events, so that the store drops them too. Numbers go on rising, and what was answered is known."""
        self.state = replace(self.state, forgotten_before=self.next_event)
        self.events.clear()
        self.answered = {message_id: [] for message_id in self.answered}

    def next_version(self) -> int:
        """The version of the next commit."""
        self.version += 1
        return self.version

    def _remember(self, event: Outbound) -> None:
        self.events.append(event)
        if event.in_reply_to:
            known = self.answered.setdefault(event.in_reply_to, [])
            if event.author != "user":
                known.append(event)
            while len(self.answered) > KEPT_EVENTS:
                self.answered.pop(next(iter(self.answered)))

    def take_in(self, stored: Stored) -> None:
        """Merges what the store holds: older events first, and never a lower level than either side knows."""
        if self.base is not None:
            self.state = merged(self.base, self.state, stored.state)
        elif self.version == 0:
            self.state = stored.state
        both = {event.event_id: event for event in (*stored.events, *self.events)}
        answered, self.answered = self.answered, {}
        self.events.clear()
        for event_id in sorted(both):
            if event_id >= self.state.forgotten_before:
                self._remember(both[event_id])
        for message_id, events in answered.items():
            self.answered.setdefault(message_id, events)
        self.version = max(self.version, stored.version)
        self.next_event = max(self.next_event, self.state.forgotten_before, *(number + 1 for number in both))
        self.base = None


class Registry:
    """The conversations of this process, the least recently used dropped first when nobody listens to them."""

    def __init__(
        self, load: Callable[[str], Any], new_state: Callable[[], ConversationState], *, limit: int = 20_000
    ) -> None:
        self._load, self._new_state, self._limit = load, new_state, limit
        self._all: OrderedDict[str, Conversation] = OrderedDict()

    async def get(self, conversation_id: str, *, deadline_s: float = 0.2) -> Conversation:
        """The conversation, from memory or the store; a store that does not answer in time leaves a new, unloaded one.

        Its event ids then begin at the present time in milliseconds, above any that the store may hold.
        """
        conversation = self._all.get(conversation_id)
        if conversation is None or not conversation.loaded:
            stored, answered = None, True
            try:
                stored = await asyncio.wait_for(self._load(conversation_id), deadline_s)
            except Exception:
                answered = False
            conversation = self._all.get(conversation_id)  # another message may have come first meanwhile
            if conversation is None:
                conversation = self._all[conversation_id] = Conversation(conversation_id, self._new_state())
                if not answered:
                    conversation.base = conversation.state
                    conversation.next_event = conversation.version = time.time_ns() // 1_000_000
            if stored is not None and (conversation.version == 0 or not conversation.loaded):
                conversation.take_in(stored)
            if answered:
                conversation.base = None
        self._all.move_to_end(conversation_id)
        self._evict()
        return conversation

    def taken_over(self) -> list[Conversation]:
        """Those in memory that a member of staff has."""
        return [each for each in self._all.values() if each.state.staff_name is not None]

    def forget(self, conversation_ids: Iterable[str], before: float) -> None:
        """Drops what was said and known in these conversations, which the store has deleted: before ``before`` (s).

        One in which somebody writes at this moment keeps what is newer, and its state.
        """
        for conversation_id in conversation_ids:
            if conversation := self._all.get(conversation_id):
                newer = [event for event in conversation.events if event.at.timestamp() >= before]
                if newer:
                    conversation.events = deque(newer, maxlen=KEPT_EVENTS)
                else:
                    conversation.start_over(self._new_state())

    def known(self, conversation_id: str) -> Conversation | None:
        """The conversation when it is in memory."""
        return self._all.get(conversation_id)

    def _evict(self) -> None:
        for _ in range(len(self._all) - self._limit):
            key = next((key for key, each in self._all.items() if _idle(each)), None)
            if key is None:
                return
            del self._all[key]


def _idle(conversation: Conversation) -> bool:
    """Whether it may be dropped from memory: nobody listens, no staff have it, nothing is being asked or written."""
    state = conversation.state
    busy = conversation.listeners or state.staff_name or conversation.rasa_turn.locked() or conversation.safe
    return not busy
