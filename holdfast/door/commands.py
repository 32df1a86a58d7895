"""Button payloads and Rasa's requests that the door itself acts upon, so that they work while Rasa is down. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from holdfast.crisis.types import Context
from holdfast.door import feedback
from holdfast.door.clean import Cleaned
from holdfast.door.messages import Kind
from holdfast.door.state import ConversationState
from holdfast.door.texts import Draft, Texts

#: What a tapped answer to the direct question means to the detector.
_SPOKEN = {"/affirm": "yes", "/deny": "no"}
_HANDLED = frozenset({"/other_country", "/more_lines", "/stop_numbers", "/talk_to_person"})


def spoken(cleaned: Cleaned) -> str:
    """The words that the detector reads: a tapped yes or no is that word, any other button carries no words."""
    return cleaned.text if cleaned.command is None else _SPOKEN.get(cleaned.command, "")


def context_of(cleaned: Cleaned, context: Context) -> Context:
    """The turns before as the detector shall see them: a tapped yes or no answers the question whenever it comes."""
    return replace(context, question_open=True) if cleaned.command in _SPOKEN else context


def handles(command: str) -> bool:
    """Whether the door answers this command itself."""
    return command in _HANDLED or command.startswith(("/country ", "/callback", feedback.PREFIX))


def understand(state: ConversationState, command: str, knows: Callable[[str], bool]) -> ConversationState:
    """The state after a command: country chosen, numbers made quiet."""
    if command == "/stop_numbers":
        return replace(state, quiet=True)
    if command.startswith("/country "):
        return apply_request(state, {"type": "country", "code": command.removeprefix("/country ")}, knows)
    return state


def apply_request(
    state: ConversationState,
    request: Mapping[str, Any],
    knows: Callable[[str], bool],
    writes: Callable[[str], bool] = lambda _: False,
) -> ConversationState:
    """The state after a request that came with a Rasa reply; one that does not validate changes nothing.

    ``knows``: whether a code is that of a country; ``writes``: whether the assistant writes a language.
    """
    code = str(request.get("code", ""))
    match request.get("type"):
        case "quiet_numbers":
            return replace(state, quiet=True)
        case "reached":
            return replace(state, reached=True)
        case "alone":
            return replace(state, reached=False)
        case "country" if knows(code.upper()):
            return replace(state, country=code.upper())
        case "language" if writes(code):
            return replace(state, language=code, other_language=None)
    return state


def answer(command: str, state: ConversationState, texts: Texts, now: datetime) -> list[tuple[Kind, Draft]]:
    """What the door says to a command that it handles; nothing for one that is Rasa's."""
    if command == "/more_lines":
        return [("reply", texts.all_lines(state, now))]
    if command == "/stop_numbers":
        return [("reply", texts.reply("stop_numbers_ack", state, now))]
    if command == "/talk_to_person":
        return [("reply", texts.noted(state, now))]
    if rated := feedback.read(command):
        return [("reply", texts.reply("feedback_thanks" if rated.helpful else "feedback_not_helpful", state, now))]
    if command == "/other_country":
        draft = texts.reply("other_country_ask", state, now)
        here = f"/country {state.country}"
        return [("reply", replace(draft, buttons=tuple(button for button in draft.buttons if button.payload != here)))]
    return []
