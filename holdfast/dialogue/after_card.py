"""What a message means after a crisis card: barriers to calling, steps taken, and what is answered beside a card. Pure.

docs/after-a-card.md lists the paths. Nothing in here raises or lowers a level: that is the detector's alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import jsonschema
import yaml

from holdfast.crisis.types import Assessment, Level, Subject
from holdfast.dialogue.ranked import Ranked
from holdfast.quick_yaml import safe_load

FILE = Path(__file__).with_name("after_card.yml")
#: What keeps people from calling; one answer each (SM-44).
BARRIERS = (
    "fear_of_police", "cost_of_call", "put_on_hold", "language_of_line", "no_privacy", "tried_before", "cannot_talk",
)  # fmt: skip
#: What a person asks for or tells after a card (SM-47, SM-49).
STEPS = ("grounding", "safety_plan", "reached_someone", "not_reached", "returning")
#: Follow-ups answered beside a card when a message of risk holds them too. Not `safety_plan`: "I have a plan".
BESIDE = frozenset({*BARRIERS, "grounding", "call_what_happens", "who_reads", "call_police"})
#: Follow-ups that say little before any card: then "is it free" asks for the treatment's price.
FOLLOW_UPS = frozenset({*BARRIERS, *STEPS})
#: These are asked for at any time.
ANYTIME = frozenset({"grounding", "safety_plan"})
#: How much likelier a follow-up is once a card is out, and how much less likely before.
AFTER, BEFORE = 3.0, 0.05
#: What a follow-up must have to be answered beside a card: its share of all that is no risk, and its confidence itself.
BESIDE_SHARE, BESIDE_LEAST = 0.4, 0.05
#: What an answer to the one check-back means, by what was asked (SM-49).
CHECK_BACK = {
    "reach": {"affirm": "reached_someone", "deny": "not_reached"},
    "ease": {"affirm": "easier_now", "deny": "still_hard", "not_reached": "still_hard"},
}
#: After a card a bare yes or no answers nothing that was asked, and a greeting comes from a person who returns.
AFTERWARDS = {"affirm": "heard", "deny": "heard", "greet": "returning"}
#: Who asks what happens here, not at the lines.
_THIS_CHAT = re.compile(r"\b(you|u|your|clinic|bot|chat|ustedes|usted|tú|clínica|clinica)\b", re.IGNORECASE)
#: Set by the guard alone; no message is trained as one of them.
UNTRAINED = frozenset(
    {
        "heard", "easier_now", "still_hard", "alone_again", "will_be_alone", "help_on_way", "emergency_call",
        "take_to_hospital", "they_said_yes", "what_to_say", "not_your_fault", "tell_someone", "keep_medicine", "urge",
        "listening", "night_after_risk",
    }
)  # fmt: skip

#: A question about a method or an amount: no answer, a line, a person (SM-04, SM-52). The lexicon hears it.
ASKS_MEANS = "asks_means"

Below = Literal["never", "any", "distress"]


_REPLIES = {"asks_means": "means_distance", "worse_in_treatment": "worse_after_treatment"}


class AfterCardError(RuntimeError):
    """`after_card.yml` cannot be used; the message names the file, the place in it and the remedy."""


@dataclass(frozen=True)
class Talk:
    """Where in the conversation a message stands. ``after_card``: a card is out, be it this turn's.

    ``asked_back`` is the check-back that the message may answer: ``reach``, ``ease`` or None. ``about``: whom the risk
    was about; ``reached``: somebody was said to be with the person.
    """

    after_card: bool = False
    asked_back: str | None = None
    about: Subject = "self"
    reached: bool = False


@dataclass(frozen=True)
class Told:
    """A situation of `after_card.yml`. ``below``: when it leads although the detector found less than `concern`."""

    name: str
    below: Below
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Step:
    """A step of `after_card.yml`: what is told or asked after a card, and where its words mean that."""

    name: str
    about: Literal["self", "other", "any"]
    question: bool
    beside: bool
    needs_reached: bool
    pattern: re.Pattern[str]

    def fits(self, text: str, talk: Talk) -> bool:
        """Whether the words say it at this place of the conversation."""
        in_place = self.about in ("any", talk.about) and (talk.reached or not self.needs_reached)
        return in_place and (self.question or "?" not in text) and self.pattern.search(text) is not None


def in_context(ranking: Sequence[Ranked], talk: Talk) -> tuple[Ranked, ...]:
    """The ranking with follow-ups weighed by whether a card is out, best first; the sum stays."""
    factor, names = (AFTER, FOLLOW_UPS) if talk.after_card else (BEFORE, FOLLOW_UPS - ANYTIME)
    weighed = [entry.confidence * (factor if entry.name in names else 1.0) for entry in ranking]
    total, before = sum(weighed), sum(entry.confidence for entry in ranking)
    if total <= 0:
        return tuple(ranking)
    entries = [Ranked(entry.name, value * before / total) for entry, value in zip(ranking, weighed, strict=True)]
    return tuple(sorted(entries, key=lambda entry: -entry.confidence))


def told(text: str, assessment: Assessment, talk: Talk) -> str | None:
    """The situation that the words tell of, None when there is none or it is not the place for its answer."""
    if assessment.asks_means and (talk.after_card or assessment.level >= Level.CONCERN):
        return ASKS_MEANS
    return next((each.name for each in situations() if each.pattern.search(text) and _in_place(each, assessment)), None)


def step_told(text: str, talk: Talk) -> str | None:
    """The step after a card that the words tell of, None when there is none or no card is out."""
    return next((step.name for step in steps() if step.fits(text, talk)), None) if talk.after_card else None


def beside(
    told_of: str | None,
    text: str,
    others: Sequence[Ranked],
    level: Level = Level.CRISIS,
    talk: Talk = Talk(),
) -> str | None:
    """The intent that is answered beside a card: a situation told of, a barrier named, a step, or a follow-up that
    stands out.

    ``others`` is the classifier's own view of what is no risk, not weighed by context. At `emergency` nothing stands
    beside "call now" that weighs for and against a call (SM-33, SM-43).
    """
    if told_of or level is Level.EMERGENCY:
        return told_of
    named = next((name for name, pattern in barriers() if pattern.search(text)), None)
    if named == "fear_of_police" and _THIS_CHAT.search(text):
        return "call_police"  # asked of us, not of the lines: the clinic's own rule is told (SM-86)
    named = named or next((step.name for step in steps() if step.beside and step.fits(text, talk)), None)
    if named or not others:
        return named
    top = max(others, key=lambda entry: entry.confidence)
    share = top.confidence / (sum(entry.confidence for entry in others) or 1.0)
    stands_out = share >= BESIDE_SHARE and top.confidence >= BESIDE_LEAST
    return top.name if top.name in BESIDE and stands_out else None


def reply_of(intent: str) -> str:
    """The reply that answers a follow-up."""
    return _REPLIES.get(intent, intent)


def afterwards(intent: str, talk: Talk, text: str = "") -> str:
    """The intent as it is meant at this place of the conversation.

    After a card, fear of the police is a barrier to calling the lines, unless the question is about this chat.
    """
    if talk.asked_back and intent in (answers := CHECK_BACK.get(talk.asked_back, {})):
        return answers[intent]
    if talk.after_card and intent == "call_police" and not _THIS_CHAT.search(text):
        return "fear_of_police"
    return AFTERWARDS.get(intent, intent) if talk.after_card else intent


@lru_cache(maxsize=1)
def situations() -> tuple[Told, ...]:
    """The situations of `after_card.yml`, in order of rank."""
    return tuple(
        Told(each["name"], each["below_concern"], _either(each["patterns"])) for each in _listed()["situations"]
    )


@lru_cache(maxsize=1)
def barriers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The barriers of `after_card.yml` with the words that name them, in order of rank."""
    return tuple((each["name"], _either(each["patterns"])) for each in _listed()["barriers"])


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """The steps of `after_card.yml`, in order of rank."""
    return tuple(
        Step(
            each["name"],
            each["about"],
            bool(each.get("question")),
            bool(each.get("beside")),
            each.get("needs") == "reached",
            _either(each["patterns"]),
        )
        for each in _listed()["steps"]
    )


