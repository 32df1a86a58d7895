"""The call-back form as a conversation: what each message does to it. Rasa's part is given by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.crisis.types import Assessment, Level
from holdfast.door.callback.form import CallBack, erased, left
from holdfast.door.callback.steps import CALM, STALE_S, Heard, Setting, Step, Understood, begin, calmer, settle, step
from holdfast.door.plan import Facts, next_step
from holdfast.door.state import ConversationState
from holdfast.door.takeover import taken

HERE = Setting("US", 1, 1_000.0)
FULL = CallBack(stage="confirm", name="Ana", way="phone", contact="+1 303-555-0147", time="mornings", asked_at=1_000.0)
NOTED = CallBack("noted", "confirm", "Ana", "phone", "+1 303-555-0147", "mornings", noted_at=900.0)


def say(
    form: CallBack | None, text: str, understood: Understood | None = None, setting: Setting = HERE, **more: bool
) -> Step:
    """A message, with what Rasa makes of it where the form asks."""
    heard = Heard(text, **more)
    found = step(form, heard, setting)
    return settle(found.form, heard, understood or Understood(), setting) if found.unsure else found


def tap(form: CallBack | None, command: str, label: str = "", setting: Setting = HERE) -> Step:
    return step(form, Heard(label, command, label), setting)


def talk(*messages: str, setting: Setting = HERE) -> Step:
    """A form from its beginning; a message that begins with a slash is a tap."""
    found = begin(None, setting)
    for message in messages:
        found = tap(found.form, message, "In the morning") if message.startswith("/") else say(found.form, message)
    return found


@pytest.mark.parametrize(
    ("answers", "name", "contact", "time"),
    [
        (("Maria", "303 555 0147", "weekday mornings"), "Maria", "+1 303-555-0147", "weekday mornings"),
        (("my name is Jo O'Neil", "jo@example.org", "/callback morning"), "Jo O'Neil", "jo@example.org",
         "In the morning"),
        (("me llamo Dolores", "mi correo es Lola@example.org.", "por las tardes"), "Dolores", "Lola@example.org",
         "por las tardes"),
        (("Ana, 720 445 1234", "any time"), "Ana", "+1 720-445-1234", "any time"),
        (("ana lópez", "you can reach me under (303) 555-0147 thanks", "no preference"), "ana lópez",
         "+1 303-555-0147", "no preference"),
    ],
)  # fmt: skip
def test_a_complete_form_is_noted_only_after_the_yes(
    answers: tuple[str, ...], name: str, contact: str, time: str
) -> None:
    """SM-93: nothing is passed on before consent."""
    asked = talk(*answers)
    assert asked.say == ("callback_confirm",) and asked.news is None
    assert asked.form is not None and asked.form.for_staff().keys() == {"status", "episode", "noted_at"}
    done = say(asked.form, "yes")
    assert done.news == "noted" and done.say == ("callback_done",) and done.form is not None
    shown = done.form.for_staff()
    assert (shown["name"], shown["contact"], shown["time"], shown["noted_at"]) == (name, contact, time, HERE.now)


def test_the_form_says_first_what_becomes_of_the_details() -> None:
    assert begin(None, HERE).say == ("callback_begin", "callback_name")


def test_without_a_desk_nobody_could_read_the_details_so_none_are_asked_for() -> None:
    found = begin(None, Setting("US", 1, 0.0, read_by_staff=False))
    assert found.form is None and found.say == ("callback_unavailable",)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("303 555 01", "callback_phone_wrong"),
        ("12345678901234567", "callback_phone_wrong"),
        ("ana@example", "callback_email_wrong"),
        ("ana@@example.org", "callback_email_wrong"),
    ],
)
def test_a_wrong_number_or_address_is_said_and_the_right_one_taken(text: str, reply: str) -> None:
    wrong = talk("Maria", text)
    assert wrong.say == (reply,) and wrong.form is not None and not wrong.form.contact
    assert say(wrong.form, "303 555 0147").say == ("callback_time",)


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("US", "303 555 0147", "+1 303-555-0147"),
        ("ES", "612 34 56 78", "+34 612 34 56 78"),
        ("MX", "55 1234 5678", "+52 55 1234 5678"),
        ("GB", "07911 123456", "+44 7911 123456"),
        ("US", "+34 612 34 56 78", "+34 612 34 56 78"),
        ("XX", "+1 303 555 0147", "+1 303-555-0147"),
        ("XX", "303 555 0147", ""),
        ("US", "900 555 0147", ""),
    ],
)
def test_a_number_without_country_code_is_of_the_country_where_the_person_is(
    country: str, text: str, number: str
) -> None:
    found = say(talk("Maria").form, text, setting=Setting(country, 1, 1_000.0))
    assert found.form is not None and found.form.contact == number


@pytest.mark.parametrize("text", ["988", "911", "my room is 12"])
def test_a_crisis_line_or_a_short_number_is_no_way_to_reach_a_person(text: str) -> None:
    found = talk("Maria", text)
    assert found.say == ("callback_not_understood", "callback_contact")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("no, the number is wrong", "callback_contact"),
        ("That's not my number.", "callback_contact"),
        ("el número está mal", "callback_contact"),
        ("I mistyped my name", "callback_name"),
        ("quiero cambiar la hora", "callback_time"),
        ("no", "callback_change"),
        ("go back", "callback_time"),
        ("atrás", "callback_time"),
    ],
)
def test_a_correction_brings_its_question_again_and_keeps_the_rest(text: str, asked: str) -> None:
    found = say(FULL, text)
    assert found.say == (asked,) and found.mine and found.news is None
    assert found.form is not None
    kept = [each for each in ("name", "contact", "time") if getattr(found.form, each)]
    assert len(kept) == (3 if asked == "callback_change" else 2)


def test_the_right_number_in_place_of_a_no_is_taken_at_once() -> None:
    found = say(FULL, "no, it's 720 445 1234")
    assert found.say == ("callback_confirm",) and found.form is not None and found.form.contact == "+1 720-445-1234"


def test_an_edited_message_puts_the_number_right() -> None:
    found = say(FULL, "720 445 1234", edit=True)
    assert found.form is not None and found.form.contact == "+1 720-445-1234" and found.say == ("callback_confirm",)
    assert say(FULL, "mornings please", edit=True).say == ()


def test_going_back_from_the_first_question_puts_it_again() -> None:
    assert say(begin(None, HERE).form, "back").say == ("callback_name",)


def test_what_to_change_can_be_said_or_tapped() -> None:
    change = tap(FULL, "/callback change")
    assert say(change.form, "the e-mail").say == ("callback_contact",)
    assert tap(change.form, "/callback name").say == ("callback_name",)
    assert say(change.form, "back").say == ("callback_confirm",)


@pytest.mark.parametrize("stage", ["name", "contact", "time", "confirm"])
@pytest.mark.parametrize(
    "text", ["cancel", "Stop.", "never mind, thanks", "cancelar", "olvídalo", "please don't call me", "no me llamen"]
)
def test_cancel_ends_the_form_at_every_question_and_keeps_nothing(stage: str, text: str) -> None:
    given: dict[str, tuple[str, ...]] = {
        "name": (), "contact": ("Maria",), "time": ("Maria", "303 555 0147"),
        "confirm": ("Maria", "303 555 0147", "any time"),
    }  # fmt: skip
    found = talk(*given[stage], text)
    assert found.form is None and found.say == ("callback_declined",) and found.news is None


def test_not_before_nine_is_a_time_and_no_refusal() -> None:
    found = talk("Maria", "303 555 0147", "please don't call me before 9")
    assert found.say == ("callback_confirm",)


ASKS = Understood("ask_cost", 0.9)


@pytest.mark.parametrize("stage", [(), ("Maria",), ("Maria", "303 555 0147"), ("Maria", "303 555 0147", "any time")])
@pytest.mark.parametrize("text", ["how much does it cost", "is it painful?", "side effects"])
def test_a_question_is_rasas_and_then_the_forms_question_comes_again(stage: tuple[str, ...], text: str) -> None:
    before = talk(*stage)
    found = say(before.form, text, ASKS)
    assert not found.mine and found.form is not None and before.form is not None
    assert found.say == (f"callback_{before.form.stage}",)
    assert (found.form.name, found.form.contact) == (before.form.name, before.form.contact)


def test_distress_is_answered_first() -> None:
    found = say(begin(None, HERE).form, "so sad today", Understood("distress", 0.9), distressed=True)
    assert not found.mine and found.say == ("callback_name",)
    sure = say(begin(None, HERE).form, "me llamo Dolores", distressed=True)
    assert sure.form is not None and sure.form.name == "Dolores"


def test_without_rasa_the_form_still_works_g2() -> None:
    assert talk("Maria").say == ("callback_contact",)
    asked = say(talk("Maria").form, "what does it cost?")
    assert not asked.mine and asked.say == ("callback_contact",)


@pytest.mark.parametrize(
    ("text", "understood", "taken"),
    [
        ("Rosa", Understood("out_of_scope", 0.34), "Rosa"),
        ("Joy", Understood("thanks", 0.72), "Joy"),
        ("Dolores", Understood("are_you_human", 0.35), "Dolores"),
        ("sam", Understood("greet", 0.56), "sam"),
        ("parking", Understood("ask_parking", 0.99), ""),
        ("efectos secundarios", Understood("ask_side_effects", 0.48), ""),
        ("hola", Understood("greet", 0.99), ""),
    ],
)
def test_a_name_is_told_from_a_question_by_shape_and_by_how_sure_rasa_is(
    text: str, understood: Understood, taken: str
) -> None:
    """The figures are Rasa's own of 25 November 2026."""
    found = say(begin(None, HERE).form, text, understood)
    assert found.form is not None and found.form.name == taken


