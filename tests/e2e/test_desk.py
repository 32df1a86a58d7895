"""Person, door, shipper, desk, worker and pager, all real: alarm, takeover, silence, resolve; what is said is true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack, running_stack
from tests.e2e.conftest import KEY
from tests.helpers import Visitor, eventually, kinds, words
from tests.nurse import Nurse, cases_of, rows
from tests.staffed import Pager, staffed_clinic

pytestmark = pytest.mark.e2e
PROGRAMS = ("door", "shipper", "desk", "worker")
SILENT_AFTER_S = 5


@dataclass
class Clinic:
    """Everything that a test needs."""

    stack: Stack
    pager: Pager
    nurse: Nurse

    def case_of(self, visitor: Visitor) -> int:
        """The number of the visitor's newest case, once it is there."""
        return int(eventually(lambda: cases_of(self.stack, visitor.conversation_id))[-1][0])


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    with staffed_clinic(folder, last_resort_after=8, staff_silent_after=SILENT_AFTER_S) as (file, pager):
        extra = {"HOLDFAST_CLINIC": str(file), "HOLDFAST_SECRET_INTERNAL": KEY}
        with running_stack(only=PROGRAMS, extra=extra) as stack:
            yield Clinic(stack, pager, Nurse(stack))


def notice(text: str):
    return lambda event: event["kind"] == "notice" and text in event["text"]


def test_from_the_cry_for_help_to_the_resolved_case_g4_g6(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url, country="US", timezone="America/Denver")
    with visitor.listen() as listener:
        (card,) = visitor.write("everyone would be better off without me")
        assert "passing this to the clinic's team" in card["text"] and "has been alerted" not in card["text"]
        listener.until(notice("has been alerted"), 20)
        case = clinic.case_of(visitor)
        assert "everyone would be better off" not in str(clinic.pager.got)

        page = clinic.nurse.read(f"/cases/{case}")
        assert "everyone would be better off without me" in page and "Concern" in page and "United States" in page
        clinic.nurse.press(case, "claim")
        listener.until(notice("Sam of the clinic is reading this"), 20)

        assert visitor.write("what does it cost") == []  # the bot is silent
        alerts = len(clinic.pager.got)
        (card,) = visitor.write("I want to kill myself")  # and detection goes on
        assert card["kind"] == "card" and "Sam of the clinic is reading this" in card["text"]
        eventually(lambda: len(clinic.pager.got) > alerts)
        assert "A new alarm came: crisis" in clinic.nurse.read(f"/cases/{case}")
        clinic.nurse.press(case, "seen")

        page = clinic.nurse.press(case, "reply", text="Are you safe right now?")
        (reply,) = listener.until(lambda event: event["author"] == "staff", 20)
        assert (reply["text"], reply["staff_name"]) == ("Are you safe right now?", "Sam")
        assert visitor.write("yes, my sister is here") == []
        page = eventually(lambda: _showing(clinic, case, "yes, my sister is here"))
        assert re.search(r"Sam <time>.*?in their chat", page)

        clinic.nurse.press(case, "resolve", outcome="safe_for_now", lift="yes")
        listener.until(notice("staff have left this chat"), 20)
    assert cases_of(clinic.stack, visitor.conversation_id) == [(case, "crisis", "resolved", 0)]
    (again,) = visitor.write("I want to kill myself")
    assert again["kind"] == "card"
    eventually(lambda: len(cases_of(clinic.stack, visitor.conversation_id)) == 2)  # a new episode is a new case


def _showing(clinic: Clinic, case: int, text: str) -> str:
    page = clinic.nurse.read(f"/cases/{case}")
    return page if text in page else ""


