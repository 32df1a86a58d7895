"""What one assessed message leads to: the door's pure decision, as a table and by properties."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.crisis.types import FLAGS, Assessment, Context, Level
from holdfast.door.plan import Facts, clear_episode, next_step, notice_for, renewed
from holdfast.door.state import ConversationState

ON_DUTY, NOBODY = Facts(on_duty=True, page_for_other=True), Facts(on_duty=False, page_for_other=True)
NEW = ConversationState()


def said(level: Level, subject: str | None = "self", *flags: str) -> Assessment:
    return Assessment(level, subject if level else None, flags=frozenset(flags))  # type: ignore[arg-type]


def after(*assessments: Assessment, facts: Facts = ON_DUTY) -> ConversationState:
    state = NEW
    for assessment in assessments:
        state = next_step(state, assessment, facts).state
    return state


@pytest.mark.parametrize("level", [Level.CONCERN, Level.CRISIS, Level.EMERGENCY])
@pytest.mark.parametrize("subject", ["self", "other"])
def test_the_first_alarm_brings_the_full_card_and_a_record_sm01(level: Level, subject: str) -> None:
    plan = next_step(NEW, said(level, subject), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full" and plan.card.level is level
    assert plan.record == "alarm"
    assert plan.state.episode_open and plan.state.after_risk


@pytest.mark.parametrize("level", [Level.NONE, Level.DISTRESS])
def test_below_concern_nothing_is_interrupted(level: Level) -> None:
    plan = next_step(NEW, said(level), ON_DUTY)
    assert plan.card is None and plan.record is None and plan.ask_rasa
    assert not plan.state.after_risk


def test_the_same_level_again_brings_the_short_card_and_no_second_record_sm34() -> None:
    plan = next_step(after(said(Level.CRISIS)), said(Level.CRISIS), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "short"
    assert plan.record is None


def test_a_rise_brings_the_full_card_and_a_rise_record() -> None:
    plan = next_step(after(said(Level.CONCERN)), said(Level.CRISIS), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full"
    assert plan.record == "rise"


def test_emergency_brings_the_full_card_every_time() -> None:
    plan = next_step(after(said(Level.EMERGENCY)), said(Level.EMERGENCY), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full"


def test_stop_sending_numbers_leaves_one_link_but_not_at_a_rise_or_emergency_sm85() -> None:
    quiet = replace(after(said(Level.CONCERN)), quiet=True)
    again = next_step(quiet, said(Level.CONCERN), ON_DUTY)
    rise = next_step(quiet, said(Level.CRISIS), ON_DUTY)
    emergency = next_step(replace(after(said(Level.EMERGENCY)), quiet=True), said(Level.EMERGENCY), ON_DUTY)
    assert again.card is not None and again.card.variant == "link"
    assert rise.card is not None and rise.card.variant == "full"
    assert emergency.card is not None and emergency.card.variant == "full"


@pytest.mark.parametrize("level", [Level.CONCERN, Level.CRISIS])
def test_staff_learn_that_it_is_the_writer_after_all(level: Level) -> None:
    """With `worried_about_other: queue` nobody was paged for the friend, however high the level was."""
    quiet = Facts(on_duty=True, page_for_other=False)
    friend = next_step(NEW, said(Level.EMERGENCY, "other"), quiet)
    assert friend.record == "alarm" and friend.queue_only
    writer = next_step(friend.state, said(level, "self"), quiet)
    assert writer.record == "rise" and not writer.queue_only
    assert writer.state.subject == "self"
    assert next_step(writer.state, said(level, "self"), quiet).record is None


def test_a_retraction_keeps_level_and_replacement_sm19_g5() -> None:
    state = after(said(Level.CRISIS))
    plan = next_step(state, Assessment(Level.CONCERN, "self", retraction=True), ON_DUTY)
    assert plan.state.level is Level.CRISIS and plan.state.after_risk
    assert plan.card is not None


@pytest.mark.parametrize(
    ("level", "subject", "put_before", "asked"),
    [
        (Level.CONCERN, "self", False, True),
        (Level.CONCERN, "self", True, False),
        (Level.CONCERN, "other", False, False),
        (Level.CRISIS, "self", False, False),
        (Level.EMERGENCY, "self", False, False),
    ],
)
def test_the_direct_question_is_put_once_and_never_when_danger_is_plain_sm32_sm33(
    level: Level, subject: str, put_before: bool, asked: bool
) -> None:
    before = replace(NEW, context=Context(question_put=put_before))
    plan = next_step(before, said(level, subject), ON_DUTY)
    assert plan.card is not None and plan.card.ask_question is asked


def test_a_tap_without_words_leaves_the_question_as_it_is_sm32() -> None:
    asked = next_step(NEW, said(Level.CONCERN), ON_DUTY).state
    assert asked.context.question_open and asked.context.question_put
    tapped = next_step(asked, Assessment(Level.NONE), ON_DUTY, moves_on=False).state
    assert tapped.context == asked.context
    assert not next_step(asked, Assessment(Level.NONE), ON_DUTY).state.context.question_open


def test_a_question_that_an_earlier_version_put_is_not_put_again_sm32() -> None:
    data = {**NEW.to_dict(), "question_put": True}
    del data["context"]["question_put"]
    known = ConversationState.from_dict(data)
    plan = next_step(known, said(Level.CONCERN), ON_DUTY)
    assert plan.card is not None and not plan.card.ask_question


def test_the_notice_claims_no_more_than_is_true_g4() -> None:
    assert notice_for(NEW, ON_DUTY) == "recorded"
    assert notice_for(NEW, NOBODY) == "nobody"
    assert notice_for(replace(NEW, staff_name="Sam"), ON_DUTY) == "claimed"
    plan = next_step(NEW, said(Level.CRISIS), NOBODY)
    assert plan.card is not None and plan.card.notice == "nobody"


def test_a_worry_about_somebody_else_queues_when_the_clinic_says_so() -> None:
    facts = Facts(on_duty=True, page_for_other=False)
    assert next_step(NEW, said(Level.CRISIS, "other"), facts).queue_only
    assert not next_step(NEW, said(Level.CRISIS, "self"), facts).queue_only


@pytest.mark.parametrize("flag", ["harm_to_others", "after_session", "abuse", "voices", "treat_tonight"])
def test_special_situations_bring_a_card_and_a_record_whatever_the_level(flag: str) -> None:
    plan = next_step(NEW, said(Level.NONE, None, flag), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full"
    assert plan.record == "alarm"


def test_bereavement_brings_a_card_but_no_alarm_sm81() -> None:
    plan = next_step(NEW, said(Level.DISTRESS, "self", "bereaved"), ON_DUTY)
    assert plan.card is not None and plan.record is None


def test_a_new_situation_brings_the_full_card_again() -> None:
    plan = next_step(after(said(Level.EMERGENCY)), said(Level.CRISIS, "self", "overdose"), ON_DUTY)
    assert plan.card is not None and plan.card.variant == "full"


def test_an_alarm_in_an_episode_opened_by_a_flag_is_a_rise_not_a_second_alarm_g3() -> None:
    state = next_step(NEW, said(Level.NONE, None, "harm_to_others"), ON_DUTY).state
    plan = next_step(state, said(Level.CRISIS), ON_DUTY)
    assert plan.record == "rise" and plan.state.episode == state.episode


def test_during_a_takeover_the_bot_is_silent_but_the_card_comes_g6() -> None:
    plan = next_step(replace(NEW, staff_name="Sam"), said(Level.EMERGENCY), ON_DUTY)
    assert plan.card is not None and plan.card.notice == "claimed"
    assert not plan.ask_rasa


def test_an_unassessed_message_gets_the_quiet_line() -> None:
    plan = next_step(NEW, None, ON_DUTY)
    assert plan.quiet_line and plan.card is None and plan.ask_rasa


def test_closing_the_episode_lifts_g5_and_the_next_alarm_opens_a_new_one() -> None:
    state = clear_episode(after(said(Level.CRISIS)))
    assert not state.after_risk and state.level is Level.NONE and not state.episode_open
    plan = next_step(state, said(Level.CRISIS), ON_DUTY)
    assert plan.record == "alarm" and plan.state.episode == 2


assessments = st.builds(
    Assessment,
    level=st.sampled_from(list(Level)),
    subject=st.sampled_from(["self", "other"]),
    flags=st.frozensets(st.sampled_from(sorted(FLAGS)), max_size=3),
    retraction=st.booleans(),
)


@given(st.lists(assessments, max_size=8))
def test_the_state_never_falls_by_itself_and_an_alarm_never_goes_without_a_card_g1_g6(turns: list[Assessment]) -> None:
    state, alarms = NEW, 0
    for turn in turns:
        plan = next_step(state, turn, ON_DUTY)
        assert plan.state.level >= state.level
        assert plan.state.after_risk >= state.after_risk
        assert plan.state.flags >= state.flags
        if turn.level >= Level.CONCERN:
            assert plan.card is not None
        alarms += plan.record == "alarm"
        state = plan.state
    assert alarms <= 1  # one case an episode (G3)
    assert ConversationState.from_dict(state.to_dict()) == state


def test_the_card_of_another_country_says_no_less_of_people_than_before_g4() -> None:
    state = after(said(Level.CRISIS))
    assert renewed(replace(state, notice="notified")).notice == "notified"
    assert renewed(replace(state, notice="nobody")).level is Level.CRISIS
    assert renewed(ConversationState()).notice is None


NOW = 1_800_000_000.0
TAKEN = said(Level.EMERGENCY, "self", "overdose")
NONE = Assessment(Level.NONE)


def at(seconds: float) -> Facts:
    return Facts(on_duty=True, page_for_other=True, at=NOW + seconds)


def test_after_something_was_taken_every_answer_begins_with_the_emergency_number_sm60() -> None:
    state = next_step(NEW, TAKEN, at(0)).state
    for assessment in (NONE, None, said(Level.DISTRESS)):
        plan = next_step(state, assessment, at(60), text="just sleepy")
        assert plan.card is not None and plan.card.variant == "body" and plan.ask_rasa
    assert next_step(replace(state, quiet=True), said(Level.CRISIS), at(60)).card.variant == "body"  # type: ignore[union-attr]
    assert next_step(state, TAKEN, at(60)).card.variant == "full"  # type: ignore[union-attr]


def test_the_body_no_longer_goes_first_once_help_is_there_or_hours_have_passed_or_staff_closed_it() -> None:
    state = next_step(NEW, TAKEN, at(0)).state
    assert next_step(state, NONE, at(7 * 3600)).card is None
    assert next_step(state, NONE, at(60), text="the paramedics are here").card is None
    assert next_step(state, NONE, at(60), text="ya llegó la ambulancia").card is None
    for still_alone in (
        "should i wait here", "i am not at the hospital", "the paramedics are not here yet", "no ambulance is here",
        "if im at the hospital they will lock me up", "no estoy en el hospital", "is the ambulance here?",
    ):  # fmt: skip
        assert next_step(state, NONE, at(60), text=still_alone).card is not None, still_alone
    assert next_step(clear_episode(state), NONE, at(60)).card is None
    assert next_step(replace(state, staff_name="Sam"), NONE, at(60)).card is None  # a person writes


def test_what_was_taken_without_danger_puts_nothing_first() -> None:
    state = next_step(NEW, said(Level.CRISIS, "self", "overdose"), at(0)).state
    assert next_step(state, NONE, at(60)).card is None
