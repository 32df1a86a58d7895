"""Renders every response of the domain from `holdfast.content`, inside Rasa's process, without the action server.

A response's text in `domain.yml` is a content key: ``answer/ask_cost``, ``reply/thanks``, ``card/full``,
``request/escalate``, ``country/named_or_ask``, ``language/es``, ``asked/1`` and ``asked/2`` (the answers to two
questions of one message), ``offer/topics`` or ``sources/last``. Its ``custom`` goes out as it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator

from holdfast.clinic import Clinic, load_clinic
from holdfast.content.cards import more_lines_text, render_card
from holdfast.content.directory import Directory
from holdfast.content.facts import facts
from holdfast.content.types import Button, CardRequest
from holdfast.content.wording import Wording
from holdfast.crisis.types import Level
from holdfast.dialogue.after_card import reply_of
from holdfast.dialogue.situation import Situation, situation, turns_of

_LOG = logging.getLogger(__name__)
_REPLACED = "after_risk:replace"


@dataclass(frozen=True)
class Rendered:
    """A response in words: text, buttons as content has them, tags, and a request to the door."""

    text: str
    buttons: tuple[Button, ...] = ()
    tags: tuple[str, ...] = ()
    request: Mapping[str, Any] | None = None


class Renderer:
    """Content, clinic and clock together. ``render`` is pure but for the clock."""

    def __init__(
        self,
        clinic: Clinic,
        directory: Directory,
        wording: Wording,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self.clinic, self._directory, self._wording, self._now = clinic, directory, wording, now

    def render(self, key: str, now_in: Situation, *, repeated: bool = False) -> Rendered:
        """The response with the content key ``key``. ``repeated``: this topic was answered just before.

        Answers tagged ``after_risk: replace`` are replaced after a risk (G5). Raises ValueError for an unknown kind and
        ContentError for an unknown name.
        """
        kind, _, name = key.partition("/")
        makers = {
            "answer": lambda: self._answer(name, now_in, repeated),
            "reply": lambda: self._reply(name, now_in),
            "card": lambda: self._card(name, now_in),
            "country": lambda: self._country(now_in),
            "language": lambda: self._language(name, now_in),
            "request": lambda: Rendered("", request=_request(name, now_in)),
            "beside": lambda: self._reply(reply_of(now_in.beside), now_in) if now_in.beside else Rendered(""),
            "asked": lambda: self._asked(int(name), now_in),
            "offer": lambda: self._offer(now_in),
            "sources": lambda: self._sources(now_in),
        }
        if kind not in makers:
            raise ValueError(f"no content is of the kind {kind!r}")
        rendered = makers[kind]()
        return (
            self._reply("after_risk_replaced", now_in) if now_in.after_risk and _REPLACED in rendered.tags else rendered
        )

    def _answer(self, topic: str, now_in: Situation, repeated: bool) -> Rendered:
        entry = self._wording.answers.get(topic)
        if now_in.minor and entry is not None and entry.kind == "treatment":
            return self._reply("minor_topic", now_in)  # SM-74
        known = self._facts(now_in)
        answer = self._wording.answer(topic, now_in.language, production=self.clinic.production, **known)
        if repeated and answer.more:
            return Rendered(answer.more, tuple(answer.buttons), tuple(answer.tags))
        label = self._wording.deck(now_in.language).entries.get("button.tell_more")
        further = (Button(label=label, payload=f"/{topic}"),) if label and answer.more else ()
        return Rendered(answer.text, (*answer.buttons, *further), tuple(answer.tags))

    def _asked(self, number: int, now_in: Situation) -> Rendered:
        """The answer to the question of that number, from 1; without one, that nothing was understood."""
        if len(now_in.about) < number:
            return self._reply("unsure", now_in)
        return self._answer(now_in.about[number - 1], now_in, repeated=False)

    def _offer(self, now_in: Situation) -> Rendered:
        """Topics to choose from by a tap, and a person."""
        topics = [topic for topic in now_in.about if self._may_name(topic, now_in)]
        if not topics:
            return self._reply("unsure", now_in)
        reply = self._reply("unsure_between", now_in)
        chosen = tuple(
            Button(label=self._wording.title(topic, now_in.language), payload=f"/{topic}") for topic in topics
        )
        return replace(reply, buttons=(*chosen, *reply.buttons))

    def _may_name(self, topic: str, now_in: Situation) -> bool:
        """Whether a topic may be spoken of: not one that is replaced after a risk (G5), nor treatment to a minor."""
        entry = self._wording.answers.get(topic)
        if entry is None:
            return True
        return not (now_in.after_risk and entry.after_risk == "replace") and not (
            now_in.minor and entry.kind == "treatment"
        )

    def _sources(self, now_in: Situation) -> Rendered:
        """What the last answer was written from; without one, what all of them were written from."""
        if now_in.about and not self._may_name(now_in.about[-1], now_in):
            return self._reply("unsure", now_in)  # that answer was never given
        listed = (
            self._wording.sources_of(now_in.about[-1], now_in.language, production=self.clinic.production)
            if now_in.about
            else ()
        )
        if not listed:
            return self._reply("where_from_all", now_in)
        return self._reply("where_from", now_in, sources="\n".join(f"- {source}" for source in listed))

    def _reply(self, name: str, now_in: Situation, **more: str) -> Rendered:
        """The reply of that name; after a risk its variant ``<name>_after_risk``, where there is one.

        Where the alarm was plainly denied at once it is ``<name>_after_denial``.
        """
        known, replies = {**self._facts(now_in), **more}, self._wording.replies[now_in.language]
        if now_in.denied and f"{name}_after_denial" in replies:
            name = f"{name}_after_denial"
        elif now_in.after_risk and f"{name}_after_risk" in replies:
            name = f"{name}_after_risk"
        if name == "more_lines":
            where = (now_in.country, now_in.language, self._directory, self._wording, self._now())
            known["lines"] = more_lines_text(*where)
        reply = self._wording.reply(name, now_in.language, **known)
        return Rendered(reply.text, tuple(reply.buttons), tuple(reply.tags))

    def _language(self, code: str, now_in: Situation) -> Rendered:
        """The change to a language that was asked for, or which ones there are."""
        if code not in self.clinic.languages:
            return self._reply("unsupported_language", now_in)
        return self._reply("spanish_switch", replace(now_in, language=code))

    def _country(self, now_in: Situation) -> Rendered:
        """The lines of a country that was just named, with the request to keep it; else the question for its name."""
        if now_in.named is None:
            return self._reply("other_country_ask", now_in)
        known = self._directory.has(now_in.named)
        rendered = self._reply("country_set" if known else "country_unknown", replace(now_in, country=now_in.named))
        return replace(rendered, request={"holdfast": {"type": "country", "code": now_in.named}})

    def _card(self, variant: str, now_in: Situation) -> Rendered:
        assessment = now_in.assessment
        request = CardRequest(
            country=now_in.country,
            language=now_in.language,
            now=self._now(),
            variant=variant,
            level=max(assessment.level, Level.CONCERN).label,
            subject=assessment.subject or "self",
            situations=assessment.flags,
            notice="nobody",  # Rasa alone tells nobody; behind the door this card is not the one that goes out (G4)
            ask_question=now_in.question_due,
            on_call_phone=self.clinic.on_call_phone,
        )
        card = render_card(request, self._directory, self._wording)
        return Rendered(card.text, tuple(card.buttons), ("card",), {"holdfast": {"type": "card"}})

    def _facts(self, now_in: Situation) -> dict[str, str]:
        notice = "recorded" if self.clinic.on_duty(self._now()) else "nobody"
        return facts(
            self.clinic, now_in.country, now_in.language, self._directory, self._wording, self._now(), notice=notice
        )


class ContentRenderer(NaturalLanguageGenerator):  # type: ignore[misc]
    """What `endpoints.yml` names as ``nlg``: reads the situation from the tracker and renders."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None, renderer: Renderer | None = None) -> None:
        self._renderer = renderer or Renderer(load_clinic(), Directory.load(), Wording.load())

    async def generate(
        self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response as Rasa wants it; None, with a logged error, when it cannot be rendered."""
        templates = (kwargs.get("domain_responses") or {}).get(utter_action)
        if not templates:
            return None
        template = templates[0]
        try:
            clinic = self._renderer.clinic
            now_in = situation(
                turns_of(tracker), tracker.current_slot_values(), languages=clinic.languages, country=clinic.country
            )
            repeated = now_in.more or utter_action in _actions_of_last_turn(tracker)
            rendered = self._renderer.render(template["text"], now_in, repeated=repeated)
        except Exception as error:
            _LOG.error("%s cannot be rendered: %s: %s", utter_action, type(error).__name__, error)
            return None
        return _message(rendered, template.get("custom"))


def _message(rendered: Rendered, custom: Mapping[str, Any] | None) -> dict[str, Any]:
    message: dict[str, Any] = {"text": rendered.text, "tags": list(rendered.tags)}
    if rendered.buttons:
        message["buttons"] = [{"title": button["label"], "payload": button["payload"]} for button in rendered.buttons]
    if request := rendered.request or custom:
        message["custom"] = {key: dict(value) for key, value in request.items()}
    return message


def _request(name: str, now_in: Situation) -> Mapping[str, Any]:
    """A request to the door that needs the assessment; see docs/architecture.md, "Rasa turn"."""
    if name != "escalate":
        raise ValueError(f"no request is called {name!r}")
    assessment = now_in.assessment
    about = {"level": assessment.level.label, "subject": assessment.subject, "flags": sorted(assessment.flags)}
    return {"holdfast": {"type": "escalate", **about}}


def _actions_of_last_turn(tracker: Any) -> frozenset[str]:
    """The responses that were given to the message before the present one."""
    found: set[str] = set()
    messages = 0
    for event in reversed(tracker.applied_events()):
        kind = type(event).__name__
        messages += kind == "UserUttered"
        if messages == 2:
            break
        if messages == 1 and kind == "ActionExecuted":
            found.add(str(event.action_name))
    return frozenset(found)