@pytest.mark.parametrize(("form", "lifted"), [({}, False), ({"lift": "yes"}, True)])
def test_only_staff_lift_what_is_held_back_after_risk_g5(clinic: Clinic, form: dict, lifted: bool) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    case = clinic.case_of(visitor)
    internal = InternalClient(clinic.stack.internal_url, KEY.encode())
    path = f"/conversations/{visitor.conversation_id}/transcript"

    def state() -> dict:
        return internal.call("GET", path).json()["state"]

    clinic.nurse.press(case, "claim"), clinic.nurse.press(case, "resolve", outcome="safe_for_now", **form)
    eventually(lambda: state()["episode"] == 2)
    assert state()["after_risk"] is not lifted
    if not lifted:
        clinic.nurse.press(case, "lift")
        eventually(lambda: not state()["after_risk"])


def test_lifting_an_old_case_leaves_a_new_alarm_alone_g5(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    case = clinic.case_of(visitor)
    clinic.nurse.press(case, "claim"), clinic.nurse.press(case, "resolve", outcome="no_answer")
    visitor.write("I want to kill myself")
    eventually(lambda: len(cases_of(clinic.stack, visitor.conversation_id)) == 2)
    clinic.nurse.press(case, "lift")
    internal = InternalClient(clinic.stack.internal_url, KEY.encode())
    state = internal.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["state"]
    assert state["after_risk"] and state["episode_open"]


def test_prices_may_be_allowed_while_the_case_goes_on_and_the_next_risk_holds_them_back_g5(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    case = clinic.case_of(visitor)
    clinic.nurse.press(case, "claim"), clinic.nurse.press(case, "lift")
    internal = InternalClient(clinic.stack.internal_url, KEY.encode())

    def state() -> dict:
        return internal.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["state"]

    eventually(lambda: not state()["after_risk"])
    assert state()["episode"] == 1 and state()["episode_open"]
    visitor.write("I took all of my pills")
    eventually(lambda: cases_of(clinic.stack, visitor.conversation_id) == [(case, "emergency", "claimed", 0)])
    assert state()["after_risk"]
    assert "A new alarm came" in clinic.nurse.press(case, "resolve", outcome="answered")  # nobody has read it yet
    assert cases_of(clinic.stack, visitor.conversation_id) == [(case, "emergency", "claimed", 0)]
    clinic.nurse.press(case, "hand-back")


def test_who_has_a_chat_has_its_next_case_too_and_leaves_with_the_last_g4(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    old = clinic.case_of(visitor)
    for button, form in (("claim", {}), ("resolve", {"outcome": "no_answer"}), ("reopen", {}), ("claim", {})):
        clinic.nurse.press(old, button, **form)
    visitor.write("I want to kill myself")
    eventually(lambda: len(cases_of(clinic.stack, visitor.conversation_id)) == 2)
    new = clinic.case_of(visitor)
    assert "You have this case" in clinic.nurse.read(f"/cases/{new}")
    with visitor.listen(visitor.last_event()) as listener:
        clinic.nurse.press(old, "resolve", outcome="answered")
        assert visitor.write("what does it cost") == []  # the bot is silent
        assert "staff have left this chat" not in words(listener.settled(2))
        clinic.nurse.press(new, "seen"), clinic.nurse.press(new, "resolve", outcome="answered")
        listener.until(notice("staff have left this chat"), 20)


def test_silent_staff_are_told_of_honestly_and_the_bot_helps_on(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    with visitor.listen() as listener:
        visitor.write("I want to kill myself")
        case = clinic.case_of(visitor)
        clinic.nurse.press(case, "claim")
        alerts = len(clinic.pager.got)
        (said,) = listener.until(notice("has not written for a while"), 30)
        assert "Sam" in said["text"] and "988" in said["text"]
        eventually(lambda: len(clinic.pager.got) > alerts)  # a colleague is alerted
        assert "does not write" in clinic.nurse.read("/")
        assert words(visitor.ask("what are the side effects?"))  # the bot answers again
        clinic.nurse.press(case, "reply", text="I am back. How are you now?")
        listener.until(lambda event: event["author"] == "staff", 20)
    assert visitor.write("a bit better") == []  # and falls silent when staff write
    assert "waits for you" not in clinic.nurse.read(f"/cases/{case}")
    clinic.nurse.press(case, "hand-back")


def test_a_takeover_outlives_the_door_that_was_told_of_it(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    clinic.nurse.press(clinic.case_of(visitor), "claim")
    before = clinic.stack.pid("door")
    clinic.stack.kill("door")
    eventually(lambda: clinic.stack.pid("door") not in (0, before))
    clinic.stack.wait_for_door()
    with visitor.listen() as listener:
        (said,) = listener.until(notice("has not written for a while"), 30)
    assert "Sam" in said["text"] and "988" in said["text"]


def test_a_reply_goes_to_that_person_only_g8(clinic: Clinic) -> None:
    visitor, stranger = Visitor(clinic.stack.url), Visitor(clinic.stack.url)
    visitor.write("I want to kill myself"), stranger.write("I want to kill myself")
    case = clinic.case_of(visitor)
    with stranger.listen() as listener:
        clinic.nurse.press(case, "claim"), clinic.nurse.press(case, "reply", text="only for one person")
        assert "only for one person" not in words(listener.settled(2))
    clinic.nurse.press(case, "hand-back")


def test_repeating_a_reply_id_delivers_it_once(clinic: Clinic) -> None:
    visitor = Visitor(clinic.stack.url)
    visitor.write("I want to kill myself")
    internal = InternalClient(clinic.stack.internal_url, KEY.encode())
    path = f"/conversations/{visitor.conversation_id}"
    body = {"text": "Hello", "name": "Sam", "id": "r-1"}
    sent = [internal.call("POST", path + "/messages", body).json()["event_id"] for _ in range(2)]
    assert sent[0] == sent[1]
    internal.call("PUT", path + "/takeover", {"name": None})


def test_with_the_desk_down_the_shipper_alerts_by_itself_and_the_case_comes_later_g3(clinic: Clinic) -> None:
    clinic.stack.control("stop", "desk")
    try:
        visitor = Visitor(clinic.stack.url)
        with visitor.listen() as listener:
            visitor.write("I want to kill myself")
            eventually(lambda: any(visitor.conversation_id in each["message"] for each in clinic.pager.got))
            listener.until(notice("has been alerted"), 20)
    finally:
        clinic.stack.control("start", "desk")
        clinic.stack.wait_for_desk()
    assert clinic.case_of(visitor)


def test_a_drill_is_a_case_marked_drill_and_alerts_nobody(clinic: Clinic) -> None:
    internal = InternalClient(clinic.stack.internal_url, KEY.encode())
    assert internal.call("GET", "/ready").json()["ready"]
    drills = eventually(lambda: rows(clinic.stack, "SELECT id FROM cases_case WHERE drill = 1"))
    assert rows(clinic.stack, "SELECT 1 FROM alerts_alert WHERE case_id = ?", drills[0][0]) == []


def test_nobody_on_duty_is_said_and_a_person_who_takes_the_case_all_the_same_is_named_g4(tmp_path: Path) -> None:
    with staffed_clinic(tmp_path, on_duty=False) as (file, pager):
        extra = {"HOLDFAST_CLINIC": str(file), "HOLDFAST_SECRET_INTERNAL": KEY}
        with running_stack(only=PROGRAMS, extra=extra) as stack:
            late = Clinic(stack, pager, Nurse(stack))
            visitor = Visitor(stack.url)
            with visitor.listen() as listener:
                (card,) = visitor.write("I want to kill myself")
                assert "Nobody at the clinic reads this chat now" in card["text"]
                eventually(lambda: pager.got)
                assert "has been alerted" not in words(listener.settled(2))
                late.nurse.press(late.case_of(visitor), "claim")
                listener.until(notice("Sam of the clinic is reading this"), 20)


def test_the_desk_and_its_files_are_reachable_and_closed_to_strangers(clinic: Clinic) -> None:
    assert httpx.get(clinic.stack.desk_url + "/", follow_redirects=False).headers["location"] == "/sign-in"
    script = httpx.get(clinic.stack.desk_url + "/static/desk/htmx.min.js")
    assert script.status_code == 200 and "htmx" in script.text
    assert kinds(Visitor(clinic.stack.url).write("I want to kill myself")) == ["card"]
