"""Turns what the door decided into words: cards and replies out of `holdfast.content` with the clinic's facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from holdfast.clinic import Clinic
from holdfast.content.cards import lines_card, more_lines_text, render_card
from holdfast.content.country import country_name, country_of_timezone
from holdfast.content.directory import Directory
from holdfast.content.facts import facts
from holdfast.content.types import Button as ContentButton
from holdfast.content.types import CardRequest
from holdfast.content.wording import Wording
from holdfast.crisis.types import Level
from holdfast.door.messages import Button, Opening
from holdfast.door.plan import CardOrder
from holdfast.door.state import ConversationState

#: Stands where a reply wants the lines of the country.
_HERE = "\x00lines\x00"


@dataclass(frozen=True)
class Draft:
    """Words ready to be sent, without an event id yet."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    buttons: tuple[Button, ...] = ()


class Texts:
    """All words of the door. Loaded once; a content error stops the start."""

    def __init__(self, clinic: Clinic, directory: Directory, wording: Wording) -> None:
        self._clinic, self._directory, self._wording = clinic, directory, wording

    def card(self, order: CardOrder, state: ConversationState, now: datetime, *, situations: frozenset[str]) -> Draft:
        """The card that was ordered, for the conversation's country and language."""
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
        card = render_card(request, self._directory, self._wording)
        return Draft(card.text, card.blocks, _buttons(card.buttons))

    def all_lines(self, state: ConversationState, now: datetime) -> Draft:
        """Every line of the country that may be shown, as text."""
        return Draft(more_lines_text(state.country, state.language, self._directory, self._wording, now))

    def plain_lines(self, country: str | None, language: str, now: datetime) -> Draft:
        """The lines of a country without anything about a person: before a conversation, and on errors."""
        card = lines_card(country or self._clinic.country, language, self._directory, self._wording, now)
        return Draft(card.text, card.blocks, _buttons(card.buttons))

    def link(self, state: ConversationState, now: datetime) -> Draft:
        """One discreet sentence with a number."""
        return Draft(self.card(CardOrder("link", Level.CONCERN, False, None), state, now, situations=frozenset()).text)

    def reply(self, name: str, state: ConversationState, now: datetime) -> Draft:
        """The reply called ``name`` in the conversation's language, with the clinic's facts filled in."""
        known = facts(
            self._clinic,
            state.country,
            state.language,
            self._directory,
            self._wording,
            now,
            notice=state.notice or ("recorded" if self._clinic.on_duty(now) else "nobody"),
            staff_name=state.staff_name,
        )
        reply = self._wording.reply(name, state.language, **{**known, "lines": _HERE})
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
        return Draft(self._wording.notice(kind, state.language, state.staff_name))

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


def _buttons(raw: Iterable[ContentButton]) -> tuple[Button, ...]:
    return tuple(Button(button["label"], button["payload"]) for button in raw)
