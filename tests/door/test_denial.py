"""An alarm that is plainly denied in the next message: what changes, what never does, and when it is no denial."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from holdfast.content.denials import Denials
from holdfast.crisis.types import Assessment, Context, Level, Signal
from holdfast.door import check_back
from holdfast.door.plan import Facts, Plan, clear_episode, next_step
from holdfast.door.rasa import RasaReply
from holdfast.door.records import rasa_metadata
from holdfast.door.state import ConversationState
from tests.door.alone import Alone
from tests.door.test_what_is_true_now import rasa_says, text

FACTS = Facts(on_duty=True, page_for_other=True)
NEW = ConversationState()
CALM = Assessment(Level.NONE)
MODEL = Assessment(Level.CONCERN, "self", (Signal("classifier", "concern_self", Level.CONCERN, 0.9),))
LEXICON = replace(MODEL, signals=(*MODEL.signals, Signal("lexicon", "en.burden", Level.CONCERN, 1.0)))
DENIAL = "no, nothing like that, I only meant the price"


def after(*turns: tuple[str, Assessment | None], state: ConversationState = NEW) -> Plan:
    plan = Plan(state)
    for words, assessment in turns:
        plan = next_step(plan.state, assessment, FACTS, text=words)
    return plan


DENIED = after(("is it even working", MODEL), (DENIAL, CALM)).state


@pytest.mark.parametrize(
    "words",
    [
        DENIAL,
        "What? No. I was just asking about the cost",
        "i'm not suicidal lol i just want to know the price",
        "That's not what I meant!",
        "no hijo no pienso en eso",
        "No, para nada, solo preguntaba por el precio",
        "no es eso, me refería al precio",
    ],
)
def test_plain_denials_are_understood_in_both_languages(words: str) -> None:
    assert Denials.load().denies(words)


@pytest.mark.parametrize(
    "words",
    [
        "no",
        "no I'm fine",
        "never mind",
        "no, nothing like that, I'm just tired of it all",
        "not suicidal, but I wish I was not here",
        "I'm not thinking about that right now",
        "no I only meant going away for good",
        "no no es eso, ya no quiero seguir pero gracias",
        "no, nothing like that, I only meant what would happen to all of them then",
        "no one would miss me",
        "I would never do it",
        "no " * 5_000,
    ],
)
def test_a_bare_no_a_taking_back_or_a_contradiction_is_no_plain_denial_sm19_sm26(words: str) -> None:
    assert not Denials.load().denies(words)


def test_a_plain_denial_ends_the_check_back_and_nothing_else_sm19_g5_g6() -> None:
    alarmed = after(("is it even working", MODEL)).state
    assert replace(alarmed, denial="heard", context=DENIED.context) == DENIED
    assert (DENIED.level, DENIED.episode_open, DENIED.after_risk) == (Level.CONCERN, True, True)
    assert DENIED.context.highest is Level.CONCERN
    for intent, topic in [("thanks", None), ("out_of_scope", None), ("ask_heart", "ask_heart")]:
        assert check_back.due(alarmed, intent, topic, carded=False) is check_back.REACH
        assert check_back.due(DENIED, intent, topic, carded=False) is None
    assert rasa_metadata(DENIED, CALM, carded=False)["denied"] is True
    assert rasa_metadata(alarmed, CALM, carded=False)["denied"] is False
    assert ConversationState.from_dict(DENIED.to_dict()) == DENIED


@pytest.mark.parametrize(
    "alarm",
    [
        replace(MODEL, level=Level.CRISIS),
        replace(MODEL, level=Level.EMERGENCY),
        LEXICON,
        replace(MODEL, subject="other"),
        replace(MODEL, flags=frozenset({"intoxicated"})),
        replace(MODEL, asks_means=True),
    ],
)  # fmt: skip
def test_what_was_said_in_plain_words_or_is_more_than_concern_is_not_denied_away_sm19(alarm: Assessment) -> None:
    assert after(("words", alarm), (DENIAL, CALM)).state.denial is None


@pytest.mark.parametrize(
    "before",
    [
        replace(NEW, context=Context(highest=Level.DISTRESS, distress_turns=1)),
        replace(NEW, flags=frozenset({"bereaved"})),
        after(("words", MODEL), ("thanks", CALM)).state,
        after(("words", replace(MODEL, level=Level.CRISIS)), ("thanks", CALM)).state,
        clear_episode(after(("words", MODEL)).state, lift=False),
    ],
)
def test_signals_over_several_turns_count_together_sm25(before: ConversationState) -> None:
    assert after(("words", MODEL), (DENIAL, CALM), state=before).state.denial is None


@pytest.mark.parametrize(
    "between",
    [("thanks", CALM), ("what does it cost", CALM), ("words", None), ("no", replace(CALM, answer="no"))],
)
def test_only_the_very_next_message_is_the_denial(between: tuple[str, Assessment | None]) -> None:
    assert after(("words", MODEL), between, (DENIAL, CALM)).state.denial is None


@pytest.mark.parametrize(
    "risky",
    [
        replace(CALM, level=Level.DISTRESS, subject="self"),
        LEXICON,
        replace(MODEL, level=Level.CRISIS),
        replace(CALM, retraction=True),
        replace(CALM, asks_means=True),
        replace(CALM, answer="unsure"),
        replace(CALM, flags=frozenset({"voices"})),
    ],
)  # fmt: skip
def test_a_risk_in_the_denial_wins_over_it_sm26(risky: Assessment) -> None:
    assert after(("words", MODEL), (DENIAL, risky)).state.denial is None


def test_a_denial_in_which_a_model_alone_finds_a_concern_gets_its_card_and_is_heard_g1() -> None:
    plan = after(("words", MODEL), ("no hijo no pienso en eso", MODEL))
    assert plan.card is not None and plan.card.variant == "short" and plan.record is None
    assert plan.state.denial == "heard"
    assert after(("words", MODEL), ("no, I only meant something you cannot see", MODEL)).state.denial is None


@pytest.mark.parametrize("later", [MODEL, LEXICON, replace(CALM, level=Level.DISTRESS, subject="self")])
def test_distress_or_an_alarm_after_it_ends_the_denial(later: Assessment) -> None:
    again = after(("words", later), state=DENIED).state
    assert again.denial is None
    assert check_back.due(again, "thanks", None, carded=False) is check_back.REACH
    assert after((DENIAL, CALM), state=again).state.denial is None, "an episode has one denial"


def test_a_tap_without_words_neither_gives_nor_ends_it() -> None:
    tapped = next_step(after(("words", MODEL)).state, CALM, FACTS, moves_on=False, text="")
    assert tapped.state.denial == "open"


def test_a_late_result_opens_no_denial() -> None:
    assert next_step(NEW, MODEL, FACTS).state.denial is None


def alarmed(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation in which a model has just found a concern."""
    judged: list[Any] = [MODEL]
    known = alone.parts.assessor.judge
    monkeypatch.setattr(alone.parts.assessor, "judge", lambda *given: judged.pop() if judged else known(*given))
    alone.open()
    assert any(event.kind == "card" for event in alone.say("honestly is it even working"))


def test_the_denial_is_answered_with_one_sentence_and_the_lines_stay_named_sm26(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarmed(alone, monkeypatch)
    link = alone.parts.texts.link(alone.state(), alone.parts.now()).text
    (answer,) = alone.say("no, nothing like that")
    assert answer.text == f"Thank you for telling me, I have heard that. {link}"
    assert [record.kind for record in alone.records()] == ["alarm"], "staff still have the case"
    said = text(alone.say("thanks"))
    assert "could you reach someone" not in said and link not in said


def test_what_is_held_back_after_a_risk_stays_held_back_without_a_line_g5(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarmed(alone, monkeypatch)
    link = alone.parts.texts.link(alone.state(), alone.parts.now()).text
    alone.say("no, nothing like that")
    rasa_says(alone, monkeypatch, RasaReply("It costs 400.", action="utter_ask_cost", tags=("after_risk:replace",)))
    said = text(alone.say("what does it cost"))
    assert "400" not in said and "leave that question to the clinic's team" in said and link not in said
