"""Rasa's part of a turn: asks in order, keeps the deadline, lets through what may be said, never leaves silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from holdfast.crisis.types import Assessment, Level
from holdfast.door import check_back
from holdfast.door.clean import Cleaned
from holdfast.door.commands import apply_request
from holdfast.door.conversation import Conversation
from holdfast.door.messages import Kind, Outbound
from holdfast.door.outgoing import Outgoing, Parts
from holdfast.door.rasa import RasaReply, RasaTurn
from holdfast.door.records import Wish, rasa_metadata, wish_record
from holdfast.door.takeover import bot_silent
from holdfast.door.texts import Draft
from holdfast.escalation.record import OutboxRecord

_LOG = logging.getLogger(__name__)
#: Seconds after a message's arrival within which Rasa must have answered (design: 8 s, everything within 10 s, G2).
RASA_DEADLINE_S = 8.0
#: What a card that is out in this turn makes idle: it is the answer to a message such as "I am a veteran".
_CARD_SAYS_IT = frozenset({"utter_unsure", "utter_default", "utter_out_of_scope", "utter_heard", "utter_cannot_talk"})
#: With these no number is pushed on a person who has told that somebody is with them (SM-85).
_NO_NUMBERS = frozenset({"utter_thanks", "utter_goodbye", "utter_heard", "utter_returning", "utter_grounding"})
#: Questions to Rasa that a conversation may have in a minute; detection and cards are never limited (G6).
TURNS_A_MINUTE = 30


@dataclass(frozen=True)
class Asked:
    """A message that Rasa is asked about. ``arrived`` is monotonic seconds; ``carded``: this turn's card is out."""

    message_id: str
    cleaned: Cleaned
    assessment: Assessment | None
    carded: bool
    arrived: float

    @property
    def left_s(self) -> float:
        """Seconds left until Rasa's deadline."""
        return RASA_DEADLINE_S - (time.monotonic() - self.arrived)


@dataclass(frozen=True)
class Outcome:
    """What became of a turn. ``intent`` and ``topic`` are None when Rasa did not answer."""

    intent: str | None
    topic: str | None
    events: tuple[Outbound, ...]


