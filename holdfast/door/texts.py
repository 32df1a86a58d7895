"""Turns what the door decided into words: cards and replies out of `holdfast.content` with the clinic's facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast

from holdfast.clinic import Clinic
from holdfast.content.cards import lines_card, more_lines_text, render_card
from holdfast.content.country import country_name, country_of_timezone
from holdfast.content.directory import Directory
from holdfast.content.facts import facts, written
from holdfast.content.languages import OtherLanguage, other_languages
from holdfast.content.review import ELSEWHERE, changed, tallies
from holdfast.content.review_texts import review_texts
from holdfast.content.static_card import static_answer, static_card, static_lines, static_noted
from holdfast.content.types import Button as ContentButton
from holdfast.content.types import Card, CardRequest
from holdfast.content.wording import Wording
from holdfast.crisis.types import Level
from holdfast.door.body import FLAG
from holdfast.door.messages import Button, Opening
from holdfast.door.plan import CardOrder
from holdfast.door.state import ConversationState

#: Stands where a reply wants the lines of the country.
_HERE = "\x00lines\x00"
#: So many texts that were changed after their signature are named to the desk.
MOST_NAMED = 50


@dataclass(frozen=True)
class Draft:
    """Words ready to be sent, without an event id yet. ``language`` when it is not the conversation's."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    buttons: tuple[Button, ...] = ()
    language: str | None = None