@pytest.mark.parametrize("text", ["hello", "thanks", "no"])
def test_a_greeting_is_no_time(text: str) -> None:
    assert say(talk("Maria", "303 555 0147").form, text).say == ("callback_not_understood", "callback_time")


@pytest.mark.parametrize("text", ["yes", "no", "I would rather not tell you that because of reasons"])
def test_what_is_no_answer_is_said_to_be_none(text: str) -> None:
    found = say(begin(None, HERE).form, text)
    assert found.say == ("callback_not_understood", "callback_name")


def test_a_form_that_was_left_is_offered_once_and_not_in_the_same_breath() -> None:
    form, offers = left(talk("Maria").form), []
    for _ in range(CALM + 3):
        form, due = calmer(form)
        offers.append(due)
    assert not offers[0] and sum(offers) == 1
    assert calmer(FULL) == (FULL, False) and calmer(None) == (None, False)


def offered() -> CallBack | None:
    form = left(talk("Maria").form)
    for _ in range(CALM):
        form, _ = calmer(form)
    return form


def test_going_on_begins_where_the_form_was_left() -> None:
    for found in (say(offered(), "yes please"), tap(offered(), "/callback resume"), begin(offered(), HERE)):
        assert found.say == ("callback_contact",) and found.form is not None and found.form.name == "Maria"


