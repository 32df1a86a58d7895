"""Rasa's part of a turn: asks in order, keeps the deadline, lets through what may be said, never leaves silence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from holdfast.crisis.types import Assessment, Level
from holdfast.door import body, check_back, feedback
from holdfast.door.callback import steps, talk
from holdfast.door.clean import Cleaned
from holdfast.door.commands import apply_request
from holdfast.door.conversation import Conversation
from holdfast.door.denial import HEARD
from holdfast.door.messages import Button, Kind, Outbound
from holdfast.door.outgoing import Outgoing, Parts
from holdfast.door.rasa import RasaReply, RasaTurn
from holdfast.door.records import rasa_metadata
from holdfast.door.takeover import bot_silent
from holdfast.door.texts import Draft
from holdfast.door.wishes import wish

_LOG = logging.getLogger(__name__)
#: Seconds after a message's arrival within which Rasa must have answered (design: 8 s, everything within 10 s, G2).
RASA_DEADLINE_S = 8.0
#: What a card that is out in this turn makes idle: it is the answer to a message such as "I am a veteran".
_CARD_SAYS_IT = frozenset(
    {"utter_unsure", "utter_default", "utter_out_of_scope", "utter_heard", "utter_cannot_talk", "utter_bot_complaint"}
)
#: With these no number is pushed on a person who has told that somebody is with them (SM-85).
_NO_NUMBERS = frozenset(
    {
        "utter_thanks", "utter_goodbye", "utter_heard", "utter_returning", "utter_grounding", "utter_safety_plan",
        "utter_unsure", "utter_unsure_between", "utter_out_of_scope",
    }
)  # fmt: skip
_WITHHELD = "after_risk_replaced"
#: Tags of an answer that is held back after a risk, and of what Rasa says in its place (G5).
_HELD_BACK = frozenset({"after_risk:replace", "after_risk"})
#: Questions to Rasa that a conversation may have in a minute; detection and cards are never limited (G6).
TURNS_A_MINUTE = 30

Drafts = tuple[tuple[Kind, Draft], ...]


@dataclass(frozen=True)
class Asked:
    """A message that Rasa is asked about. ``arrived`` is monotonic seconds; ``carded``: this turn's card is out.

    ``form``: the message as the call-back form heard it, when it may be the answer to the form's question.
    ``denied``: the message plainly denies the alarm before it. ``bodily``: the body goes first, and with it what may
    stand beside the card.
    """

    message_id: str
    cleaned: Cleaned
    assessment: Assessment | None
    carded: bool
    arrived: float
    form: steps.Heard | None = None
    denied: bool = False
    bodily: bool = False

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
        """Asks and delivers. Whatever goes wrong, the person gets an answer (G2) and staff what they must learn."""
        limited = not _within_rate(conversation)
        turn = None if limited else await self._ask(conversation, asked)
        intent, topic = (turn.intent, turn.topic) if turn else (None, None)
        if not limited and bot_silent(conversation.state):  # somebody took over meanwhile
            return Outcome(intent, topic, ())
        before = conversation.state
        try:
            drafts, replies = self._limited(conversation) if limited else self._answer(conversation, asked, turn)
        except Exception as error:
            _LOG.critical("an answer could not be made: %s", type(error).__name__)
            conversation.state = before
            drafts, replies = self._instead(conversation, asked), turn.replies if turn else ()
        person = any((reply.request or {}).get("type") == "staff_request" for reply in replies)
        record = wish(conversation, "staff_request", self._parts.clock()) if person else None
        events: tuple[Outbound, ...] = ()
        if drafts or record:
            _issue(conversation, drafts)
            events = await self._outgoing.deliver(conversation, drafts, asked.message_id, record=record)
        return Outcome(intent, topic, events)

    def _limited(self, conversation: Conversation) -> tuple[Drafts, Sequence[RasaReply]]:
        """What is said to somebody who writes faster than Rasa may be asked."""
        return (("reply", self._parts.texts.reply("rate_limited", conversation.state, self._parts.now())),), ()

    def _answer(
        self, conversation: Conversation, asked: Asked, turn: RasaTurn | None
    ) -> tuple[Drafts, Sequence[RasaReply]]:
        """What is said, and the replies of Rasa that it is made of."""
        intent, topic = (turn.intent, turn.topic) if turn else (None, None)
        replies: Sequence[RasaReply] = turn.replies if turn else ()
        answered = self._settle(conversation, asked, turn)
        if answered.mine:
            replies = ()
        if asked.denied and topic is None:  # no, a goodbye, or what is out of scope: the denial's own answer is enough
            replies = [reply for reply in replies if reply.request]
        wanted = {(reply.request or {}).get("type") for reply in replies}
        drafts = self._accept(conversation, replies, asked)
        if asked.denied:
            drafts = (self._denial_heard(conversation, asked), *drafts)
        question = check_back.due(conversation.state, intent, topic, carded=asked.carded) if drafts else None
        if question:
            drafts = (*drafts, self._check_back(conversation, question, drafts))
        elif drafts:
            drafts = self._with_feedback(conversation, drafts, asked, topic, replies)
        elif not answered.mine and not asked.carded and "callback" not in wanted:
            drafts = (self._static(conversation),)
        going_on = self._form_goes_on(conversation, answered, asked, wanted="callback" in wanted, busy=bool(question))
        return (*drafts, *going_on), replies

    def _instead(self, conversation: Conversation, asked: Asked) -> Drafts:
        """What is said when the answer could not be made: nothing where a card is out, else that nothing was found."""
        if asked.carded:
            return ()
        try:
            return (self._static(conversation),)
        except Exception as error:
            _LOG.critical("the static reply could not be made: %s", type(error).__name__)
            return (("card", self._parts.texts.plain_lines(None, conversation.state.language, self._parts.now())),)

    def _static(self, conversation: Conversation) -> tuple[Kind, Draft]:
        return "reply", self._parts.texts.reply("static", conversation.state, self._parts.now())

    def _settle(self, conversation: Conversation, asked: Asked, turn: RasaTurn | None) -> steps.Step:
        """What an unsure message was to the form, now that Rasa has read it."""
        form = conversation.state.callback
        if asked.form is None:
            return steps.Step(form)
        understood = steps.Understood(turn.intent, turn.confidence) if turn else steps.Understood()
        return steps.settle(form, asked.form, understood, self._setting(conversation))

    def _form_goes_on(
        self, conversation: Conversation, answered: steps.Step, asked: Asked, *, wanted: bool, busy: bool
    ) -> tuple[tuple[Kind, Draft], ...]:
        """What the form adds to a turn: its next question, its beginning, or once, later, whether to go on with it."""
        if wanted and not asked.carded:
            answered = steps.begin(conversation.state.callback, self._setting(conversation))
        elif _harmless(asked) and not answered.say:
            form, due = steps.calmer(answered.form, busy=busy)
            answered = replace(answered, form=form, say=("callback_resume",) if due else ())
        talk.take(conversation, answered, self._parts.clock())
        now = self._parts.now()
        return tuple(talk.words(answered, conversation.state, self._parts.clinic, self._parts.texts, now))

    def _setting(self, conversation: Conversation) -> steps.Setting:
        return talk.setting(conversation.state, self._parts.clinic, self._parts.now())

    def _with_feedback(
        self,
        conversation: Conversation,
        drafts: tuple[tuple[Kind, Draft], ...],
        asked: Asked,
        topic: str | None,
        replies: Sequence[RasaReply],
    ) -> tuple[tuple[Kind, Draft], ...]:
        """An information answer asks, once a topic, whether it helped."""
        state, tags = conversation.state, frozenset(tag for reply in replies for tag in reply.tags)
        if topic is None or not feedback.may_ask(topic, tags, state, asked.assessment, carded=asked.carded):
            return drafts
        rate = tuple(
            Button(self._parts.texts.label(key, state.language), feedback.payload(feedback.Rating(topic, helpful)))
            for key, helpful in (("button.helpful", True), ("button.not_helpful", False))
        )
        *before, (kind, last) = drafts
        return (*before, (kind, replace(last, buttons=(*last.buttons, *rate))))

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
        except Exception as error:
            _LOG.error("Rasa could not be asked: %s", type(error).__name__)
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
                texts = self._parts.texts
                conversation.state = apply_request(conversation.state, request, texts.knows_country, texts.writes)
            if asked.bodily and not (kind == "staff_request" or reply.action in body.ANSWERED):
                continue
            if not reply.text or (kind == "country" and asked.carded):  # the card shows these very lines (SM-34)
                continue
            if kind == "callback" or (
                asked.carded and reply.action in _CARD_SAYS_IT
            ):  # the form says it in its own words
                continue
            draft = Draft(reply.text, (), reply.buttons)
            if conversation.state.after_risk and "after_risk:replace" in reply.tags:
                name = "after_risk_replaced_after_denial" if conversation.state.denial == HEARD else _WITHHELD
                draft = self._parts.texts.reply(name, conversation.state, self._parts.now())
            draft = self._once(conversation, draft, reply)
            if draft not in [known for _, known in accepted]:
                accepted.append(("card" if kind == "card" else "reply", draft))
        link, before = self._parts.texts.link(conversation.state, self._parts.now()), conversation.said_before()
        plain = any(reply.action in _NO_NUMBERS or _HELD_BACK & set(reply.tags) for reply in replies)
        if conversation.state.reached:  # "I send no more numbers now" has been said
            if plain:
                accepted = [
                    (kind, replace(draft, text=draft.text.replace(link.text, "").strip())) for kind, draft in accepted
                ]
        elif (
            accepted
            and self._needs_link(asked, replies)
            and not any(link.text in text for text in (*(draft.text for _, draft in accepted), *before))
        ):
            accepted.append(("reply", link))
        return tuple(accepted)

    def _once(self, conversation: Conversation, draft: Draft, reply: RasaReply) -> Draft:
        """Another answer in place of one that was given to the message just before (SM-34): who asks again in other
        words did not find it in there, and a sad person is not told the same sentences twice."""
        sad, informs = reply.action == "utter_distress", (reply.action or "").startswith("utter_ask_")
        held_back = draft.text != reply.text or _HELD_BACK & set(reply.tags)
        if held_back or not (sad or informs) or draft.text not in conversation.said_before():
            return draft
        name = "distress_again" if sad else "repeat_answer"
        return self._parts.texts.reply(name, conversation.state, self._parts.now())

    def _check_back(
        self, conversation: Conversation, question: check_back.Question, drafts: Sequence[tuple[Kind, Draft]]
    ) -> tuple[Kind, Draft]:
        """The one check-back; without its number where this turn has said the same number already (SM-34)."""
        texts, now = self._parts.texts, self._parts.now()
        conversation.state = check_back.asked(conversation.state, question)
        draft, link = texts.reply(question.reply, conversation.state, now), texts.link(conversation.state, now).text
        if any(link in said.text for _, said in drafts):
            draft = replace(draft, text=draft.text.replace(link, "").strip())
        return "reply", draft

    def _denial_heard(self, conversation: Conversation, asked: Asked) -> tuple[Kind, Draft]:
        """That the denial was heard and the lines stay (SM-26); without their number where a card has just shown it."""
        texts, now = self._parts.texts, self._parts.now()
        draft, link = texts.reply("denial_heard", conversation.state, now), texts.link(conversation.state, now).text
        return "reply", replace(draft, text=draft.text.replace(link, "").strip()) if asked.carded else draft

    def _needs_link(self, asked: Asked, replies: Sequence[RasaReply]) -> bool:
        """A sad person who asks a question gets the answer, and the discreet link to help with it."""
        distressed = asked.assessment is not None and asked.assessment.level is Level.DISTRESS
        return distressed and not asked.carded and not any(reply.action == "utter_distress" for reply in replies)


def _harmless(asked: Asked) -> bool:
    """Whether the message is plainly without risk or distress, and no answer to the direct question."""
    assessment = asked.assessment
    return not asked.carded and assessment is not None and assessment.level is Level.NONE and assessment.answer is None


def _issue(conversation: Conversation, drafts: Sequence[tuple[Kind, Draft]]) -> None:
    """Makes the payloads of these drafts' buttons commands."""
    issued = frozenset(button.payload for _, draft in drafts for button in draft.buttons)
    conversation.state = replace(conversation.state, issued=conversation.state.issued | issued)


def _within_rate(conversation: Conversation) -> bool:
    now = time.monotonic()
    while conversation.asked_at and now - conversation.asked_at[0] > 60:
        conversation.asked_at.popleft()
    if len(conversation.asked_at) >= TURNS_A_MINUTE:
        return False
    conversation.asked_at.append(now)
    return True
