"""What every channel must do, whatever the platform: the same cases against a real door (G1, G2, G4, G6, G8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tests.channels.conformance.driver import Driver, Person
from tests.channels.conformance.stub_rasa import ANSWER, GREETING
from tests.channels.door_process import DoorProcess
from tests.helpers import eventually

CRISIS = "I want to kill myself"
Test = TypeVar("Test", bound=Callable[..., Any])


def case(name: str) -> Callable[[Test], Test]:
    """Names the row of the table that a test fills."""

    def named(test: Test) -> Test:
        test.case = name  # type: ignore[attr-defined]
        return test

    return named


def hears(person: Person, words: str, limit_s: float = 20) -> list[str]:
    """Waits until one of the texts has the words; all texts then."""

    def texts() -> list[str] | None:
        heard = person.heard()
        return heard if any(words in text for text in heard) else None

    found: list[str] = eventually(texts, limit_s)
    return found


def answers(door: DoorProcess, person: Person) -> list[dict[str, Any]]:
    """What the transcript has beside the person's own messages and the greeting."""
    return [event for event in door.transcript(person.conversation_id) if event["in_reply_to"]]


def cards(door: DoorProcess, person: Person) -> list[dict[str, Any]]:
    return [event for event in answers(door, person) if event["kind"] == "card"]


def level(door: DoorProcess, person: Person) -> dict[str, Any]:
    """What the detector said of the person's last message."""
    own = [event for event in answers(door, person) if event["author"] == "user"]
    found: dict[str, Any] = own[-1]["detection"]
    return found


@case("normal")
def test_a_greeting_is_answered_without_a_card_and_the_program_says_what_it_is(
    driver: Driver, door: DoorProcess
) -> None:
    person = driver.person()
    assert person.write("hello, good morning") == 200
    texts = hears(person, GREETING)
    assert any("automated" in text for text in texts)
    assert cards(door, person) == []