class Texts:
    """All words of the door. Loaded once; a content error stops the start."""

    def __init__(self, clinic: Clinic, directory: Directory, wording: Wording) -> None:
        self._clinic, self._directory, self._wording = clinic, directory, wording

    def card(self, order: CardOrder, state: ConversationState, now: datetime, *, situations: frozenset[str]) -> Draft:
        """The card that was ordered, for the conversation's country and language."""
        if order.variant == "body":
            situations |= {FLAG}
        request = CardRequest(
            country=state.country,
            language=state.language,
            now=now,
            variant=order.variant,
            level=cast(Literal["concern", "crisis", "emergency"], max(order.level, Level.CONCERN).label),
            subject=state.subject,
            situations=situations,
            notice=order.notice,
            staff_name=state.staff_name,
            ask_question=order.ask_question,
            quick_exit=state.channel == "web",
            on_call_phone=self._clinic.on_call_phone,
        )
        if spoken := self._other(state):
            return _static(static_card(request, spoken, self._directory))
        card = render_card(request, self._directory, self._wording)
        return Draft(card.text, card.blocks, _buttons(card.buttons))

    def not_spoken(self, state: ConversationState, now: datetime, *, again: bool) -> Draft:
        """Which languages the assistant writes, in the person's own where it has a card, and in those; with the lines.

        ``again``: it has been said before, so one line is enough (SM-34).
        """
        spoken_here = {code: written(self._clinic, self._wording.deck(code)) for code in self._clinic.languages}
        said = [
            self._wording.reply("unsupported_language", code, lines="", languages=names).text.strip()
            for code, names in spoken_here.items()
        ]
        if spoken := self._other(state):
            request = self._request(state, now, variant="short" if again else "full")
            return _static(static_answer(request, spoken, self._directory, said[:1]))
        lines = self.plain_lines(state.country, state.language, now)
        blocks = (*({"type": "text", "text": text} for text in said), *lines.blocks)
        return Draft("\n\n".join([*said, lines.text]), blocks, lines.buttons)

    def noted(self, state: ConversationState, now: datetime) -> Draft:
        """The answer to the wish for a person: that it is noted, and what is true about people (G4)."""
        if spoken := self._other(state):
            request = self._request(state, now, notice=self._true_now(state, now))
            return _static(static_noted(request, spoken, self._directory))
        return self.reply("talk_to_person", state, now)

    def _true_now(self, state: ConversationState, now: datetime) -> str:
        """What is true about people at this moment (G4): who was told stays told, who is on duty changes."""
        if state.notice in ("claimed", "notified"):
            return state.notice
        return "recorded" if self._clinic.on_duty(now) else "nobody"

    def all_lines(self, state: ConversationState, now: datetime) -> Draft:
        """Every line of the country that may be shown, as text."""
        if spoken := self._other(state):
            return _static(static_lines(self._request(state, now), spoken, self._directory))
        return Draft(more_lines_text(state.country, state.language, self._directory, self._wording, now))

    def plain_lines(self, country: str | None, language: str, now: datetime) -> Draft:
        """The lines of a country without anything about a person: before a conversation, and on errors."""
        card = lines_card(country or self._clinic.country, language, self._directory, self._wording, now)
        return Draft(card.text, card.blocks, _buttons(card.buttons))

    def link(self, state: ConversationState, now: datetime) -> Draft:
        """One discreet sentence with a number."""
        return Draft(self.card(CardOrder("link", Level.CONCERN, False, None), state, now, situations=frozenset()).text)

    def reply(self, name: str, state: ConversationState, now: datetime, **given: str) -> Draft:
        """The reply called ``name`` in the conversation's language, with the clinic's facts and those given."""
        known = facts(
            self._clinic,
            state.country,
            state.language,
            self._directory,
            self._wording,
            now,
            notice=self._true_now(state, now),
            staff_name=state.staff_name,
        )
        reply = self._wording.reply(name, state.language, **{**known, "lines": _HERE, **given})
        words = reply.text.replace(_HERE, "").strip()
        if _HERE not in reply.text:
            return Draft(words, (), _buttons(reply.buttons))
        lines = self.plain_lines(state.country, state.language, now)  # as blocks too, so that each number is a link
        blocks = ({"type": "text", "text": words}, *lines.blocks)
        return Draft(f"{words}\n\n{lines.text}", blocks, _buttons(reply.buttons))

    def phrase(self, name: str, language: str, now: datetime, **given: str) -> str:
        """The text of a reply outside any conversation: the clinic's facts, and those given."""
        known = facts(self._clinic, None, language, self._directory, self._wording, now)
        return self._wording.reply(name, language, **{**known, **given}).text

    def notice(self, kind: str, state: ConversationState) -> Draft:
        """The truthful sentence about people (G4)."""
        if spoken := self._other(state):
            return Draft(spoken.deck.truth(kind, state.staff_name), language=spoken.code)
        return Draft(self._wording.notice(kind, state.language, state.staff_name))

    def signed(self) -> dict[str, Any]:
        """How many of the texts that are in force a clinician has signed, and which were changed after that."""
        signatures, country = self._wording.signatures, self._clinic.country
        texts = review_texts(self._directory, self._wording)
        counts = tallies(texts, signatures, country)
        void = [text.key for text in changed(texts, signatures)]
        return {
            "production": self._clinic.production,
            "problem": signatures.problem,
            "areas": [asdict(each) for each in counts],
            "waiting": sum(each.open for each in counts if each.name != ELSEWHERE),
            "changed": void[:MOST_NAMED],
        }

    def label(self, key: str, language: str, **facts: str) -> str:
        """Words of the deck, such as ``button.helpful``, with the facts that they name."""
        return self._wording.deck(language).say(key, **facts)

    def country_name(self, code: str, language: str) -> str:
        """The country's name in the language; the code itself when it is unknown."""
        return country_name(code, language) or code

    def knows_country(self, code: str) -> bool:
        """Whether that is a country; one without lines in the directory gets the international card."""
        return country_name(code, "en") is not None

    def country_of(self, opening: Opening) -> str:
        """The country that the channel points to: time zone first, then what the page says, else the clinic's."""
        guess = country_of_timezone(opening.timezone) or opening.country
        return guess if guess and self.knows_country(guess) else self._clinic.country

    def writes(self, language: str) -> bool:
        """Whether the assistant writes that language for this clinic."""
        return language in self._clinic.languages

    def has_card(self, state: ConversationState) -> bool:
        """Whether the language that the person writes has a static card."""
        return self._other(state) is not None

    @staticmethod
    def _other(state: ConversationState) -> OtherLanguage | None:
        """The language of the person when it has a static card and is none that the assistant speaks."""
        return other_languages().get(state.other_language or "")

    @staticmethod
    def _request(
        state: ConversationState, now: datetime, *, variant: str = "full", notice: str | None = None
    ) -> CardRequest:
        return CardRequest(
            country=state.country,
            language=state.language,
            now=now,
            variant=variant,
            notice=notice,
            staff_name=state.staff_name,
        )


def _static(card: Card) -> Draft:
    return Draft(card.text, card.blocks, _buttons(card.buttons), card.language)


def _buttons(raw: Iterable[ContentButton]) -> tuple[Button, ...]:
    return tuple(Button(button["label"], button["payload"]) for button in raw)