def test_not_going_on_keeps_nothing() -> None:
    for found in (say(offered(), "no"), tap(offered(), "/callback drop")):
        assert found.form is None and found.say == ("callback_declined",)


def test_a_yes_to_something_else_does_not_go_on_with_a_form_that_was_left() -> None:
    assert say(left(talk("Maria").form), "yes").say == ()
    later = say(offered(), "what is ketamine")
    assert say(later.form, "yes").say == ()


def test_an_answer_after_a_long_time_counts_only_when_it_is_plain() -> None:
    late = Setting("US", 1, HERE.now + STALE_S + 1)
    assert say(begin(None, HERE).form, "hello there", setting=late).say == ()
    assert say(talk("Maria").form, "303 555 0147", setting=late).say == ("callback_time",)


@pytest.mark.parametrize("text", ["do not call me", "please delete my number", "ya no quiero que me llamen"])
def test_consent_can_be_withdrawn_and_no_detail_stays(text: str) -> None:
    found = say(NOTED, text)
    assert found.news == "withdrawn" and found.say == ("callback_withdrawn",)
    assert found.form is not None and found.form.status == "withdrawn"
    assert "Ana" not in str(found.form) and "555" not in str(found.form)
    again = talk_again(found.form)
    assert again.news == "noted"


def talk_again(form: CallBack | None) -> Step:
    found = begin(form, HERE)
    for text in ("Maria", "303 555 0147", "any time", "yes"):
        found = say(found.form, text)
    return found


def test_a_request_that_stands_can_be_put_right() -> None:
    asked = say(NOTED, "the number is wrong")
    assert asked.say == ("callback_contact",) and asked.form is not None
    assert "contact" not in asked.form.for_staff(), "staff must not call a number that is called wrong"
    check = say(asked.form, "720 445 1234")
    done = say(check.form, "yes")
    assert done.news == "corrected" and done.form is not None and done.form.contact == "+1 720-445-1234"
    assert say(asked.form, "cancel").news == "withdrawn"


@pytest.mark.parametrize(
    "text", ["what is the phone number of the clinic", "thanks", "can I change my appointment time"]
)
def test_other_words_leave_a_request_that_stands_alone(text: str) -> None:
    assert say(NOTED, text) == Step(NOTED)


def test_a_second_wish_says_what_stands_and_one_of_a_new_episode_begins_anew() -> None:
    assert begin(NOTED, HERE).say == ("callback_standing",)
    assert begin(NOTED, Setting("US", 2, 0.0)).say == ("callback_begin", "callback_name")


