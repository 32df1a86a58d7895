"""Decides a message's intent from the detector's assessment and the classifier's ranking. Pure.

The detector decides risk both ways: at `concern` and above the intent is its own, below `concern` a crisis-side intent
of the classifier gives way to the best other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.crisis.types import Assessment, Level
from holdfast.dialogue.after_card import Talk, afterwards, beside, in_context, step_told, told
from holdfast.dialogue.ranked import Ranked

#: Intents that only the detector may decide.
LEVEL_INTENTS = frozenset(
    f"{level}_{subject}" for level in ("emergency", "crisis", "concern") for subject in ("self", "other")
)
DISTRESS = "distress"
#: Special situations, in the order in which they lead below `concern` (SM-64, 73, 76, 77, 81, 83).
SPECIAL = ("harm_to_others", "voices", "after_session", "treat_tonight", "abuse", "bereaved")
#: What becomes of an answer to the direct question.
DIRECT = {"yes": "direct_yes", "no": "direct_no", "unsure": "direct_unsure"}
CRISIS_SIDE = LEVEL_INTENTS | {DISTRESS} | frozenset(SPECIAL) | frozenset(DIRECT.values())
#: With these the message says nothing that a person in distress would miss an answer to.
_NO_QUESTION = frozenset({"bot_complaint", "out_of_scope", "nlu_fallback"})


@dataclass(frozen=True)
class Decision:
    """The ranking as it shall stand, best first, the assessment that leads the turn, and what is answered beside it.

    ``beside`` is an intent whose answer follows the card in the same turn, None when there is none.
    """

    ranking: tuple[Ranked, ...]
    assessment: Assessment
    beside: str | None = None

    def led_by(self, intent: str) -> Decision:
        """The same decision with ``intent`` before all others, for certain."""
        return Decision((Ranked(intent, 1.0), *self.ranking), self.assessment)


def decide(
    assessment: Assessment | None,
    ranking: Sequence[Ranked],
    *,
    sure: bool = True,
    question_threshold: float = 0.5,
    text: str = "",
    talk: Talk = Talk(),  # noqa: B008 (frozen)
) -> Decision:
    """The decision for a message.

    ``sure`` is false when the assessment comes from the lexicon alone: then a crisis-side intent of the classifier
    stands, because missing a risk is the worse error (SM-02). It stands as well when nobody assessed (None).
    ``question_threshold``: the confidence from which a question of a person in distress is answered as such.
    ``talk``: what came before, which weighs follow-ups to a card; ``text``: the message's own words.
    """
    alone = [entry for entry in ranking if entry.name not in CRISIS_SIDE]
    ranking = in_context(ranking, talk)
    led = leading_intent(assessment) if assessment else None
    if assessment is None or (led is None and not sure):
        top = ranking[0].name if ranking else ""
        if top in CRISIS_SIDE:
            # At full confidence: the fallback must not swallow what may be a risk.
            return Decision((Ranked(top, 1.0), *ranking[1:]), _stronger(assessment, _implied(top)))
    assessment = assessment or Assessment(Level.NONE)
    others, tells = without_crisis_side(ranking), told(text, assessment, talk)
    if led:
        return Decision((Ranked(led, 1.0), *others), assessment, beside(tells, text, alone, assessment.level, talk))
    tells = tells or step_told(text, talk)
    if tells:
        return Decision((Ranked(tells, 1.0), *others), assessment)
    if assessment.level is Level.DISTRESS and not _is_question(ranking, question_threshold):
        return Decision((Ranked(DISTRESS, 1.0), *others), assessment)
    return Decision(_meant(others, talk, text), assessment)


def leading_intent(assessment: Assessment) -> str | None:
    """The intent that the assessment alone demands, None when the classifier may decide."""
    level, flags = assessment.level, assessment.flags
    if level is Level.EMERGENCY:
        return _of_level(assessment)
    if assessment.answer == "yes" or (assessment.answer and level <= Level.CONCERN):
        return DIRECT[assessment.answer]
    if level >= Level.CONCERN and "voices" in flags:
        return "voices"
    if level is Level.CONCERN and "treat_tonight" in flags:
        return "treat_tonight"
    if level >= Level.CONCERN:
        return _of_level(assessment)
    return next((flag for flag in SPECIAL if flag in flags), None)


def _of_level(assessment: Assessment) -> str:
    return f"{assessment.level.label}_{assessment.subject or 'self'}"


def _meant(others: tuple[Ranked, ...], talk: Talk, text: str) -> tuple[Ranked, ...]:
    """The ranking with its first intent as it is meant at this place of the conversation."""
    if not others:
        return others
    first = others[0]
    meant = afterwards(first.name, talk, text)
    return others if meant == first.name else (Ranked(meant, first.confidence), *others)


def without_crisis_side(ranking: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """What is not of the crisis side, as shares of what is left: the classifier's view once the risk is settled."""
    others = [entry for entry in ranking if entry.name not in CRISIS_SIDE]
    total = sum(entry.confidence for entry in others)
    return tuple(Ranked(entry.name, entry.confidence / total) for entry in others) if total > 0 else tuple(others)


def _is_question(ranking: Sequence[Ranked], threshold: float) -> bool:
    """Whether a person in distress asks something; measured before crisis-side intents are removed."""
    best = next((entry for entry in ranking if entry.name not in CRISIS_SIDE), None)
    return best is not None and best.name not in _NO_QUESTION and best.confidence >= threshold


def _implied(intent: str) -> Assessment:
    """What a crisis-side intent of the classifier says, when there is no detector to ask."""
    level, _, subject = intent.partition("_")
    if intent in LEVEL_INTENTS:
        return Assessment(Level.of(level), "other" if subject == "other" else "self")
    if intent in SPECIAL:
        commanding = {"voices": Level.CRISIS, "treat_tonight": Level.CONCERN}.get(intent, Level.DISTRESS)
        return Assessment(commanding, "self", flags=frozenset({intent}))
    return Assessment(Level.DISTRESS, "self")


def _stronger(known: Assessment | None, implied: Assessment) -> Assessment:
    if known is None or known.level < implied.level:
        flags = implied.flags | (known.flags if known else frozenset())
        return Assessment(implied.level, implied.subject, flags=flags, answer=known.answer if known else None)
    return known
