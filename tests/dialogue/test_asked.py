"""What the parts of one message ask: what refers back, what a greeting hides, what a sad person asks."""

from __future__ import annotations

import pytest

from holdfast.dialogue.asked import Part, asked_in_distress, both, settled
from holdfast.dialogue.choice import Choice
from holdfast.dialogue.follow_up import FollowUp, Recalled
from holdfast.dialogue.ranked import Ranked

LIMIT = 0.8


def part(text: str, **ranks: float) -> Part:
    return Part(text, [Ranked(name, confidence) for name, confidence in ranks.items()])


def topics(parts: list[Part], recalled: Recalled | None = None) -> list[str | None]:
    return [ranking[0].name if ranking else None for ranking in settled(parts, recalled, LIMIT).rankings]


@pytest.mark.parametrize(
    ("first", "second", "meant"),
    [
        ("ask_side_effects", "how long do they last?", "ask_side_effects"),
        ("ask_side_effects", "how long does it last?", "ask_side_effects"),
        ("ask_side_effects", "cuánto duran?", "ask_side_effects"),
        ("ask_side_effects", "se quitan solos", "ask_side_effects"),
        ("ask_side_effects", "are they dangerous", "ask_serious_effects"),
        ("ask_course", "how long do they last", "ask_duration"),
        ("ask_course", "how much are they", "ask_cost"),
        ("ask_course", "cuánto cuestan", "ask_cost"),
        ("ask_how_well", "how long does it last?", "ask_lasting_effect"),
    ],
)
def test_a_second_part_that_only_refers_back_belongs_to_the_first(first: str, second: str, meant: str) -> None:
    parts = [part("the first question", **{first: 0.95}), part(second, ask_lasting_effect=0.99)]
    assert topics(parts) == [first, meant]


@pytest.mark.parametrize("second", ["how long do they last", "cuánto duran", "do they go away", "are they dangerous"])
def test_what_only_points_at_something_that_is_not_paired_is_not_answered(second: str) -> None:
    """A wrong pair is worse than none."""
    assert topics([part("where do I park", ask_parking=0.95), part(second, ask_lasting_effect=0.99)])[1] is None
    assert topics([part("what is this?", ask_parking=0.5), part(second, ask_lasting_effect=0.99)])[1] is None


def test_a_second_question_of_its_own_stays_one() -> None:
    parts = [part("can I drive", ask_driving=0.95), part("how long does it take", ask_duration=0.9)]
    assert topics(parts) == ["ask_driving", "ask_duration"]
    parts = [part("what does it cost", ask_cost=0.95), part("do they take insurance", ask_insurance=0.9)]
    assert topics(parts) == ["ask_cost", "ask_insurance"]


@pytest.mark.parametrize(
    ("texts", "after"),
    [
        (("what about next morning?", "i got a 5am load"), "ask_driving"),
        (("i got a 5am load.", "what about next morning?"), "ask_driving"),
        (("¿y a la mañana siguiente?", "entro a las 5"), "ask_driving"),
        (("why so many?", "my friend had three"), "ask_course"),
        (("¿por qué tantas?", "mi amiga tuvo tres"), "ask_course"),
    ],
)
def test_a_part_may_refer_to_the_answer_before_with_a_reason_beside_it(texts: tuple[str, str], after: str) -> None:
    parts = [part(text, put_on_hold=0.4) for text in texts]
    assert settled(parts, Recalled(after), LIMIT).back == FollowUp(after, more=True)
    assert settled(parts, None, LIMIT).back is None
    assert settled(parts, Recalled("ask_parking"), LIMIT).back is None


def test_behind_another_question_nothing_refers_to_the_answer_before() -> None:
    parts = [part("do you have a cat?", out_of_scope=0.9), part("why so many?", ask_course=0.3)]
    assert settled(parts, Recalled("ask_course"), LIMIT).back is None


SAD = part("I cry all the time since the divorce", distress=1.0)


@pytest.mark.parametrize(
    "question",
    ["would ketamine help with something like that", "¿la ketamina ayuda con algo así?", "Can ketamine help me?"],
)
def test_a_sad_person_who_asks_whether_it_would_help_is_answered(question: str) -> None:
    unsure = part(question, ask_conditions=0.5, ask_how_well=0.2)
    assert asked_in_distress(f"{SAD.text}. {question}", [SAD, unsure], LIMIT) == Choice("ask_how_well", ())
    assert asked_in_distress(question, [], LIMIT) == Choice("ask_how_well", ())


@pytest.mark.parametrize(
    "told",
    [
        [SAD],
        [SAD, part("why does nothing help me", distress=0.7, ask_how_well=0.3)],
        [SAD, part("nothing works", ask_other_options=0.9)],
        [SAD, part("would it help to talk?", ask_psychotherapy=0.6)],
    ],
)
def test_a_sad_person_who_asks_nothing_for_certain_is_heard(told: list[Part]) -> None:
    assert asked_in_distress("I cry all the time", told, LIMIT) is None


def test_two_questions_of_a_sad_person_are_both_answered() -> None:
    told = [SAD, part("what does it cost?", ask_cost=0.9), part("where are you?", ask_location=0.9)]
    assert asked_in_distress("words", told, LIMIT) == Choice("two_questions", ("ask_cost", "ask_location"))


def ranked(**ranks: float) -> list[Ranked]:
    return [Ranked(name, confidence) for name, confidence in ranks.items()]


def test_a_greeting_does_not_swallow_the_question() -> None:
    whole, rest = ranked(greet=0.4, ask_session=0.25, ask_booking=0.2), ranked(ask_booking=0.9, ask_session=0.1)
    found = both(whole, rest, 0.75)
    assert found[0].name == "ask_booking"
    assert "greet" not in {each.name for each in found}
    assert sum(each.confidence for each in found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("whole", "rest"),
    [
        (ranked(greet=0.98), ranked(ask_team=0.9)),
        (ranked(returning=0.9), ranked(ask_session=0.9)),
        (ranked(crisis_self=0.4, greet=0.3), ranked(ask_cost=1.0)),
        (ranked(greet=0.5), ranked(greet=0.6, ask_cost=0.3)),
        (ranked(greet=0.5, out_of_scope=0.3), ranked(out_of_scope=0.9)),
        (ranked(greet=0.5), []),
    ],
)
def test_a_greeting_that_is_one_and_whatever_is_sure_stays(whole: list[Ranked], rest: list[Ranked]) -> None:
    assert both(whole, rest, 0.75) is whole
