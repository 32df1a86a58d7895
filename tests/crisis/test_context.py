"""What the turns before make of a message, as a table, and what can never happen to a conversation's state."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.crisis.classifier import Scores
from holdfast.crisis.context import decide, next_context
from holdfast.crisis.detector import Detector
from holdfast.crisis.lexicon import Findings
from holdfast.crisis.types import Assessment, Context, Level

TURNS = [
    ("hi", "i want to die", "lol jk", "what does it cost", "yes", "no", "my friend wants to kill herself", "me too",
     "i am so tired", "nothing will ever get better", "i had a lot to drink", "never mind", "\u00bfcu\u00e1nto cuesta?",
     "quiero morirme", "i dont know", "thanks", ""),
][0]  # fmt: skip


def talk(floor: Detector, *turns: str) -> list[Assessment]:
    context, found = Context(), []
    for turn in turns:
        found.append(floor.assess(turn, context))
        context = next_context(context, found[-1])
    return found


@pytest.mark.parametrize(
    ("turns", "level", "subject"),
    [
        (("i wish i would not wake up", "yes"), "crisis", "self"),  # SM-32
        (("i wish i would not wake up", "i don't know"), "concern", "self"),
        (("what does it cost", "yes"), "none", None),
        (("i want to kill myself", "lol jk"), "crisis", "self"),  # SM-19
        (("i want to kill myself", "what are your opening hours?"), "none", None),
        (("my friend wants to kill herself", "honestly the friend is me"), "crisis", "self"),  # SM-71
        (("i want to die", "i have had a bottle of wine"), "emergency", "self"),  # SM-63
        (("i am drunk", "i want to die"), "emergency", "self"),
        (("hello", "jk"), "none", None),
        (("i wish i would not wake up", "how many would it take"), "crisis", "self"),  # SM-20
        (("how many would it take",), "none", None),
        (("my friend wants to kill herself", "how many would it take"), "none", None),
        (("my friend wants to kill herself", "yes"), "none", None),  # nothing was asked (SM-32)
        (("i want to kill myself", "yes"), "none", None),  # danger is plain, nothing was asked (SM-33)
        (("i want to kill myself", "i wish i would not wake up", "yes"), "crisis", "self"),  # asked with the second
        (("i want to kill myself", "i still want to tho"), "crisis", "self"),  # SM-19
        (("i wish i would not wake up", "i still feel like that"), "concern", "self"),
        (("hello", "i still want to know the price"), "none", None),
        (("i wish i would not wake up", "its been every night. i have a plan"), "crisis", "self"),  # SM-13
        (("i have a plan",), "none", None),
        (("i want to die", "i have a plan with my insurer"), "none", None),
        (("quiero morirme", "lo voy a hacer"), "crisis", "self"),
        (("hola", "lo voy a hacer"), "none", None),
        (("i wish i would not wake up", "tell dr hale thanks"), "crisis", "self"),  # SM-14
        (("my friend wants to kill herself", "tell dr hale thanks"), "none", None),
        (("i wish i would not wake up", "i feel hopeless"), "concern", "self"),  # SM-25
        (("i feel hopeless",), "distress", "self"),
    ],
)
def test_the_turns_before_count(floor: Detector, turns: tuple[str, ...], level: str, subject: str | None) -> None:
    """SM-25."""
    last = talk(floor, *turns)[-1]
    assert (last.level.label, last.subject) == (level, subject), last.signals


def test_a_no_to_the_direct_question_is_heard_and_lowers_nothing(floor: Detector) -> None:
    """SM-26: a negative is no all-clear."""
    context = next_context(Context(), floor.assess("i wish i would not wake up"))
    answer = floor.assess("no", context)
    assert answer.answer == "no" and answer.level == Level.NONE
    assert next_context(context, answer).highest == Level.CONCERN


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("no", "no"),
        ("no, I'm not suicidal", "no"),
        ("nope, just tired", "no"),
        ("no i don't want to die", "no"),
        ("no pero estoy triste", "no"),
        ("no, solo cansado", "no"),
        ("no one answers", None),
        ("no one picks up", None),
        ("no, they hung up on me", None),
        ("no I can't call", None),
        ("no one is here", None),
        ("no puedo hablar", None),
        ("no me contestan", None),
        ("no hablo ingles", None),
        ("no estoy sola", None),
    ],
)
def test_only_a_no_to_the_question_is_its_answer_sm32(floor: Detector, said: str, answer: str | None) -> None:
    """A line that does not answer must not be taken for "no, I am not thinking about suicide"."""
    context = next_context(Context(), floor.assess("everyone would be better off without me"))
    assert context.question_open
    assert floor.assess(said, context).answer == answer


def test_the_question_is_put_once_and_only_where_it_belongs_sm32_sm33() -> None:
    other, crisis = Assessment(Level.CONCERN, "other"), Assessment(Level.CRISIS, "self")
    own = Assessment(Level.CONCERN, "self")
    assert not next_context(Context(), other).question_open
    assert not next_context(Context(), crisis).question_open
    after = next_context(next_context(Context(), crisis), own)
    assert after.question_open and after.question_put
    answered = next_context(after, Assessment(Level.NONE, answer="no"))
    assert not answered.question_open
    assert not next_context(answered, own).question_open


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TURNS), max_size=12))
def test_the_highest_level_never_falls_and_the_first_person_stays(turns: list[str]) -> None:
    floor = _floor()
    context = Context()
    for turn in turns:
        assessment = floor.assess(turn, context)
        after = next_context(context, assessment)
        assert after.highest >= context.highest and after.highest >= assessment.level
        assert not (context.subject == "self" and after.subject != "self")
        assert after.flags >= context.flags and after.distress_turns >= context.distress_turns
        assert (assessment.subject is None) == (assessment.level == Level.NONE)
        context = after


_LOADED: list[Detector] = []


def _floor() -> Detector:
    if not _LOADED:
        _LOADED.append(Detector.load(lexicon_only=True))
    return _LOADED[0]


@pytest.mark.parametrize(
    ("level", "found", "flag", "expected"),
    [
        (Level.CONCERN, 0.05, "after_session", Level.NONE),
        (Level.CONCERN, 0.6, "after_session", Level.CONCERN),
        (Level.CRISIS, 0.2, "after_session", Level.CRISIS),
        (Level.CONCERN, 0.05, "bereaved", Level.CONCERN),
    ],
)
def test_a_faint_concern_in_a_reaction_after_a_session_is_none(
    level: Level, found: float, flag: str, expected: Level
) -> None:
    """SM-64: the card of the reaction goes out by its flag; nobody with a tight chest is asked about suicide."""
    scores = Scores(level, "self", "concern_self", (found, found, found, found))
    assert decide(Findings(flags=frozenset({flag})), scores, Context()).level == expected


def test_drink_raises_no_concern_that_the_models_find_faint_but_what_was_disclosed_before() -> None:
    """SM-63."""
    drunk = Findings(flags=frozenset({"intoxicated"}))
    faint, plain = (Scores(Level.CONCERN, "self", "concern_self", (p, p, 0.0, 0.0)) for p in (0.08, 0.6))
    assert decide(drunk, faint, Context()).level == Level.CONCERN
    assert decide(drunk, plain, Context()).level == Level.CRISIS
    assert decide(drunk, faint, Context(highest=Level.CRISIS, subject="self")).level == Level.EMERGENCY
