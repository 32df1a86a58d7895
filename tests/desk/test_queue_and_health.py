"""Who stands first in the queue, and what the health light says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.cases import casebook, queue, transitions
from desk.cases.models import Case
from desk.cases.places import local_time
from desk.cases.scripts import all_scripts, choose
from desk.cases.talk import lines_of, mark_of, news_since, shown
from desk.health import Facts, lights
from tests.desk.records import record, take

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def test_the_queue_goes_by_level_then_by_waiting_time() -> None:
    now = datetime.now(UTC).timestamp()
    for name, kind, level, ago in [
        ("callback", "callback", "none", 9000),
        ("wish", "staff_request", "none", 8000),
        ("concern", "alarm", "concern", 5000),
        ("crisis young", "alarm", "crisis", 10),
        ("crisis old", "alarm", "crisis", 600),
        ("emergency", "alarm", "emergency", 1),
    ]:
        take(record(conversation_id=name.replace(" ", "_"), kind=kind, level=level, created_at=now - ago))
    order = [case.conversation_id for case in queue.load().waiting]
    assert order == ["emergency", "crisis_old", "crisis_young", "concern", "wish", "callback"]


def test_drills_stand_apart() -> None:
    take(record(drill=True))
    assert queue.load().waiting == () and len(queue.load().drills) == 1


def test_the_queue_page_works_without_javascript(signed_in: Callable[..., Any]) -> None:
    case = take(record(flags=("voices",), subject="other"))
    page = signed_in().get("/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page
    for words in ("1 person is waiting", "Crisis", "Hears voices", "Worried about somebody else", "Website chat"):
        assert words in page
    assert f'action="/cases/{case.pk}/claim"' in page
    assert "style=" not in page and "onclick" not in page and "<script>" not in page


def test_the_live_queue_is_the_list_alone(signed_in: Callable[..., Any]) -> None:
    take(record())
    part = signed_in().get("/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="queue"' in part and "(1) Queue" in part


POLL = {"HX-Request": "true"}


def polled(page: str, part: str) -> str:
    """Where that part of a page asks for news, with what it has seen."""
    found = re.search(rf'id="{part}" hx-get="([^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_a_queue_in_which_nothing_happened_is_not_exchanged(signed_in: Callable[..., Any], clock: Any) -> None:
    """A press that straddles an exchange of its button is no click."""
    client = signed_in()
    empty = polled(client.get("/").content.decode(), "queue")
    assert client.get(empty, headers=POLL).status_code == 204
    take(record(), clock.now)
    assert client.get(empty, headers=POLL).status_code == 200
    ask = polled(client.get("/").content.decode(), "queue")
    clock.forward(minutes=3)
    assert client.get(ask, headers=POLL).status_code == 204, "that time passes is no news"
    casebook.change(Case.objects.get().pk, lambda state: transitions.notified(state, clock.now), now=clock.now)
    assert client.get(ask, headers=POLL).status_code == 204, "nor is what the page does not show"
    take(record(kind="rise", level="emergency"), clock.now)
    answer = client.get(ask, headers=POLL)
    assert answer.status_code == 200 and polled(answer.content.decode(), "queue") != ask


def test_the_times_are_put_into_their_places(signed_in: Callable[..., Any], clock: Any) -> None:
    client, case = signed_in(), take(record(created_at=clock.now.timestamp()), clock.now)
    page = client.get("/").content.decode()
    clock.forward(minutes=7)
    times = client.get("/queue/times", headers=POLL).content.decode()
    assert f'<strong id="waited-{case.pk}" hx-swap-oob="true">7 min</strong>' in times
    for place in (f"waited-{case.pk}", f"there-{case.pk}", "as-of"):
        assert f'id="{place}"' in page and f'id="{place}" hx-swap-oob' in times


def test_the_health_strip_comes_anew_when_it_says_something_else(
    signed_in: Callable[..., Any], clock: Any, worker_lives: Callable[[], None]
) -> None:
    client = signed_in()
    ask = polled(client.get("/").content.decode(), "health")
    assert client.get(ask, headers=POLL).status_code == 204
    clock.forward(minutes=2)
    assert "worker is not running" in client.get(ask, headers=POLL).content.decode()


def test_levels_are_never_called_a_risk_score(signed_in: Callable[..., Any]) -> None:
    """SM-30."""
    case = take(record())
    client = signed_in()
    pages = client.get("/").content.decode() + client.get(f"/cases/{case.pk}").content.decode()
    assert "risk score" not in pages.lower() and "high risk" not in pages.lower()


WELL = Facts(
    now=NOW,
    worker_at=NOW,
    door_at=NOW,
    on_duty=("Sam",),
    has_rota=True,
    duty_hours=True,
    reaches_people=True,
    oldest_unclaimed=None,
    failing_targets=(),
    untold=0,
)


def test_a_desk_in_order_shows_no_light() -> None:
    assert lights(WELL) == ()


@pytest.mark.parametrize(
    ("wrong", "bad", "told"),
    [
        ({"worker_at": None}, True, "worker is not running"),
        ({"worker_at": NOW - timedelta(minutes=2)}, True, "worker is not running"),
        ({"door_at": NOW - timedelta(minutes=2)}, True, "chat server cannot be reached"),
        ({"failing_targets": ("Sam's phone",)}, True, "Sam's phone"),
        ({"oldest_unclaimed": NOW - timedelta(minutes=7)}, True, "waited 7 min"),
        ({"on_duty": ()}, False, "Nobody on the rota is on duty"),
        ({"has_rota": False, "duty_hours": False}, False, "Nobody is on duty"),
        ({"reaches_people": False}, False, "No alert target reaches a person"),
        ({"untold": 2}, True, "2 change(s)"),
    ],
)
def test_each_thing_that_is_wrong_has_its_light(wrong: dict[str, Any], bad: bool, told: str) -> None:
    found = lights(replace(WELL, **wrong))
    assert [light.bad for light in found] == [bad] and told in found[0].text


@pytest.mark.parametrize(
    ("timezone", "country", "told"),
    [
        ("America/Denver", "US", "11:00, Monday"),
        (None, "GB", "18:00, Monday"),
        (None, "US", "between 08:00 and 13:00"),
        ("No/Where", "GB", "18:00, Monday"),
        (None, None, "not known"),
    ],
)
def test_the_local_time_there_is_said_as_well_as_it_is_known(timezone: Any, country: Any, told: str) -> None:
    assert local_time(timezone, country, NOW) == told


def test_what_the_bot_has_shown_is_summed_up() -> None:
    card = {
        "event_id": 2,
        "kind": "card",
        "author": "bot",
        "text": "…",
        "at": "2026-11-23T18:00:00Z",
        "blocks": [
            {"type": "emergency", "label": "Emergency", "display": "911", "tel": "911"},
            {"type": "line", "id": "us-988", "name": "988 Lifeline"},
            {"type": "notice", "text": "I am passing this to the clinic's team."},
            {"type": "question", "text": "Are you thinking about killing yourself?"},
        ],
    }
    summary = shown([card])
    assert (summary.numbers, summary.question_asked) == (("911", "988 Lifeline"), True)
    assert summary.told == "I am passing this to the clinic's team."
    assert lines_of([card])[0].summary == "Showed help lines: 911, 988 Lifeline"


def test_what_the_person_wrote_since_the_page_is_told_to_who_cannot_see_it() -> None:
    """Also when a card follows their words at once."""
    talk = [("user", "hello"), ("bot", "Hi"), ("user", "i took them"), ("bot", "card"), ("user", "all")]
    events = [{"event_id": at, "author": who, "text": text} for at, (who, text) in enumerate(talk, start=1)]
    lines = lines_of(events)
    assert [line.text for line in news_since(lines, mark_of(lines[:2]))] == ["i took them", "all"]
    assert [line.text for line in news_since(lines, f"-{mark_of(lines[:4])}")] == ["all"], "the door was away meanwhile"
    assert news_since(lines, mark_of(lines)) == news_since(lines, "") == news_since(lines, "-") == ()


@pytest.mark.parametrize(
    ("told", "shown_as"),
    [
        ({"delivery": "sent"}, "in their chat"),
        ({"delivery": "waiting"}, "not in their chat yet"),
        ({"delivery": "refused", "delivery_problem": "blocked the bot"}, "not delivered: blocked the bot"),
        ({"delivery": None}, ""),
        ({}, ""),
    ],
)
def test_how_a_reply_stands_is_shown(told: dict[str, Any], shown_as: str) -> None:
    said = {"event_id": 3, "kind": "staff", "author": "staff", "staff_name": "Sam", "text": "Hello"}
    assert lines_of([{**said, **told}])[0].delivery == shown_as


def test_the_script_fits_the_case_and_always_ends_with_the_staffs_own_support() -> None:
    """SM-95."""
    ids = [script.id for script in choose(all_scripts(), "crisis", "other", ["voices"])]
    assert "worried_about_other" in ids and "voices" in ids and "first_words" not in ids
    assert ids[-1] == "own_support"


def test_scripts_that_nobody_signed_say_so(signed_in: Callable[..., Any]) -> None:
    case = take(record())
    assert "unsigned" in signed_in().get(f"/cases/{case.pk}").content.decode()


def test_the_script_names_no_means_and_promises_nothing() -> None:
    """SM-50, G9: what staff may send with one click."""
    said = " ".join(words for script in all_scripts() for words in script.say).lower()
    assert not re.search(r"\b(gun|rope|pills?|bridge|knife|mg|promise|always be)\b", said)


def test_old_cases_are_listed(signed_in: Callable[..., Any]) -> None:
    case = take(record())
    Case.objects.filter(pk=case.pk).update(status="resolved", resolved_at=datetime.now(UTC), outcome="no_answer")
    assert "Could not be reached" in signed_in().get("/resolved").content.decode()