@pytest.mark.parametrize("command", ["/callback yes", "/callback morning", "/callback resume", "/callback change"])
def test_an_old_button_never_passes_anything_on(command: str) -> None:
    for form in (None, talk("Maria").form, left(FULL), NOTED):
        assert tap(form, command, "x").news is None


def test_deleting_the_words_takes_a_request_back() -> None:
    assert erased(FULL) is None and erased(None) is None
    gone = erased(NOTED)
    assert gone is not None and gone.status == "withdrawn" and not gone.contact


def test_a_form_survives_being_stored() -> None:
    assert CallBack.from_dict({**FULL.to_dict(), "of_a_newer_version": 1}) == FULL


def test_an_alarm_leaves_the_form_and_a_request_that_stands_stays_g6() -> None:
    """SM-01: the card comes alone, whatever the form had asked."""
    crisis, facts = Assessment(Level.CRISIS, "self"), Facts(on_duty=False, page_for_other=True)
    for form, status in ((FULL, "left"), (NOTED, "noted")):
        plan = next_step(ConversationState(callback=form), crisis, facts)
        assert plan.card is not None and plan.state.callback is not None
        assert plan.state.callback.status == status and plan.state.callback.contact == form.contact


def test_a_takeover_leaves_the_form_to_the_member_of_staff() -> None:
    after = taken(ConversationState(callback=FULL), "Sam", 1.0).callback
    assert after is not None and after.status == "left"


def test_the_state_with_a_form_survives_being_stored() -> None:
    state = ConversationState(callback=NOTED, callback_wanted=True)
    assert ConversationState.from_dict(state.to_dict()) == state
    assert ConversationState.from_dict(ConversationState().to_dict()).callback is None


def test_whether_to_go_on_waits_while_something_else_is_asked() -> None:
    form: CallBack | None = replace(CallBack(), status="left", calm=CALM)
    form, due = calmer(form, busy=True)
    assert not due and form is not None and not form.offered
    assert calmer(form)[1]


@pytest.mark.parametrize(
    "text", ["actually forget it, cancel", "nah never mind", "ay no mejor no, cancelar", "no no cancel"]
)
@pytest.mark.parametrize("stage", ["name", "contact", "time", "confirm"])
def test_several_words_of_cancelling_cancel(text: str, stage: str) -> None:
    form = replace(FULL, stage=stage)
    assert say(form, text).say == ("callback_declined",)


@pytest.mark.parametrize(
    "text", ["cancel my appointment", "forget the morning, evenings are better", "no, the number is wrong"]
)
def test_words_beside_the_cancelling_do_not_cancel(text: str) -> None:
    assert say(FULL, text).say != ("callback_declined",)


@pytest.mark.parametrize(
    "text",
    [
        "i want to take it back",
        "ok wait i changed my mind dont have them call me",
        "changed my mind, don't call",
        "que ya no llamen",
    ],
)
def test_a_noted_request_is_taken_back_in_other_words_too(text: str) -> None:
    assert say(NOTED, text).news == "withdrawn"


def test_do_not_call_me_is_no_wish_for_a_call_where_none_stands() -> None:
    for form in (None, CallBack(status="withdrawn")):
        found = say(form, "do not call me")
        assert found.say == ("callback_declined",) and found.mine and found.news is None
    assert not say(None, "i told my boss a hundred times about it and he still says please do not call me").mine
    assert not say(None, "do not call me", distressed=True).mine


@pytest.mark.parametrize("text", ["when will they call", "cuanto se tardan en llamar? no quiero q me cobren"])
def test_when_the_call_comes_is_answered_truthfully_and_the_form_goes_on(text: str) -> None:
    """SM-92: no time is named that nobody owns."""
    assert say(NOTED, text).say == ("callback_when",)
    asked = say(replace(FULL, stage="time", time=""), text)
    assert asked.say == ("callback_when", "callback_time") and asked.form is not None and asked.form.time == ""


def test_a_name_with_who_that_is_and_a_time_that_begins_like_a_question() -> None:
    named = say(CallBack(), "Soy Lupita, la hija de doña Carmen", Understood("out_of_scope", 0.3))
    assert named.form is not None and named.form.name == "Lupita"
    asking = replace(FULL, stage="time", time="")
    timed = say(asking, "cuando sea, despues del jale tipo 6")
    assert timed.form is not None and timed.form.time == "cuando sea, despues del jale tipo 6"
    assert say(asking, "hmm wait will they tell him i asked", Understood("who_reads", 0.5)).say == ("callback_time",)