def _listed() -> dict[str, list[dict[str, Any]]]:
    return read(FILE)


def read(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Situations, barriers and steps of a file, checked against after_card.schema.json. Raises AfterCardError."""
    schema = json.loads(FILE.with_suffix(".schema.json").read_text(encoding="utf-8"))
    try:
        listed: dict[str, list[dict[str, Any]]] = safe_load(file.read_text(encoding="utf-8"))
        jsonschema.validate(listed, schema)
    except (OSError, yaml.YAMLError) as error:
        raise AfterCardError(f"{file}: {error}. Restore or correct the file.") from None
    except jsonschema.ValidationError as error:
        place = ".".join(str(part) for part in error.absolute_path)
        raise AfterCardError(
            f"{file}: {place}: {error.message}. Correct it as after_card.schema.json beside it says."
        ) from None
    for part in ("situations", "barriers", "steps"):
        for each in listed[part]:
            for pattern in each["patterns"]:
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise AfterCardError(f"{file}: {part}: {each['name']}: {pattern!r}: {error}. Correct it.") from None
    return listed


def _either(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _in_place(situation: Told, assessment: Assessment) -> bool:
    if assessment.subject == "other":
        return False
    if assessment.level >= Level.CONCERN or situation.below == "any":
        return True
    unwell = assessment.level is Level.DISTRESS or "after_session" in assessment.flags
    return situation.below == "distress" and unwell
