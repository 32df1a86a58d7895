"""What staff do to cases through the pages: claim, reply, hand back, resolve; and what the door hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from desk.accounts.models import Audit
from desk.cases import outgoing
from desk.cases.models import Case, DoorTask, Entry, Note, Reply
from desk.cases.state import Refused
from desk.door import DoorError
from desk.records import NotAllowed
from tests.desk.fake_door import FakeDoor
from tests.desk.records import claim, record, take

SignedIn = Callable[..., Any]


def press(client: Any, case: Case, button: str, **form: str) -> str:
    answer = client.post(f"/cases/{case.pk}/{button}", form, follow=True)
    assert answer.status_code == 200
    case.refresh_from_db()
    return answer.content.decode()


def test_claiming_tells_the_person_the_name(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    """G4: claimed."""
    press(signed_in(), case, "claim")
    assert (case.status, case.claimed_by.username) == ("claimed", "sam")
    assert door.names() == ["Sam, nurse"]


def test_who_comes_second_sees_who_has_it(signed_in: SignedIn, case: Any) -> None:
    press(signed_in("sam"), case, "claim")
    assert "Sam, nurse has this case." in press(signed_in("kim"), case, "claim")
    assert case.claimed_by.username == "sam"


def test_of_many_claims_at_once_exactly_one_wins(member: Callable[..., Any], case: Any) -> None:
    """Real threads on one database."""
    members = [member(f"nurse{number}") for number in range(8)]
    start, won, lost = threading.Barrier(len(members)), [], []

    def run(who: Any) -> None:
        from django.db import connection

        start.wait()
        try:
            claim(case.pk, who)
            won.append(who.username)
        except Refused as refusal:
            lost.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(who,)) for who in members]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    case.refresh_from_db()
    assert won == [case.claimed_by.username] and len(lost) == 7
    assert all(case.claimed_by.shown_name in refusal for refusal in lost)
    assert Entry.objects.filter(kind="claimed").count() == DoorTask.objects.count() == 1


def test_a_reply_reaches_the_person_and_its_words_leave_the_desk(
    signed_in: SignedIn, case: Any, door: FakeDoor
) -> None:
    client = signed_in()
    press(client, case, "claim")
    page = press(client, case, "reply", text="Are you safe right now?")
    assert door.told("messages")[0]["text"] == "Are you safe right now?"
    assert door.told("messages")[0]["name"] == "Sam, nurse"
    reply = Reply.objects.get()
    assert (reply.state, reply.text) == ("delivered", "")
    assert "Are you safe right now?" in page and case.first_reply_at is not None


def test_a_reply_that_fails_is_kept_and_can_be_sent_again(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client = signed_in()
    press(client, case, "claim")
    door.works = False
    page = press(client, case, "reply", text="Hello there")
    assert "did not get through" in page and "Hello there" in page
    door.works = True
    press(client, case, f"replies/{Reply.objects.get().pk}", do="send")
    assert Reply.objects.get().state == "delivered"
    assert [body["text"] for body in door.told("messages")] == ["Hello there"]


def test_a_reply_whose_answer_was_lost_is_not_sent_twice(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client = signed_in()
    press(client, case, "claim")
    door.loses_answers = True
    press(client, case, "reply", text="Hello there")
    assert Reply.objects.get().state == "failed"
    door.loses_answers = False
    press(client, case, f"replies/{Reply.objects.get().pk}", do="send")
    assert Reply.objects.get().state == "delivered"
    assert len({body["id"] for body in door.told("messages")}) == 1  # by which the door knows it again
    assert [event["text"] for event in door.talks["w_1"]].count("Hello there") == 1


def test_only_whoever_has_the_case_writes_to_the_person(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    """G8."""
    press(signed_in("sam"), case, "claim")
    page = press(signed_in("kim"), case, "reply", text="Me too")
    assert "Sam, nurse has the case" in page and door.told("messages") == []
    assert Reply.objects.get().text == "Me too"  # her words are not lost


def test_an_unwanted_reply_can_be_given_up(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client = signed_in()
    press(client, case, "claim")
    door.works = False
    press(client, case, "reply", text="Too late now")
    press(client, case, f"replies/{Reply.objects.get().pk}", do="drop")
    assert (Reply.objects.get().state, Reply.objects.get().text) == ("dropped", "")


def test_handing_back_lets_the_bot_speak(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client = signed_in()
    press(client, case, "claim"), press(client, case, "hand-back")
    assert case.status == "open" and door.names()[-1] is None


@pytest.mark.parametrize(("form", "lift"), [({}, False), ({"lift": "yes"}, True)])
def test_resolving_closes_the_episode_and_lifts_only_when_asked(
    signed_in: SignedIn, case: Any, door: FakeDoor, form: dict[str, str], lift: bool
) -> None:
    """G5."""
    client = signed_in()
    press(client, case, "claim"), press(client, case, "resolve", outcome="safe_for_now", **form)
    assert (case.status, case.outcome) == ("resolved", "safe_for_now")
    assert door.told("clear") == [{"episode": 1, "lift": lift, "level": "crisis"}]


def test_all_answers_can_be_allowed_later(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client = signed_in()
    press(client, case, "claim"), press(client, case, "resolve", outcome="safe_for_now"), press(client, case, "lift")
    assert door.told("clear")[-1] == {"episode": 1, "lift": True, "level": "crisis"} and case.lifted


def test_a_resolved_case_can_be_reopened(signed_in: SignedIn, case: Any) -> None:
    client = signed_in()
    press(client, case, "claim"), press(client, case, "resolve", outcome="no_answer"), press(client, case, "reopen")
    assert case.status == "open" and case.alarm_since is not None


def test_what_the_door_missed_is_told_when_it_is_back(
    signed_in: SignedIn, case: Any, door: FakeDoor, clock: Any
) -> None:
    door.works = False
    page = press(signed_in(), case, "claim")
    assert case.status == "claimed" and "has not heard of your last change" in page
    door.works = True
    outgoing.tell_door(clock.forward(minutes=2))
    assert door.names() == ["Sam, nurse"]


def test_a_name_that_has_left_is_never_told(signed_in: SignedIn, case: Any, door: FakeDoor, clock: Any) -> None:
    """G4: the door was away while Sam came and went."""
    client = signed_in()
    door.works = False
    press(client, case, "claim"), press(client, case, "hand-back")
    door.works = True
    outgoing.tell_door(clock.forward(minutes=2))
    assert door.names() == [None]


@pytest.mark.parametrize("began", [False, True])
def test_an_end_that_the_door_has_not_heard_of_does_not_outlive_a_rise_nobody_saw_g5(
    signed_in: SignedIn, case: Any, door: FakeDoor, clock: Any, began: bool
) -> None:
    client = signed_in()
    press(client, case, "claim")
    door.works = False
    press(client, case, "resolve", outcome="safe_for_now", lift="yes")
    if began:  # a process was telling the door just then
        DoorTask.objects.filter(kind="close").update(state="doing", started_at=clock.now)
    take(record(kind="rise", level="emergency"), clock.now)
    door.works = True
    outgoing.tell_door(clock.forward(minutes=2)), outgoing.tell_door(clock.forward(minutes=2))
    case.refresh_from_db()
    assert (case.status, case.lifted) == ("open", False)
    assert door.told("clear") == [] and door.names()[-1] is None


def test_a_task_that_became_pointless_while_it_was_tried_is_not_tried_again(
    case: Any, door: FakeDoor, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    DoorTask.objects.create(case=case, kind="close", detail={"lift": True}, made_at=clock.now, next_try_at=clock.now)

    def fails(*_: Any, **__: Any) -> None:
        DoorTask.objects.update(state="dropped")  # the case was reopened meanwhile
        raise DoorError("The chat server cannot be reached.")

    monkeypatch.setattr("desk.door.DoorClient.close_episode", fails)
    outgoing.tell_door(clock.now)
    assert DoorTask.objects.get().state == "dropped"


def test_a_door_without_that_address_does_not_block_the_rest(case: Any, door: FakeDoor, clock: Any) -> None:
    door.knows_notices = False
    DoorTask.objects.create(
        case=case, kind="notice", detail={"kind": "notified"}, made_at=clock.now, next_try_at=clock.now
    )
    DoorTask.objects.create(
        case=case, kind="takeover", detail={"name": "Sam"}, made_at=clock.now, next_try_at=clock.now
    )
    outgoing.tell_door(clock.now)
    assert door.names() == ["Sam"]


def test_a_task_that_a_killed_process_began_is_done_again(case: Any, door: FakeDoor, clock: Any) -> None:
    DoorTask.objects.create(
        case=case,
        kind="takeover",
        detail={"name": "Sam"},
        made_at=clock.now,
        next_try_at=clock.now,
        state="doing",
        started_at=clock.now,
    )
    assert outgoing.tell_door(clock.now) == 0
    assert outgoing.tell_door(clock.forward(minutes=1)) == 1


def test_a_rise_while_claimed_shows_until_the_holder_has_seen_it(signed_in: SignedIn, case: Any) -> None:
    client = signed_in()
    press(client, case, "claim")
    take(record(kind="rise", level="emergency"))
    assert "A new alarm came: emergency" in client.get(f"/cases/{case.pk}").content.decode()
    assert "New alarm. Sam, nurse has the case and has not seen it." in client.get("/").content.decode()
    press(client, case, "seen")
    assert not case.unseen_rise and case.alarm_since is None


def test_history_notes_and_audit_only_grow(signed_in: SignedIn, case: Any) -> None:
    from django.db import DatabaseError, connection, transaction

    client = signed_in()
    client.get(f"/cases/{case.pk}")
    press(client, case, "note", text="Called the sister")
    for table in (Entry, Note, Audit):
        row = table.objects.first()
        with pytest.raises(NotAllowed):
            row.save()
        with pytest.raises(NotAllowed):
            row.delete()
        with pytest.raises(NotAllowed):
            table.objects.all().delete()
        for statement in (f"DELETE FROM {table._meta.db_table}", f"UPDATE {table._meta.db_table} SET at = at"):
            with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_a_note_stays_inside(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    page = press(signed_in(), case, "note", text="Called the sister")
    assert "Called the sister" in page and door.told("messages") == []


def test_buttons_need_a_form_of_our_own(signed_in: SignedIn, case: Any) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in().cookies
    assert client.post(f"/cases/{case.pk}/claim").status_code == 403


def test_quiet_drills_end_by_themselves_and_go_after_two_days(clock: Any) -> None:
    take(record(drill=True, conversation_id="drill_1"), clock.now), take(record(), clock.now)
    outgoing.end_drills(clock.forward(hours=2))
    assert Case.objects.get(drill=True).status == "resolved"
    outgoing.end_drills(clock.forward(hours=60))
    assert [case.conversation_id for case in Case.objects.all()] == ["w_1"]


def test_a_real_case_cannot_be_deleted(case: Any) -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="only grows"):
        case.delete()