class RasaTurns:
    """Takes messages to Rasa, one after the other within a conversation."""

    def __init__(self, parts: Parts, outgoing: Outgoing) -> None:
        self._parts, self._outgoing = parts, outgoing

    async def take(self, conversation: Conversation, asked: Asked) -> Outcome:
        """Asks and delivers. Whatever goes wrong, the person gets an answer (G2)."""
        if not _within_rate(conversation):
            return Outcome(None, None, await self._outgoing.say(conversation, "rate_limited", asked.message_id))
        turn = await self._ask(conversation, asked)
        intent, topic, replies = (turn.intent, turn.topic, turn.replies) if turn else (None, None, ())
        if bot_silent(conversation.state):  # somebody took over meanwhile
            return Outcome(intent, topic, ())
        drafts = self._accept(conversation, replies, asked)
        if drafts and (question := check_back.due(conversation.state, intent, topic, carded=asked.carded)):
            drafts = (*drafts, self._check_back(conversation, question, drafts))
        events: tuple[Outbound, ...] = ()
        if drafts:
            kind = _wished(turn)
            record = wish(conversation, kind, self._parts.clock()) if kind else None
            events = await self._outgoing.deliver(conversation, drafts, asked.message_id, record=record)
        elif not asked.carded:
            events = await self._outgoing.say(conversation, "static", asked.message_id)
        return Outcome(intent, topic, events)

    async def _ask(self, conversation: Conversation, asked: Asked) -> RasaTurn | None:
        try:
            async with asyncio.timeout(asked.left_s), conversation.rasa_turn:
                state = conversation.state
                conversation.state = check_back.answered(state)
                return await self._parts.rasa.ask(
                    f"{conversation.id}-{state.episode}",
                    asked.cleaned.for_rasa,
                    asked.cleaned.command,
                    rasa_metadata(state, asked.assessment, carded=asked.carded),
                    deadline_s=asked.left_s,
                )
        except TimeoutError:
            _LOG.warning("Rasa did not answer within its deadline")
            return None

    def _accept(
        self, conversation: Conversation, replies: Sequence[RasaReply], asked: Asked
    ) -> tuple[tuple[Kind, Draft], ...]:
        """Rasa's replies as they may go out: the card dropped when this turn's is out, G5 kept, requests acted upon."""
        accepted: list[tuple[Kind, Draft]] = []
        acted_upon: set[str] = set()
        for reply in replies:
            request = reply.request or {}
            kind = str(request.get("type", ""))
            if kind == "card" and asked.carded:
                continue
            if kind not in acted_upon:  # at most one request of a type a turn
                acted_upon.add(kind)
                conversation.state = apply_request(conversation.state, request, self._parts.texts.knows_country)
            if not reply.text or (kind == "country" and asked.carded):  # the card shows these very lines (SM-34)
                continue
            if asked.carded and reply.action in _CARD_SAYS_IT:
                continue
            draft = Draft(reply.text, (), reply.buttons)
            if conversation.state.after_risk and "after_risk:replace" in reply.tags:
                draft = self._parts.texts.reply("after_risk_replaced", conversation.state, self._parts.now())
            if draft not in [known for _, known in accepted]:
                accepted.append(("card" if kind == "card" else "reply", draft))
        link = self._parts.texts.link(conversation.state, self._parts.now())
        if conversation.state.reached and any(reply.action in _NO_NUMBERS for reply in replies):
            accepted = [
                (kind, replace(draft, text=draft.text.replace(link.text, "").strip())) for kind, draft in accepted
            ]
        elif (
            accepted and self._needs_link(asked, replies) and not any(link.text in draft.text for _, draft in accepted)
        ):
            accepted.append(("reply", link))
        issued = frozenset(button.payload for _, draft in accepted for button in draft.buttons)
        conversation.state = replace(conversation.state, issued=conversation.state.issued | issued)
        return tuple(accepted)

    def _check_back(
        self, conversation: Conversation, question: check_back.Question, drafts: Sequence[tuple[Kind, Draft]]
    ) -> tuple[Kind, Draft]:
        """The one check-back; without its number where this turn has said the same number already (SM-34)."""
        texts, now = self._parts.texts, self._parts.now()
        conversation.state = check_back.asked(conversation.state, question)
        draft, link = texts.reply(question.reply, conversation.state, now), texts.link(conversation.state, now).text
        if any(link in said.text for _, said in drafts):
            draft = replace(draft, text=draft.text.replace(link, "").strip())
        issued = frozenset(button.payload for button in draft.buttons)
        conversation.state = replace(conversation.state, issued=conversation.state.issued | issued)
        return "reply", draft

    def _needs_link(self, asked: Asked, replies: Sequence[RasaReply]) -> bool:
        """A sad person who asks a question gets the answer, and the discreet link to help with it."""
        distressed = asked.assessment is not None and asked.assessment.level is Level.DISTRESS
        return distressed and not asked.carded and not any(reply.action == "utter_distress" for reply in replies)


def wish(conversation: Conversation, kind: Wish, at: float) -> OutboxRecord | None:
    """The record of a wish to talk to a person or to be called back, each once an episode."""
    before = conversation.state
    if kind == "staff_request":
        conversation.state = replace(before, staff_wanted=True)
    else:
        conversation.state = replace(before, callback_wanted=True)
    if conversation.state == before:
        return None
    return wish_record(conversation.id, conversation.state, kind, at)


def _wished(turn: RasaTurn | None) -> Wish | None:
    asked = {(reply.request or {}).get("type") for reply in turn.replies} if turn else set()
    return "staff_request" if "staff_request" in asked else "callback" if "callback" in asked else None


def _within_rate(conversation: Conversation) -> bool:
    now = time.monotonic()
    while conversation.asked_at and now - conversation.asked_at[0] > 60:
        conversation.asked_at.popleft()
    if len(conversation.asked_at) >= TURNS_A_MINUTE:
        return False
    conversation.asked_at.append(now)
    return True
