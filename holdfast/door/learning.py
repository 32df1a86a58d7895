"""What a platform tells late about a person: where they are, which language they use. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holdfast.clinic import Clinic
from holdfast.content.country import country_named_in
from holdfast.content.language import language_of
from holdfast.door.messages import Opening
from holdfast.door.state import ConversationState
from holdfast.door.texts import Texts


def learned(
    state: ConversationState, opening: Opening, said: Sequence[str], texts: Texts, clinic: Clinic
) -> ConversationState:
    """The state with what ``opening`` tells, except where the person's own words and taps (``said``) have decided.

    Nothing changes once a time zone is known: the conversation began with what the platform told.
    """
    if state.timezone is not None:
        return state
    language = state.language
    if opening.language in clinic.languages and language == clinic.languages[0]:
        language = opening.language or language
        for words in said:
            language = language_of(words, language)
    country = state.country
    if country == clinic.country and not any(country_named_in(words) for words in said):
        country = texts.country_of(opening)
    return replace(
        state,
        country=country,
        language=language if language in clinic.languages else state.language,
        timezone=opening.timezone,
    )
