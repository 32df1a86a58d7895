"""Turns what the door decided into words: cards and replies out of `holdfast.content` with the clinic's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.clinic import Clinic
from holdfast.content.cards import CardRequest, render_card
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.crisis.types import Level
from holdfast.door.messages import Button
from holdfast.door.plan import CardOrder
from holdfast.door.state import ConversationState


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
        level = max(order.level, Level.CONCERN)
        request = CardRequest(
            country=state.country,
            language=state.language,
            variant=order.variant,
            level=level.label,
            subject=state.subject or "self",
            situations=situations,
            notice=order.notice,
            staff_name=state.staff_name,
            ask_question=order.ask_question,
            now=now,
            on_call_phone=self._clinic.on_call_phone,
        )
        card = render_card(request, self._directory, self._wording).to_dict()
        return Draft(card["text"], tuple(card["blocks"]), _buttons(card["buttons"]))

    def plain_lines(self, country: str | None, language: str, now: datetime) -> Draft:
        """The full card without anything about the person: what is shown before a conversation and on errors."""
        state = ConversationState(country=country or self._clinic.country, language=language)
        return self.card(
            CardOrder("full", Level.CONCERN, False, None), state, now, situations=frozenset({"lines_only"})
        )

    def reply(self, name: str, state: ConversationState, now: datetime, **facts: str) -> Draft:
        """The reply called ``name`` in the conversation's language, with the clinic's facts filled in."""
        lines = self.card(CardOrder("short", Level.CONCERN, False, None), state, now, situations=frozenset()).text
        known = {
            "clinic_name": self._clinic.name,
            "clinic_phone": self._clinic.phone,
            "on_call_phone": self._clinic.on_call_phone,
            "country_name": self._directory.name(state.country),
            "crisis_hint": lines,
            "lines": lines,
            "staff_name": state.staff_name or "",
            "notice": self._wording.notice(state.notice, state.language, state.staff_name) if state.notice else "",
            "days": str(self._clinic.retention_days),
        }
        reply = self._wording.reply(name, state.language, **{**known, **facts})
        return Draft(reply.text, (), _buttons(reply.buttons))

    def notice(self, kind: str, state: ConversationState) -> Draft:
        """The truthful sentence about people (G4)."""
        return Draft(self._wording.notice(kind, state.language, state.staff_name))

    def country_name(self, code: str) -> str:
        """The country's name in English; the code itself when it is unknown."""
        return self._directory.name(code)

    def knows_country(self, code: str) -> bool:
        """Whether the directory has that country."""
        return self._directory.has(code)


def _buttons(raw: Any) -> tuple[Button, ...]:
    return tuple(
        Button(button["label"], button["payload"])
        if isinstance(button, Mapping)
        else Button(button.label, button.payload)
        for button in raw
    )
