"""The door's work on one message: assess, answer at once, record, then have Rasa asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from holdfast.crisis.types import Assessment, Level
from holdfast.door import commands, feedback
from holdfast.door.assessor import Reading
from holdfast.door.callback import talk
from holdfast.door.callback.form import erased, left
from holdfast.door.callback.steps import Step
from holdfast.door.clean import clean
from holdfast.door.conversation import Conversation
from holdfast.door.denial import HEARD, OPEN
from holdfast.door.disclosure import disclosed, disclosure_due, wrote
from holdfast.door.immediate import Came, corrected, heard, immediate, not_spoken, understand
from holdfast.door.learning import learned
from holdfast.door.messages import Inbound, Kind, Opening, Outbound, Receipt
from holdfast.door.outgoing import Outgoing, Parts
from holdfast.door.plan import Facts, Plan, next_step, renewed
from holdfast.door.records import alarm_record, detection_note
from holdfast.door.state import ConversationState
from holdfast.door.takeover import bot_silent, person_wrote
from holdfast.door.texts import Draft
from holdfast.door.turn import Asked, RasaTurns
from holdfast.door.wishes import wish
from holdfast.escalation.record import OutboxRecord

_LOG = logging.getLogger(__name__)
HEARTBEAT_S = 15.0
#: Seconds that a page which opens its stream waits for what the store holds.
STREAM_LOAD_S = 2.0
#: Replies to a platform's commands after which no question is open any more.
ENDS_FORM = frozenset({"telegram_stopped"})


class Door:
    """Everything that a channel needs; implements `holdfast.door.messages.Service`."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.outgoing = parts, Outgoing(parts)
        self._turns = RasaTurns(parts, self.outgoing)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def open(self, conversation_id: str, opening: Opening) -> Sequence[Outbound]:
        """Begins a conversation and returns its greeting, which says what the assistant is (SM-46)."""
        conversation = await self.parts.registry.get(conversation_id)
        if conversation.begun:
            return tuple(conversation.events)
        clinic, texts = self.parts.clinic, self.parts.texts
        conversation.begin(
            replace(
                conversation.state,
                channel=opening.channel,
                country=texts.country_of(opening),
                language=opening.language if opening.language in clinic.languages else clinic.languages[0],
                timezone=opening.timezone,
                drill=opening.drill,
                address=opening.address,
            )
        )
        if opening.address is not None:
            return ()
        conversation.state = disclosed(conversation.state, self.parts.clock())
        draft = texts.reply("greeting", conversation.state, self.parts.now())
        conversation.state = _issue(conversation.state, [("reply", draft)])
        return await self.outgoing.deliver(conversation, (("reply", draft),))

    async def handle(self, message: Inbound) -> Receipt:
        """Assesses, answers and records one message; whatever Rasa says follows as an event."""
        arrived = time.monotonic()
        conversation = await self.parts.registry.get(message.conversation_id)
        if message.message_id in conversation.answered:
            return await self._again(conversation, message.message_id)
        cleaned = clean(message.text or "", conversation.state.issued)
        reading = await self.parts.assessor.read(commands.spoken(cleaned))
        if message.message_id in conversation.answered:  # the same message came twice at the same time
            return await self._again(conversation, message.message_id)

        before = conversation.state
        conversation.state = understand(
            person_wrote(before, self.parts.clock()), cleaned, message.language, self.parts.clinic, self.parts.texts
        )
        if message.address is not None:
            conversation.state = replace(conversation.state, channel=message.channel, address=message.address)
        context = commands.context_of(cleaned, conversation.state.context)
        assessment = self.parts.assessor.judge(reading, context)
        conversation.state = heard(conversation.state, cleaned.text, assessment)
        # A tap without words, such as "More lines", answers no question and leaves it open.
        words_said = commands.spoken(cleaned)
        plan = self._plan(
            conversation, assessment, moves_on=bool(words_said or cleaned.command is None), text=words_said
        )
        if not message.addressed and plan.card is None:
            conversation.state = before  # said to others: neither kept nor answered
            if reading.unassessed:
                self.spawn(self._late(conversation, message.message_id, reading, assessment))
            return Receipt((), duplicate=False, safe=True)
        words = (
            f"[{message.unreadable}]" if message.unreadable else conversation.label_of(cleaned.command) or cleaned.text
        )
        echo = self.outgoing.event(conversation, "echo", Draft(words), message.message_id, author="user")
        came = Came(message, cleaned, assessment, before)
        where = talk.setting(conversation.state, self.parts.clinic, self.parts.now())
        form = talk.listen(conversation.state, came, plan, words, where)
        told = talk.take(conversation, form, self.parts.clock())
        try:
            drafts = [
                *self._disclosure(conversation, came, plan),
                *immediate(conversation.state, came, plan, self.parts.texts, self.parts.now()),
                *talk.words(form, conversation.state, self.parts.clinic, self.parts.texts, self.parts.now()),
            ]
        except Exception as error:  # whatever is wrong with a text, the numbers go out (G1)
            _LOG.critical("a text could not be made: %s", error)
            drafts = [("card", self.parts.texts.plain_lines(None, conversation.state.language, self.parts.now()))]
        conversation.state = wrote(_issue(conversation.state, drafts), self.parts.clock())
        events = tuple(self.outgoing.event(conversation, kind, draft, message.message_id) for kind, draft in drafts)
        record = self._record(conversation, plan, assessment) or told
        if record is None and cleaned.command == "/talk_to_person":
            record = wish(conversation, "staff_request", self.parts.clock())
        conversation.last_detection = detection_note(assessment)
        self.outgoing.publish(conversation, (echo, *events))
        safe = await self.outgoing.commit(
            conversation,
            (echo, *events),
            record=record,
            detection=conversation.last_detection,
            message_id=message.message_id,
            rating=feedback.read(cleaned.command),
        )
        if reading.unassessed:
            self.spawn(self._late(conversation, message.message_id, reading, assessment))
        theirs = cleaned.text and message.unreadable is None and not commands.handles(cleaned.command or "")
        silent = form.mine or corrected(came) or not_spoken(conversation.state, cleaned)
        if plan.ask_rasa and theirs and not silent:
            carded = any(kind == "card" for kind, _ in drafts)
            unsure = talk.heard(came, words) if form.unsure else None
            denied = before.denial == OPEN and conversation.state.denial == HEARD
            bodily = plan.card is not None and plan.card.variant == "body"
            asked = Asked(message.message_id, cleaned, assessment, carded, arrived, unsure, denied, bodily)
            return Receipt(
                events, duplicate=False, safe=safe, following=self.spawn(self._turns.take(conversation, asked))
            )
        return Receipt(events, duplicate=False, safe=safe)

    def _plan(
        self,
        conversation: Conversation,
        assessment: Assessment | None,
        *,
        moves_on: bool = True,
        text: str | None = None,
    ) -> Plan:
        clinic, now = self.parts.clinic, self.parts.now()
        facts = Facts(clinic.on_duty(now), clinic.page_for_other, now.timestamp())
        plan = next_step(conversation.state, assessment, facts, moves_on=moves_on, text=text)
        conversation.state = plan.state
        return plan

    def _disclosure(self, conversation: Conversation, came: Came, plan: Plan) -> list[tuple[Kind, Draft]]:
        """What the assistant is, when that is due (SM-46): never with a card, so that numbers come first."""
        name = disclosure_due(conversation.state, self.parts.clock())
        if name is None or bot_silent(conversation.state) or plan.card or corrected(came):
            return []
        conversation.state = disclosed(conversation.state, self.parts.clock())
        if not_spoken(conversation.state, came.cleaned) and self.parts.texts.has_card(conversation.state):
            return []  # the answer itself says it, in the person's own language
        return [("reply", self.parts.texts.reply(name, conversation.state, self.parts.now()))]

    def _record(self, conversation: Conversation, plan: Plan, assessment: Assessment | None) -> OutboxRecord | None:
        if plan.record is None or assessment is None:
            return None
        at = self.parts.clock()
        return alarm_record(
            conversation.id, conversation.state, assessment, plan.record, queue_only=plan.queue_only, at=at
        )

    async def _late(
        self, conversation: Conversation, message_id: str, reading: Reading, early: Assessment | None
    ) -> None:
        """The models answered after the deadline: what they found still opens the episode and sends the card."""
        assessment = await self.parts.assessor.judge_late(reading, lambda: conversation.state.context)
        if assessment is None or assessment.level <= (early.level if early else Level.NONE):
            return
        plan = self._plan(conversation, assessment)
        if plan.card is None:
            return
        try:
            draft = self.parts.texts.card(plan.card, conversation.state, self.parts.now(), situations=assessment.flags)
        except Exception as error:  # as in `handle`: the numbers go out, and staff learn of it (G1, G3)
            _LOG.critical("a text could not be made: %s", type(error).__name__)
            draft = self.parts.texts.plain_lines(None, conversation.state.language, self.parts.now())
        conversation.state = _issue(conversation.state, [("card", draft)])
        record = self._record(conversation, plan, assessment)
        await self.outgoing.deliver(conversation, (("card", draft),), message_id, record=record)

    async def say(self, conversation_id: str, name: str, message_id: str, words: str) -> Receipt:
        """Answers a platform's command, such as ``/help``, with the reply called ``name``; no words to assess in it."""
        conversation = await self.parts.registry.get(conversation_id)
        if message_id in conversation.answered:
            return await self._again(conversation, message_id)
        if name == "greeting":
            conversation.state = disclosed(conversation.state, self.parts.clock())
        if name in ENDS_FORM:
            conversation.state = replace(conversation.state, callback=left(conversation.state.callback))
        drafts: list[tuple[Kind, Draft]] = [
            ("reply", self.parts.texts.reply(name, conversation.state, self.parts.now()))
        ]
        conversation.state = _issue(conversation.state, drafts)
        echo = self.outgoing.event(conversation, "echo", Draft(words), message_id, author="user")
        events = tuple(self.outgoing.event(conversation, kind, draft, message_id) for kind, draft in drafts)
        self.outgoing.publish(conversation, (echo, *events))
        safe = await self.outgoing.commit(conversation, (echo, *events), message_id=message_id)
        return Receipt(events, duplicate=False, safe=safe)

    async def learn(self, conversation_id: str, opening: Opening) -> None:
        """Takes in what a platform told late about the person; where a card is out, the right one follows."""
        conversation, texts = await self.parts.registry.get(conversation_id), self.parts.texts
        before, said = conversation.state, [event for event in conversation.events if event.author == "user"]
        state = learned(before, opening, [event.text for event in said], texts, self.parts.clinic)
        conversation.state = state
        if not said or (state.country, state.language) == (before.country, before.language):
            return
        drafts: list[tuple[Kind, Draft]] = []
        if state.after_risk:
            drafts.append(("card", texts.card(renewed(state), state, self.parts.now(), situations=state.flags)))
        conversation.state = _issue(state, drafts)
        await self.outgoing.deliver(conversation, drafts, said[-1].in_reply_to)

    async def issued(self, conversation_id: str) -> frozenset[str]:
        """The payloads of all buttons that were sent in the conversation."""
        return (await self.parts.registry.get(conversation_id)).state.issued

    def phrase(self, name: str, language: str, **facts: str) -> str:
        """The text of the reply called ``name`` with these facts."""
        return self.parts.texts.phrase(name, language, self.parts.now(), **facts)

    async def forget_words(self, conversation_id: str, message_id: str) -> None:
        """Deletes what was written, here, in store and spool; state and outbox records, which hold no words, stay."""
        conversation = await self.parts.registry.get(conversation_id)
        if message_id in conversation.answered:
            return
        conversation.forget_words()
        form, record = conversation.state.callback, None
        if form is not None:
            taken_back = form.noted_at is not None and form.status != "withdrawn"
            step = Step(erased(form), news="withdrawn" if taken_back else None)
            record = talk.take(conversation, step, self.parts.clock())
        await self.outgoing.commit(conversation, (), record=record)
        await self.parts.writer.forget_words(conversation_id, conversation.state.forgotten_before)

    async def events(self, conversation_id: str, after: int) -> AsyncIterator[Outbound | None]:
        """Events after ``after``, first those that were, then those that come; None as a heartbeat."""
        # A page may wait longer than a card: what was said while it was away is in the store.
        conversation = await self.parts.registry.get(conversation_id, deadline_s=STREAM_LOAD_S)
        queue: asyncio.Queue[Outbound] = asyncio.Queue(maxsize=200)
        conversation.listeners.add(queue)
        try:
            sent = after
            for event in [event for event in conversation.events if event.event_id > after]:
                yield event
                sent = max(sent, event.event_id)
            conversation.handed = max(conversation.handed, sent)
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    yield None
                    continue
                if event.event_id > sent:
                    sent = event.event_id
                    yield event
                    conversation.handed = max(conversation.handed, sent)
        finally:
            conversation.listeners.discard(queue)

    def lines(self, country: str | None, language: str) -> Mapping[str, Any]:
        """The full card of a country as JSON-ready data; what a page shows before any conversation."""
        draft = self.parts.texts.plain_lines(country, language, self.parts.now())
        code = country or self.parts.clinic.country
        blocks = [dict(block) for block in draft.blocks]
        return {"country": code, "language": language, "text": draft.text, "blocks": blocks}

    async def _again(self, conversation: Conversation, message_id: str) -> Receipt:
        """A duplicate is answered from the record, and only once the first one is safe."""
        safe = await self.outgoing.commit_again(conversation, message_id)
        return Receipt(tuple(conversation.answered[message_id]), duplicate=True, safe=safe)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs work in the background; what fails is logged without words of the user."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a background task failed: %s", type(error).__name__, exc_info=error)

    async def close(self) -> None:
        """Gives running turns a moment, then stops."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        for task in self._tasks:
            task.cancel()


def _issue(state: ConversationState, drafts: Sequence[tuple[Kind, Draft]]) -> ConversationState:
    """The state with the payloads of these drafts' buttons as commands."""
    return replace(state, issued=state.issued | {button.payload for _, draft in drafts for button in draft.buttons})