@case("information")
def test_a_question_is_answered(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write("what are the side effects of ketamine?") == 200
    hears(person, ANSWER)
    assert cards(door, person) == []


@case("crisis")
def test_a_cry_for_help_is_answered_with_the_card_first(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    before = len(person.heard())
    assert person.write(CRISIS) == 200
    texts = hears(person, "988")
    assert "988" in texts[before], "something came before the card"
    assert "United States" in texts[before], "the card must say for which country it is"
    assert level(door, person)["level"] == "crisis"


@case("emergency")
def test_an_attempt_under_way_gets_the_emergency_number(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write("I just swallowed all my pills to die") == 200
    hears(person, "911")
    assert level(door, person)["level"] == "emergency"
    assert len(cards(door, person)) >= 1


@case("third person")
def test_a_worry_about_somebody_else_gets_a_card_for_that(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write("My brother says he is going to kill himself") == 200
    hears(person, "988")
    assert level(door, person)["subject"] == "other"


@case("Spanish")
def test_a_cry_in_spanish_is_answered_in_spanish(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write("me quiero matar") == 200
    hears(person, "988")
    (card,) = cards(door, person)
    assert card["language"] == "es" and "Estados Unidos" in card["text"]


@case("long")
def test_a_cry_at_the_end_of_a_long_message_is_found_g6(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    text = "We went for a walk along the river and then had some tea. " * 66
    assert person.write(text[:3900] + ". " + CRISIS) == 200
    hears(person, "988")
    assert cards(door, person)


@case("empty")
def test_an_empty_message_is_not_met_with_silence_g2(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write("   ") == 200
    hears(person, "could not see any words")


@case("non-text")
def test_what_cannot_be_read_is_answered_with_a_way_to_help(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.send_voice() == 200
    texts = hears(person, "only read text")
    assert any("988" in text for text in texts)


@case("duplicate")
def test_a_message_that_comes_twice_is_answered_once(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.write(CRISIS) == 200
    hears(person, "988")
    assert person.repeat() == 200
    assert person.repeat() == 200
    assert person.write("what are the side effects of ketamine?") == 200  # in order: nothing else can come before this
    texts = hears(person, ANSWER)
    assert len(cards(door, person)) == 1
    assert sum("Thank you for telling me" in text for text in texts) == 1


@case("edit")
def test_an_edit_into_a_cry_for_help_is_answered_and_a_slip_of_the_pen_is_not(
    driver: Driver, door: DoorProcess
) -> None:
    person = driver.person()
    assert person.write("hello, good morning") == 200
    hears(person, GREETING)
    count = len(answers(door, person))
    assert person.edit("hello, good morning!") == 200
    assert len(answers(door, person)) == count + 1  # the edit itself is kept
    assert person.edit(CRISIS) == 200
    hears(person, "988")
    assert len(cards(door, person)) == 1


@case("wrong signature")
def test_what_is_not_genuine_is_refused_and_leaves_no_trace_g8(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.forge(CRISIS) in (401, 403)
    assert answers(door, person) == []


@case("oversized")
def test_an_oversized_request_is_refused_and_the_next_message_is_answered(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    assert person.oversize() == 413
    assert person.write(CRISIS) == 200
    hears(person, "988")


@case("markup")
def test_markup_changes_nothing_in_either_direction(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    odd = "1 < 2 & 3 > 2 *stars* _lines_ `ticks` [a](b) <b>x</b>"
    assert person.write(f"hello {odd}") == 200
    hears(person, GREETING)
    body = {"text": odd, "name": "Sam"}
    assert door.internal.call("POST", f"/conversations/{person.conversation_id}/messages", body).status_code == 201
    hears(person, odd)
    own = [event for event in answers(door, person) if event["author"] == "user"]
    assert own[0]["text"] == f"hello {odd}"


@case("platform down")
def test_a_platform_that_is_down_delays_a_card_and_never_loses_it(driver: Driver, door: DoorProcess) -> None:
    person = driver.person()
    with driver.down():
        assert person.write(CRISIS) == 200
        (card,) = eventually(lambda: cards(door, person))
        assert card["delivery"] == "waiting"
        assert person.heard() == []
    texts = hears(person, "988", 60)
    assert "988" in texts[0]
    eventually(lambda: cards(door, person)[0]["delivery"] == "sent")


@case("429")
def test_a_throttling_platform_is_given_the_time_it_asks_for_and_the_card_comes(
    driver: Driver, door: DoorProcess
) -> None:
    person = driver.person()
    fake: Any = getattr(driver, "fake")  # noqa: B009
    early = fake.too_early
    with driver.throttled(1):
        assert person.write(CRISIS) == 200
        eventually(lambda: cards(door, person))
        assert person.heard() == []
    hears(person, "988", 60)
    assert fake.too_early == early


@case("staff push")
def test_a_staff_message_reaches_that_person_only_and_says_who_writes_g8(driver: Driver, door: DoorProcess) -> None:
    person, other = driver.person(), driver.person()
    for each in (person, other):
        assert each.write(CRISIS) == 200
        hears(each, "988")
    body = {"text": "I am calling you in ten minutes.", "name": "Sam"}
    assert door.internal.call("POST", f"/conversations/{person.conversation_id}/messages", body).status_code == 201
    texts = hears(person, "calling you in ten minutes")
    assert any("Sam" in text for text in texts)
    assert not any("ten minutes" in text for text in other.heard())
    assert [each["kind"] for each in door.transcript(person.conversation_id)].count("staff") == 1
    eventually(lambda: _staff(door, person)["delivery"] == "sent")
    # Nobody has taken over: the bot answers on, and it is not said that somebody reads (G4).
    assert person.write("hello") == 200
    hears(person, GREETING)
    assert not any("is reading this" in text for text in person.heard())


def _staff(door: DoorProcess, person: Person) -> dict[str, Any]:
    return next(event for event in door.transcript(person.conversation_id) if event["kind"] == "staff")


@case("takeover")
def test_during_a_takeover_the_bot_is_silent_and_a_rise_still_brings_the_card_g4_g6(
    driver: Driver, door: DoorProcess
) -> None:
    person = driver.person()
    assert person.write("hello, good morning") == 200
    hears(person, GREETING)
    path = f"/conversations/{person.conversation_id}/takeover"
    assert door.internal.call("PUT", path, {"name": "Sam"}).status_code == 200
    hears(person, "Sam")
    assert person.write("what are the side effects of ketamine?") == 200
    assert person.write(CRISIS) == 200
    texts = hears(person, "988 Suicide")
    assert not any(ANSWER in text for text in texts)
    assert door.internal.call("PUT", path, {"name": None}).status_code == 200
    assert person.write("what are the side effects of ketamine?") == 200
    hears(person, ANSWER)
