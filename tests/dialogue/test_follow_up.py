"""Questions that refer back to the last answer: the table, what is recalled, and what is forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest

from holdfast.content.wording import LANGUAGES, Wording
from holdfast.dialogue.follow_up import MORE, FollowUp, Recalled, follow_up, pattern, plain, raw_table, recall, table
from holdfast.dialogue.situation import Turn

TOPICS = set(Wording.load().answers)
NOW = 10_000.0


@pytest.mark.parametrize(
    ("english", "spanish", "after", "meant"),
    [
        ("and how long does that take?", "¿y cuánto tiempo toma eso?", "session", FollowUp("ask_duration")),
        ("How long does it last?", "¿Cuánto dura?", "how_well", FollowUp("ask_lasting_effect")),
        ("is that covered?", "¿lo cubre el seguro?", "cost", FollowUp("ask_insurance")),
        ("ok, and how much is it", "bueno, ¿y cuánto cuesta?", "session", FollowUp("ask_cost")),
        ("and the side effects?", "¿y los efectos secundarios?", "what_is", FollowUp("ask_side_effects")),
        ("does it hurt", "¿duele?", "what_is", FollowUp("ask_session")),
        ("does it hurt", "me duele?", "session", FollowUp("ask_session", more=True)),
        ("is it safe?", "¿es seguro?", "what_is", FollowUp("ask_safety")),
        ("is it safe?", "¿es seguro?", "pregnancy", FollowUp("ask_pregnancy", more=True)),
        ("does that work", "¿eso funciona?", "conditions", FollowUp("ask_how_well")),
        ("and what if it doesn't work?", "¿y si no funciona?", "how_well", FollowUp("ask_other_options")),
        ("how often?", "¿cada cuánto?", "session", FollowUp("ask_course")),
        ("Why?", "¿Por qué?", "driving", FollowUp("ask_driving", more=True)),
        ("why so many", "¿por qué tantas?", "course", FollowUp("ask_course", more=True)),
        ("why so expensive?", "¿por qué tan caro?", "cost", FollowUp("ask_cost", more=True)),
        ("why so long", "¿por qué tarda tanto?", "duration", FollowUp("ask_duration", more=True)),
        ("what about next morning?", "¿y a la mañana siguiente?", "driving", FollowUp("ask_driving", more=True)),
        ("and the next day", "¿y al día siguiente?", "alcohol", FollowUp("ask_alcohol", more=True)),
        ("how long do they last", "¿cuánto duran?", "course", FollowUp("ask_duration")),
        ("tell me more please", "Cuéntame más, por favor", "ect", FollowUp("ask_ect", more=True)),
        ("Where is that from?", "¿De dónde sale eso?", "ect", FollowUp("ask_ect", sources=True)),
        ("what are your sources", "¿cuáles son tus fuentes?", "heart", FollowUp("ask_heart", sources=True)),
    ],
)
def test_the_usual_pairs_are_understood_in_both_languages(
    english: str, spanish: str, after: str, meant: FollowUp
) -> None:
    for text in (english, spanish):
        assert follow_up(text, Recalled(f"ask_{after}")) == meant, text


@pytest.mark.parametrize("text", ["how long does that take?", "why?", "is that covered?", "tell me more", "¿por qué?"])
def test_without_an_answer_before_nothing_refers_back(text: str) -> None:
    assert follow_up(text, None) is None


@pytest.mark.parametrize("text", ["are you sure?", "is that true?", "how do you know", "¿es verdad?", "¿estás seguro?"])
def test_a_doubt_asks_for_sources_only_right_after_an_answer(text: str) -> None:
    """After "a call does not by itself bring the police" it is no question about drug labels."""
    assert follow_up(text, None) is None
    assert follow_up(text, Recalled("ask_ect")) == FollowUp("ask_ect", sources=True)


def test_the_sources_may_be_asked_of_everything() -> None:
    assert follow_up("where do you get that from?", None) == FollowUp(None, sources=True)


@pytest.mark.parametrize(
    "text", ["how long is the flight to Denver", "why do you charge so much", "thanks", "", "and", "how much is a dog"]
)  # fmt: skip
def test_a_question_of_its_own_does_not_refer_back(text: str) -> None:
    assert follow_up(text, Recalled("ask_session")) is None


def test_a_pair_that_is_not_in_the_table_is_not_guessed() -> None:
    assert follow_up("how long does it take?", Recalled("ask_complaint")) is None


def test_every_cell_of_the_table_names_a_topic_that_exists() -> None:
    for kind in table():
        assert set(kind.after) <= TOPICS, kind.name
        assert {value for value in kind.after.values() if value != MORE} <= TOPICS, kind.name
        assert all(topic != value for topic, value in kind.after.items()), "the topic itself is called more"
        assert kind.otherwise in (None, MORE)
        assert kind.by_itself is None or kind.by_itself in TOPICS


def test_every_kind_has_phrases_in_both_languages_without_accents_or_fillers_alone() -> None:
    fillers = {filler for each in raw_table()["fillers"].values() for filler in each}
    for name, row in raw_table()["kinds"].items():
        assert tuple(sorted(row["phrases"])) == tuple(sorted(LANGUAGES)), name
        for phrases in row["phrases"].values():
            for phrase in phrases:
                assert pattern(phrase)
                assert phrase not in fillers


def test_a_phrase_that_is_no_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match=r"follow_ups\.yml"):
        pattern("how (long|much) .*")


def test_no_two_kinds_claim_the_same_plain_phrase() -> None:
    simple = [
        (kind.name, phrase)
        for kind, row in zip(table(), raw_table()["kinds"].values(), strict=True)
        for phrases in row["phrases"].values()
        for phrase in phrases
        if not re.search(r"[\[(]", phrase)
    ]
    for owner, phrase in simple:
        assert [kind.name for kind in table() if kind.phrases.fullmatch(phrase)] == [owner], phrase


def test_fillers_fall_away_at_both_ends_only() -> None:
    assert plain("Ok, and WHY though?") == "why"
    assert plain("thanks") == "thanks"
    assert plain("time and money") == "time and money"


def turn(intent: str, *, ago: float = 60, level: str = "none", **kept: Any) -> Turn:
    assessment = {"level": level, "subject": None, "flags": [], "answer": None, "score": 0.0}
    return Turn("words", {"assessment": assessment}, kept, intent, NOW - ago)


@pytest.mark.parametrize(
    ("turns", "recalled"),
    [
        ([], None),
        ([turn("ask_cost")], Recalled("ask_cost")),
        ([turn("ask_cost", more=True)], Recalled("ask_cost", told_more=True)),
        ([turn("ask_cost"), turn("ask_heart")], Recalled("ask_heart")),
        ([turn("two_questions", topics=["ask_cost", "ask_parking"])], Recalled("ask_parking")),
        ([turn("ask_cost"), turn("thanks")], Recalled("ask_cost")),
        ([turn("ask_cost"), turn("thanks"), turn("affirm")], Recalled("ask_cost")),
        ([turn("ask_cost"), turn("thanks"), turn("affirm"), turn("thanks")], None),
        ([turn("ask_cost"), turn("where_from", topics=["ask_cost"])], Recalled("ask_cost")),
        ([turn("ask_cost"), turn("nothing_more", topics=["ask_ect"], more=True)], Recalled("ask_ect", told_more=True)),
        ([turn("ask_cost"), turn("unsure_between", topics=["ask_heart", "ask_cost"])], None),
        ([turn("ask_cost"), turn("out_of_scope")], None),
        ([turn("ask_cost"), turn("talk_to_person")], None),
        ([turn("ask_cost", ago=31 * 60)], None),
        ([turn("ask_cost"), turn("crisis_self", level="crisis")], None),
        ([turn("ask_cost"), turn("distress", level="distress")], None),
        ([turn("ask_cost"), turn("direct_no")], None),
        ([turn("ask_cost", level="concern")], None),
        ([turn("crisis_self", level="crisis"), turn("ask_heart")], Recalled("ask_heart")),
    ],
)  # fmt: skip
def test_what_is_recalled(turns: list[Turn], recalled: Recalled | None) -> None:
    """Not across a risk or a card, another matter, or half an hour."""
    assert recall(turns, NOW) == recalled
