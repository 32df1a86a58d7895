"""The call-back form with all processes real: filled in, corrected, cancelled, interrupted, taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack
from tests.helpers import Visitor, eventually, kinds, words
from tests.nurse import cases_of, rows

pytestmark = pytest.mark.e2e
SECRET_WORDS = ("Zebediah", "555-0147", "5550147", "555 0147", "moonlit")


def told(stack: Stack, visitor: Visitor) -> list[tuple[str, dict[str, str]]]:
    """Kind and details of what the desk was told of the conversation, in its order."""
    records = [json.loads(body) for (body,) in rows(stack, "SELECT body FROM cases_record ORDER BY received_at")]
    return [(each["kind"], each["details"]) for each in records if each["conversation_id"] == visitor.conversation_id]


def kept(internal: InternalClient, visitor: Visitor) -> Any:
    """What staff can read of the request, from the door."""
    path = f"/conversations/{visitor.conversation_id}/transcript"
    return internal.call("GET", path).json()["state"]["callback"]


def payloads(events: list[dict[str, Any]]) -> list[str]:
    return [button["payload"] for event in events for button in event["buttons"]]


def fill_in(visitor: Visitor, *answers: str) -> list[dict[str, Any]]:
    """Asks for a call and answers the questions; what the last answer brought."""
    events = visitor.ask("could somebody call me back please")
    for answer in answers:
        events = visitor.ask(answer)
    return events


def test_a_complete_form_reaches_the_desk_without_a_word_of_it_in_records_or_logs_g7_sm93(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    begun = visitor.ask("could somebody call me back please")
    assert "staff may read this chat" in words(begun) and "What name" in words(begun)
    for answer in ("Zebediah", "303 555 0147"):
        asked = visitor.ask(answer)
    assert "part of the day" in words(asked)
    check = visitor.ask("moonlit evenings")
    assert "Zebediah" in words(check) and "+1 303-555-0147" in words(check) and "May I pass it on" in words(check)
    assert kept(internal, visitor)["status"] == "asking" and "name" not in kept(internal, visitor)
    assert not told(stack, visitor)
    done = visitor.tap("Yes, pass it on", check)
    assert "Mon 09:00 to 17:00" in words(done) and "cannot say when" in words(done)
    assert "Nobody at the clinic reads this chat now" in words(done), "G4: nobody is on duty in this set-up"
    eventually(lambda: told(stack, visitor) == [("callback", {})])
    assert kept(internal, visitor) | {"noted_at": 0} == {
        "status": "noted", "episode": 1, "noted_at": 0, "name": "Zebediah", "way": "phone",
        "contact": "+1 303-555-0147", "time": "moonlit evenings",
    }  # fmt: skip
    logs = "".join(file.read_text(encoding="utf-8", errors="replace") for file in (stack.folder / "log").glob("*.log"))
    alerts = stack.folder / "alerts.log"
    outbox = str(rows(stack, "SELECT * FROM cases_record")) + str(rows(stack, "SELECT * FROM cases_case"))
    everything = logs + outbox + (alerts.read_text(encoding="utf-8") if alerts.exists() else "")
    assert not [word for word in SECRET_WORDS if word in everything]


def test_the_form_in_spanish_sm28(stack: Stack, visitor: Visitor, internal: InternalClient) -> None:
    begun = visitor.ask("¿me podría llamar alguien de ustedes, por favor?")
    assert "¿Por qué nombre" in words(begun)
    assert "¿Cómo pueden comunicarse contigo?" in words(visitor.ask("me llamo Lucía"))
    assert "no me parece correcto" in words(visitor.ask("303 55"))
    assert "¿Qué parte del día" in words(visitor.ask("lucia@example.org"))
    check = visitor.ask("los martes por la mañana")
    assert "Lucía" in words(check) and "lucia@example.org" in words(check)
    assert "Anoté tu petición" in words(visitor.ask("sí"))
    assert kept(internal, visitor)["way"] == "email"
    eventually(lambda: told(stack, visitor) == [("callback", {})])


def test_a_wrong_number_then_the_right_one_and_a_correction_at_the_end(
    visitor: Visitor, internal: InternalClient
) -> None:
    assert "does not look right" in words(fill_in(visitor, "Maria", "303 555 01"))
    visitor.ask("303 555 0147")
    visitor.ask("weekday mornings")
    assert "How can they reach you" in words(visitor.ask("no, the number is wrong"))
    check = visitor.ask("720 445 1234")
    assert "+1 720-445-1234" in words(check) and "weekday mornings" in words(check)
    visitor.tap("Yes, pass it on", check)
    assert kept(internal, visitor)["contact"] == "+1 720-445-1234"


def test_cancel_and_back_by_word_and_by_button(stack: Stack, visitor: Visitor, internal: InternalClient) -> None:
    asked = fill_in(visitor, "Maria")
    again = visitor.tap("Back", asked)
    assert "What name" in words(again)
    assert "no request for a call" in words(visitor.tap("Cancel", again))
    assert kept(internal, visitor) is None
    assert "no request for a call" in words(fill_in(visitor, "Maria", "303 555 0147", "stop"))
    assert kept(internal, visitor) is None and not told(stack, visitor)


@pytest.mark.parametrize(
    ("answers", "again"), [((), "What name"), (("Maria",), "How can they"), (("Maria", "303 555 0147"), "part of the")]
)
def test_a_question_within_is_answered_and_the_forms_question_comes_again(
    visitor: Visitor, answers: tuple[str, ...], again: str
) -> None:
    fill_in(visitor, *answers)
    events = visitor.ask("what are the side effects of ketamine?")
    assert "dizz" in words(events[:1]).lower() and again in words(events[1:])
    assert not [each for each in payloads(events) if each.startswith("/feedback")]


def test_a_crisis_within_the_form_wins_and_going_on_is_asked_once_later_g6_sm01(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    fill_in(visitor, "Maria")
    at_once = visitor.ask("I want to kill myself")
    assert kinds(at_once)[0] == "card" and not [each for each in payloads(at_once) if each.startswith("/callback")]
    first = visitor.ask("what are the side effects of ketamine?")
    assert "begun to ask for a call" not in words(first), "not in the same breath"
    second = visitor.ask("may I drive home after a session?")
    assert "begun to ask for a call" in words(second)
    assert "begun to ask for a call" not in words(visitor.ask("what is ketamine?"))
    assert "How can they reach you" in words(visitor.tap("Go on", second))
    for answer in ("303 555 0147", "any time", "yes"):
        visitor.ask(answer)
    assert kept(internal, visitor)["name"] == "Maria"
    eventually(lambda: [kind for kind, _ in told(stack, visitor)] == ["alarm", "callback"])
    assert len(cases_of(stack, visitor.conversation_id)) == 1


def test_a_form_that_was_left_for_a_crisis_and_is_not_wanted_any_more_is_gone(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    fill_in(visitor, "Maria", "303 555 0147")
    assert kinds(visitor.write("I want to kill myself"))[0] == "card"
    visitor.ask("what are the side effects of ketamine?")
    offer = visitor.ask("may I drive home after a session?")
    assert "no request for a call" in words(visitor.tap("No, leave it", offer))
    assert kept(internal, visitor) is None
    assert "callback" not in [kind for kind, _ in told(stack, visitor)]


def test_consent_is_withdrawn_later_and_staff_learn_of_it(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    fill_in(visitor, "Maria", "303 555 0147", "any time", "yes")
    eventually(lambda: told(stack, visitor) == [("callback", {})])
    assert "taken back your request" in words(visitor.ask("please do not call me"))
    state = kept(internal, visitor)
    assert state["status"] == "withdrawn" and "contact" not in state
    eventually(lambda: told(stack, visitor)[1:] == [("context", {"callback": "withdrawn"})])


def test_the_button_under_a_wish_for_a_person_begins_the_form_and_staff_learn_of_the_wish(
    stack: Stack, visitor: Visitor
) -> None:
    wish = visitor.ask("I want to talk to a person at the clinic")
    assert "Nobody at the clinic reads this chat now" in words(wish)
    assert "What name" in words(visitor.tap("Ask for a call", wish))
    eventually(lambda: told(stack, visitor) == [("staff_request", {})])
    (case,) = cases_of(stack, visitor.conversation_id)
    rank = "SELECT rank, alarmed, pages FROM cases_case WHERE id = ?"
    assert rows(stack, rank, case[0]) == [(20, 0, 0)], "lower than any alarm, nobody is paged"


def test_a_wish_for_a_person_in_spanish_is_recorded_too(stack: Stack, visitor: Visitor) -> None:
    assert "Nadie en la clínica lee" in words(visitor.ask("quiero hablar con una persona de la clínica"))
    eventually(lambda: told(stack, visitor) == [("staff_request", {})])


def test_an_answer_asks_once_if_it_helped_and_the_counts_hold_no_words(
    visitor: Visitor, internal: InternalClient
) -> None:
    before = {each["topic"]: each for each in internal.call("GET", "/feedback").json()["answers"]}
    answer = visitor.ask("what are the side effects of ketamine?")
    assert "/feedback no ask_side_effects" in payloads(answer)
    reply = visitor.tap("This did not help", answer)
    assert "/talk_to_person" in payloads(reply) and "/ask_session" in payloads(reply)
    visitor.tap("This did not help", answer)
    answers = internal.call("GET", "/feedback").json()["answers"]
    (mine,) = [each for each in answers if each["topic"] == "ask_side_effects" and each["language"] == "en"]
    earlier = before.get("ask_side_effects", {"not_helpful": 0})
    assert mine["not_helpful"] == earlier["not_helpful"] + 1, "one conversation counts once"
    assert set(mine) == {"topic", "language", "helpful", "not_helpful"}
    assert "/feedback no ask_side_effects" not in payloads(visitor.ask("what are the side effects of ketamine?"))


def test_nothing_asks_if_it_helped_after_a_risk_or_under_a_card(visitor: Visitor) -> None:
    assert not [each for each in payloads(visitor.ask("I want to kill myself")) if "feedback" in each]
    assert not [each for each in payloads(visitor.ask("what are the side effects?")) if "feedback" in each]
