"""What a reply depends on: language, country, risk. Read from Rasa's tracker, decided by pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.content.country import country_named_in
from holdfast.content.language import language_of
from holdfast.crisis.types import Assessment, Level
from holdfast.dialogue.wire import assessment_from, context_from

#: Where the guard keeps assessment and context with a turn.
KEPT = "holdfast"


@dataclass(frozen=True)
class Turn:
    """One message of the user: its words, what the door said about it, what the guard kept with it, its intent, and
    when it came, in seconds."""

    text: str
    metadata: Mapping[str, Any]
    kept: Mapping[str, Any]
    intent: str = ""
    at: float = 0.0

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that were answered, in order; none when topics were only offered."""
        if self.intent.startswith("ask_"):
            return (self.intent,)
        return () if self.intent == "unsure_between" else self.about

    @property
    def about(self) -> tuple[str, ...]:
        """The topics that the guard named beside the intent: asked together, offered, or asked the sources of."""
        return tuple(self.kept.get("topics") or ())

    @property
    def more(self) -> bool:
        """Whether the detail of the last topic was asked for by referring back."""
        return self.kept.get("more") is True

    @property
    def assessment(self) -> Assessment | None:
        """The assessment of the message: the guard's, which includes the door's, else the door's own."""
        given = self.kept.get("assessment") or self.metadata.get("assessment")
        return assessment_from(given) if given else None

    @property
    def beside(self) -> str | None:
        """The intent that the guard wants answered beside the card, None when there is none."""
        name = self.kept.get("beside")
        return name if isinstance(name, str) else None

    @property
    def context(self) -> Mapping[str, Any] | None:
        """The detector's context after the message, when it was assessed."""
        return self.kept.get("context")


@dataclass(frozen=True)
class Situation:
    """What a reply needs to know. ``country`` is an ISO code; ``after_risk`` is G5; ``named`` a country just named.

    ``beside`` is an intent to be answered beside the card, ``minor`` that the writer may be under 18 (SM-74). ``about``
    are the topics that the message is about where its intent does not name them; ``more``: detail is wanted.
    ``denied``: the one alarm so far was plainly denied at once.
    """

    language: str
    country: str
    assessment: Assessment
    after_risk: bool
    named: str | None
    question_due: bool
    beside: str | None = None
    minor: bool = False
    about: tuple[str, ...] = ()
    more: bool = False
    denied: bool = False


def turns_of(tracker: Any) -> list[Turn]:
    """The user's messages of the current session, oldest first."""
    events = [event for event in tracker.applied_events() if type(event).__name__ == "UserUttered"]
    return [
        Turn(
            event.text or "",
            event.metadata or {},
            (event.parse_data or {}).get(KEPT) or {},
            str(event.intent_name or ""),
            float(event.timestamp or 0.0),
        )
        for event in events
    ]


def situation(turns: Sequence[Turn], slots: Mapping[str, Any], *, languages: Sequence[str], country: str) -> Situation:
    """The situation after the last of ``turns``. What the door says wins; without a door the words themselves tell.

    ``languages`` are the clinic's, its first one is the default; ``country`` is the clinic's.
    """
    last = turns[-1] if turns else Turn("", {}, {})
    named = country_named_in(last.text)
    language = last.metadata.get("language") or _language(turns, slots, languages)
    where = last.metadata.get("country") or named or slots.get("country") or country
    assessment = last.assessment or Assessment(Level.NONE)
    risk = bool(last.metadata.get("after_risk")) or any(_risky(turn) for turn in turns)
    return Situation(
        language=language if language in languages else languages[0],
        country=str(where),
        assessment=assessment,
        after_risk=risk,
        named=named,
        question_due=assessment.level is Level.CONCERN and assessment.subject == "self" and not _asked(turns[:-1]),
        beside=last.beside,
        minor="minor" in (last.metadata.get("flags") or ()) or any(_minor(turn) for turn in turns),
        about=last.about,
        more=last.more,
        denied=last.metadata.get("denied") is True,
    )


def _language(turns: Sequence[Turn], slots: Mapping[str, Any], languages: Sequence[str]) -> str:
    language = slots.get("language") or languages[0]
    for turn in turns:
        if not turn.text.startswith("/"):
            language = language_of(turn.text, language)
    return language


def _risky(turn: Turn) -> bool:
    assessment = turn.assessment
    return assessment is not None and assessment.level >= Level.CONCERN


def _minor(turn: Turn) -> bool:
    """Whether the writer said to be under 18; what they say of somebody else's age is not that."""
    assessment = turn.assessment
    return assessment is not None and "minor" in assessment.flags and assessment.subject != "other"


def _asked(turns: Sequence[Turn]) -> bool:
    """Whether the direct question has been put before: it is put once (SM-32)."""
    contexts = [context_from(turn.context) for turn in turns if turn.context is not None]
    return any(context.question_put for context in contexts)
