"""What a message means after a card: weighing by context, barriers beside a risk, answers to the check-back. Pure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from holdfast.content.wording import LANGUAGES, Wording
from holdfast.crisis.types import Assessment, Level, Subject
from holdfast.dialogue.after_card import (
    BARRIERS,
    BESIDE,
    FILE,
    FOLLOW_UPS,
    STEPS,
    UNTRAINED,
    AfterCardError,
    Talk,
    afterwards,
    barriers,
    beside,
    in_context,
    read,
    reply_of,
    situations,
    step_told,
    steps,
    told,
)
from holdfast.dialogue.decision import decide
from holdfast.dialogue.ranked import Ranked

ROOT = Path(__file__).resolve().parents[2]
CALM, AFTER = Talk(), Talk(after_card=True)
NONE, DISTRESS = Assessment(Level.NONE), Assessment(Level.DISTRESS, "self")
CRISIS = Assessment(Level.CRISIS, "self")


def ranking(**confidences: float) -> list[Ranked]:
    return sorted((Ranked(*item) for item in confidences.items()), key=lambda entry: -entry.confidence)


def decided(assessment: Assessment, talk: Talk, text: str = "", **confidences: float) -> tuple[str, str | None]:
    decision = decide(assessment, ranking(**confidences), question_threshold=0.25, text=text, talk=talk)
    return decision.ranking[0].name, decision.beside


@pytest.mark.parametrize("talk", [CALM, AFTER])
def test_context_weighs_and_keeps_the_sum(talk: Talk) -> None:
    before = ranking(cost_of_call=0.4, ask_cost=0.5, greet=0.1)
    after = in_context(before, talk)
    assert sum(entry.confidence for entry in after) == pytest.approx(1.0)
    assert [entry.confidence for entry in after] == sorted((entry.confidence for entry in after), reverse=True)
    assert in_context([], talk) == ()


def test_the_price_of_the_call_or_of_the_treatment_is_told_by_a_card_before_sm44() -> None:
    unclear = {"cost_of_call": 0.5, "ask_cost": 0.4, "greet": 0.1}
    assert decided(NONE, AFTER, **unclear)[0] == "cost_of_call"
    assert decided(NONE, CALM, **unclear)[0] == "ask_cost"
    plain = {"ask_cost": 0.9, "cost_of_call": 0.1}
    assert decided(NONE, AFTER, **plain)[0] == "ask_cost"


def test_fear_of_the_police_after_a_card_is_a_barrier_to_calling_sm44() -> None:
    unclear = {"call_police": 0.9, "fear_of_police": 0.1}
    assert decided(NONE, AFTER, "I'm scared they'll send the police", **unclear)[0] == "fear_of_police"
    assert decided(NONE, AFTER, "will you call the police", **unclear)[0] == "call_police"
    assert decided(NONE, CALM, "I'm scared they'll send the police", **unclear)[0] == "call_police"


def test_a_calming_exercise_is_given_at_any_time_sm47() -> None:
    assert decided(NONE, CALM, grounding=0.6, greet=0.4)[0] == "grounding"


@pytest.mark.parametrize(
    ("asked_back", "intent", "meant"),
    [
        ("reach", "affirm", "reached_someone"),
        ("reach", "deny", "not_reached"),
        ("ease", "affirm", "easier_now"),
        ("ease", "deny", "still_hard"),
        ("ease", "not_reached", "still_hard"),
        (None, "affirm", "heard"),
        (None, "greet", "returning"),
        (None, "ask_cost", "ask_cost"),
        ("nonsense", "deny", "heard"),
    ],
)
def test_an_answer_is_read_as_what_was_asked_sm49(asked_back: str | None, intent: str, meant: str) -> None:
    assert afterwards(intent, Talk(after_card=True, asked_back=asked_back)) == meant
    assert asked_back or afterwards(intent, CALM) == intent


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I want to die but they would send the cops", "fear_of_police"),
        ("I'd call but they lock me up", "fear_of_police"),
        ("I want to die, the line is busy", "put_on_hold"),
        ("kill myself. my english is too bad for this", "language_of_line"),
        ("can't call, my mom is in the next room. i want to die", "no_privacy"),
        ("I called them before and it was useless, I want to die", "tried_before"),
        ("want to die and i can't talk on the phone", "cannot_talk"),
        ("I want to be dead, I have no credit on my phone", "cost_of_call"),
        ("quiero morirme y si llamo viene la policía", "fear_of_police"),
        ("quiero morirme, no tengo saldo", "cost_of_call"),
        ("quiero morirme y no puedo hablar", "cannot_talk"),
        ("my husband hits me and the police laughed, I want to die", None),
        ("I lost my money and my job and I want to die", None),
        ("nobody hears me, I want to die", None),
        ("I want to die but my mom would hear me if I call", "no_privacy"),
        ("quiero morirme y si hablo me oyen en el otro cuarto", "no_privacy"),
        ("I hear voices that talk to me and tell me to kill myself", None),
        ("nobody listens when I talk, I want to die", None),
        ("hablo y nadie me escucha, quiero morir", None),
        ("my life is on hold and I want to die", None),
        ("they put me on hold for an hour, I want to die", "put_on_hold"),
        ("I failed my English class and I want to die", None),
        ("will you call the police if I tell you I want to die", "call_police"),
        ("I want to die", None),
    ],
)
def test_a_barrier_named_in_one_breath_with_a_risk_is_answered_beside_the_card_sm44(
    text: str, name: str | None
) -> None:
    assert decided(CRISIS, AFTER, text, crisis_self=0.9, ask_cost=0.05) == ("crisis_self", name)


@pytest.mark.parametrize(
    "text",
    [
        "I took all my pills please call an ambulance",
        "quiero que venga una ambulancia, tomé pastillas",
        "I cut my wrists, I'm scared of the cops",
    ],
)
def test_nothing_weighs_against_a_call_in_an_emergency_sm43(text: str) -> None:
    emergency = Assessment(Level.EMERGENCY, "self")
    assert decided(emergency, AFTER, text, emergency_self=0.9, fear_of_police=0.1) == ("emergency_self", None)
    assert decided(CRISIS, AFTER, "please send an ambulance, I want to die", crisis_self=1.0)[1] is None


@pytest.mark.parametrize(
    ("text", "assessment"),
    [
        ("I work as a maid, is it safe to go back to work after a session?", NONE),
        ("my dad is in hospice and his death is close, I am so sad", DISTRESS),
        ("I tried every treatment and they did not work, I feel hopeless", DISTRESS),
    ],
)
def test_an_ordinary_message_tells_of_no_situation(text: str, assessment: Assessment) -> None:
    assert told(text, assessment, CALM) is None
    assert told("does MAID exist here", NONE, CALM) == "terminal_illness"
    assert told("the infusions don't work, I feel hopeless", DISTRESS, CALM) == "worse_in_treatment"


def test_the_classifier_adds_a_follow_up_only_when_it_stands_out() -> None:
    assert beside(None, "", ranking(no_privacy=0.2, ask_cost=0.1)) == "no_privacy"
    assert beside(None, "", ranking(no_privacy=0.02, ask_cost=0.01)) is None, "noise beside a plain risk"
    assert beside(None, "", ranking(no_privacy=0.1, ask_cost=0.1, greet=0.1)) is None
    assert beside(None, "", ranking(safety_plan=0.9)) is None, '"I have a plan" asks for no safety plan'
    assert beside(None, "", []) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("since the infusions started I think of killing myself", "worse_in_treatment"),
        ("I feel so much worse since my third session", "worse_in_treatment"),
        ("desde la infusión estoy mucho peor", "worse_in_treatment"),
        ("hospice, months to live, I want to die", "terminal_illness"),
        ("quiero la eutanasia", "terminal_illness"),
        ("I am pregnant and want to die", "pregnant_or_new_baby"),
        ("estoy embarazada y quiero morirme", "pregnant_or_new_baby"),
        ("I want to die", None),
    ],
)
def test_a_situation_told_with_a_risk_is_answered_beside_the_card_sm80_sm82(text: str, name: str | None) -> None:
    assert told(text, CRISIS, AFTER) == name
    assert told(text, Assessment(Level.CRISIS, "other"), AFTER) is None, "it is the writer's own"


def test_below_concern_only_what_may_lead_does() -> None:
    """SM-82: worse in treatment is for the prescriber today; pregnancy alone is an ordinary topic."""
    assert decided(DISTRESS, CALM, "I feel worse since my infusion", distress=1.0)[0] == "worse_in_treatment"
    assert decided(NONE, CALM, "is it worse after an infusion", ask_worsening=1.0)[0] == "ask_worsening"
    assert decided(NONE, CALM, "can I have it while pregnant", ask_pregnancy=1.0)[0] == "ask_pregnancy"
    assert decided(NONE, CALM, "do you do assisted dying", out_of_scope=1.0)[0] == "terminal_illness"


def test_a_method_or_an_amount_gets_no_answer_g9_sm52() -> None:
    asks = Assessment(Level.NONE, asks_means=True)
    assert decided(asks, AFTER, ask_amount=1.0)[0] == "asks_means"
    assert decided(asks, CALM, ask_amount=1.0)[0] == "ask_amount"
    risky = Assessment(Level.CRISIS, "self", asks_means=True)
    assert decided(risky, AFTER, "I am pregnant, how many", crisis_self=1.0) == ("crisis_self", "asks_means")


WITH_SOMEBODY = Talk(after_card=True, reached=True)
WORRIED = Talk(after_card=True, about="other")


@pytest.mark.parametrize(
    ("text", "talk", "step"),
    [
        ("ok she left", WITH_SOMEBODY, "alone_again"),
        ("mi hermana ya se fue", WITH_SOMEBODY, "alone_again"),
        ("my husband left me", WITH_SOMEBODY, None),
        ("she left", AFTER, "alone_again"),
        ("she left because of the noise", AFTER, None),  # nobody was there
        ("im alone again", AFTER, "alone_again"),
        ("but when she leaves i dont know what ill do", AFTER, "will_be_alone"),
        ("cuando se vaya no sé qué voy a hacer", AFTER, "will_be_alone"),
        ("stop sending me all these numbers its cringe", AFTER, "stop_numbers"),
        ("ya no me mandes mas numeros porfa", AFTER, "stop_numbers"),
        ("i tried both numbers", AFTER, None),
        ("no tengo el número", AFTER, None),
        ("i feel a bit better", AFTER, "easier_now"),
        ("i dont feel better", AFTER, None),
        ("will i feel better after the first one?", AFTER, None),
        ("ya estoy más tranquila", AFTER, "easier_now"),
        ("thx ill try to sleep", AFTER, "night_after_risk"),
        ("i cant sleep", AFTER, None),
        ("gracias, voy a tratar de dormir", AFTER, "night_after_risk"),
        ("should i tell her", AFTER, "tell_someone"),
        ("pls dont tell my mom", AFTER, "who_reads"),
        ("should i stop taking my meds", AFTER, "keep_medicine"),
        ("how do i stop the urge", AFTER, "urge"),
        ("i just want to talk for a sec", AFTER, "listening"),
        ("what happens if i call 911", AFTER, "emergency_call"),
        ("the ambulance is on its way", AFTER, "help_on_way"),
        ("should i call an ambulance", AFTER, None),
        ("ya viene la ambulancia, el vecino está con él", WORRIED, "help_on_way"),
        ("what do i say to her", WORRIED, "what_to_say"),
        ("isnt asking going to put it in her head", WORRIED, "what_to_say"),
        ("qué le digo", WORRIED, "what_to_say"),
        ("what do i say to her", AFTER, None),
        ("do i take her to the hospital", WORRIED, "take_to_hospital"),
        ("is it my fault", WORRIED, "not_your_fault"),
        ("she said yes, she thinks about it", WORRIED, "they_said_yes"),
        ("i feel a bit better", CALM, None),  # no card is out
        ("stop sending numbers", CALM, None),
    ],
)
def test_what_is_told_after_a_card_is_heard_by_its_words(text: str, talk: Talk, step: str | None) -> None:
    assert step_told(text, talk) == step


def test_a_step_leads_below_a_risk_and_stands_beside_one() -> None:
    says = "but when she leaves i dont know what ill do"
    for assessment in (NONE, DISTRESS):
        assert decided(assessment, AFTER, says, distress=0.9, ask_cost=0.1)[0] == "will_be_alone"
    assert decided(CRISIS, AFTER, says, crisis_self=1.0) == ("crisis_self", "will_be_alone")
    assert decided(CRISIS, AFTER, "i feel a bit better", crisis_self=1.0) == ("crisis_self", None)


@pytest.mark.parametrize("about", ["self", "other"])
def test_no_step_is_heard_in_plain_questions(about: Subject) -> None:
    talk = Talk(after_card=True, about=about, reached=True)
    for says in ("how much does it cost", "what are the side effects", "can i drive home", "where do i park", "thanks"):
        assert step_told(says, talk) is None


def test_every_follow_up_has_a_reply_in_both_languages() -> None:
    told_of = (*situations(), *steps())
    names = {*FOLLOW_UPS, *BESIDE, *UNTRAINED, "asks_means", *(each.name for each in told_of)} - {"stop_numbers"}
    for name in names:
        for language in LANGUAGES:
            assert reply_of(name) in Wording.load().replies[language], (name, language)
    assert {name for name, _ in barriers()} <= BESIDE


@pytest.mark.parametrize("name", [*BARRIERS, *STEPS])
def test_a_follow_up_is_trained_from_enough_different_messages(name: str) -> None:
    blocks = yaml.safe_load((ROOT / "data" / "nlu" / f"{name}.yml").read_text(encoding="utf-8"))["nlu"]
    assert {block["intent"] for block in blocks} == {name}
    lines = {line.lower() for block in blocks for line in block["examples"].splitlines()}
    assert len(lines) >= 40, "at least 30 English and about 10 Spanish ones"


def test_no_message_of_the_conversation_tests_is_trained_on() -> None:
    trained = set()
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            trained |= {_bare(line) for line in block["examples"].splitlines()}
    talks = yaml.safe_load((ROOT / "tests" / "e2e" / "after_a_card.yml").read_text(encoding="utf-8"))["conversations"]
    said = {_bare(turn["say"]) for talk in talks for turn in talk["turns"][1:]}
    common = {line for line in said & trained if len(line.split()) > 3}
    assert common == set()


def _bare(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower()).strip()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("below_concern: never", "below_concern: sometimes", "below_concern"),
        ("source: [SM-82]", "source: [SM82]", "SM82"),
        ("- name: put_on_hold", "- title: put_on_hold", "title"),
        ("eutanasia|muerte", "(eutanasia|muerte", "terminal_illness"),
        ("situations:", "situations: [", "after_card.yml"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place_and_the_remedy(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "after_card.yml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AfterCardError) as refused:
        read(file)
    assert said in str(refused.value)
    assert "orrect" in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(AfterCardError, match="Restore"):
        read(tmp_path / "after_card.yml")
