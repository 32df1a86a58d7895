"""Replies that did not get through: whose they are, who may send or give them up, and how their length counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desk.cases.actions import TEXT_LIMIT
from desk.cases.models import Reply
from tests.desk.fake_door import FakeDoor
from tests.desk.test_cases import press

SignedIn = Callable[..., Any]


@pytest.fixture
def left(signed_in: SignedIn, case: Any, door: FakeDoor) -> Any:
    """Sam wrote while the door was away, and Kim has taken the case over; Kim's client."""
    sam, kim = signed_in("sam"), signed_in("kim")
    press(sam, case, "claim")
    door.works = False
    press(sam, case, "reply", text="I am here with you")
    door.works = True
    press(kim, case, "take-over")
    kim.colleague = sam
    return kim


def test_a_colleagues_words_are_never_sent_in_the_colleagues_name_g4(left: Any, case: Any, door: FakeDoor) -> None:
    page = press(left, case, f"replies/{Reply.objects.get().pk}", do="send")
    assert "Sam, nurse wrote that reply" in page
    assert door.told("messages") == [] and Reply.objects.get().text == "I am here with you"


def test_a_colleagues_words_offer_no_button_that_sends_them(left: Any, case: Any) -> None:
    page = left.get(f"/cases/{case.pk}").content.decode()
    assert "I am here with you" in page and "Send again" not in page and "Do not send" in page


def test_who_lost_the_case_cannot_send_any_more_and_whoever_has_it_can_give_the_words_up(
    left: Any, case: Any, door: FakeDoor
) -> None:
    press(left.colleague, case, f"replies/{Reply.objects.get().pk}", do="send")
    assert door.told("messages") == []
    press(left, case, f"replies/{Reply.objects.get().pk}", do="drop")
    assert (Reply.objects.get().state, Reply.objects.get().text) == ("dropped", "")


def test_a_stranger_to_the_case_cannot_give_a_reply_up_but_its_author_can(
    left: Any, case: Any, signed_in: SignedIn
) -> None:
    path = f"replies/{Reply.objects.get().pk}"
    assert "Only they and whoever has the case" in press(signed_in("ann"), case, path, do="drop")
    assert Reply.objects.get().text == "I am here with you"
    press(left.colleague, case, path, do="drop")
    assert Reply.objects.get().state == "dropped"


def test_a_takeover_whose_answer_was_lost_is_repeated_as_the_same_order_before_the_reply_g4(
    signed_in: SignedIn, case: Any, door: FakeDoor
) -> None:
    """By its id the door knows that nothing is to be said again."""
    client = signed_in()
    door.loses_answers = True
    press(client, case, "claim")
    door.loses_answers = False
    press(client, case, "reply", text="I am here with you")
    told = [(what, body["id"]) for what, _, body in door.calls if what in ("takeover", "messages")]
    assert [what for what, _ in told] == ["takeover", "takeover", "messages"]
    assert told[0] == told[1]


def test_a_reply_waits_until_the_chat_has_heard_who_has_it_g4(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    """Otherwise the bot answers beside it, and the late takeover says that nobody has written."""
    client = signed_in()
    door.refuses.add("takeover")
    press(client, case, "claim")
    page = press(client, case, "reply", text="I am here with you")
    assert "has not heard yet that you have the case" in page and door.told("messages") == []
    door.refuses.clear()
    press(client, case, f"replies/{Reply.objects.get().pk}", do="send")
    assert [what for what, _, _ in door.calls if what in ("takeover", "messages")] == ["takeover", "messages"]
    assert Reply.objects.get().state == "delivered"


def test_a_line_end_counts_once_as_it_did_while_writing(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client, lines = signed_in(), ["x" * 99] * (TEXT_LIMIT // 100)
    press(client, case, "claim")
    page = press(client, case, "reply", text="\r\n".join(lines))
    assert "too long" not in page
    assert door.told("messages")[0]["text"] == "\n".join(lines)
