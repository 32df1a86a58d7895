"""Each process is killed in turn; it comes back, and the card came anyway (G1, G2, G3)."""

import statistics
import time
from collections.abc import Iterator

import pytest

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack, running_stack
from tests.e2e.conftest import KEY
from tests.helpers import Visitor, eventually, kinds, locked, words
from tests.nurse import cases_of

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """A stack of its own, because these tests break it."""
    with running_stack(extra={"HOLDFAST_SECRET_INTERNAL": KEY}) as running:
        yield running


@pytest.mark.parametrize("name", ["rasa", "actions", "shipper", "desk", "worker"])
def test_a_killed_process_comes_back_and_the_card_came_anyway_g1(own: Stack, name: str) -> None:
    before = own.pid(name)
    assert before
    own.kill(name)
    times = []
    for _ in range(5):
        visitor = Visitor(own.url)
        started = time.perf_counter()
        assert kinds(visitor.write("I want to kill myself")) == ["card"]
        times.append(time.perf_counter() - started)
    assert statistics.median(times) < 1.0  # G1 itself, not a speed test: normally a hundredth of it
    eventually(lambda: own.pid(name) not in (0, before))


def test_with_rasa_gone_a_question_gets_the_static_reply_with_lines_g2_sm02(own: Stack) -> None:
    own.control("stop", "rasa")
    try:
        events = Visitor(own.url).ask("what are the side effects of ketamine?")
        assert "988" in words(events)
    finally:
        own.control("start", "rasa")
        own.wait_for_rasa()


def test_a_hanging_rasa_never_leaves_silence_g2(own: Stack) -> None:
    import os
    import signal

    pid = own.pid("rasa")
    os.kill(pid, signal.SIGSTOP)
    try:
        visitor = Visitor(own.url)
        assert kinds(visitor.write("I want to kill myself")) == ["card"]
        assert "988" in words(Visitor(own.url).ask("what does it cost?", limit_s=30))
    finally:
        os.kill(pid, signal.SIGCONT)


def test_the_killed_door_comes_back_with_the_conversation_and_the_alarm_g3(own: Stack) -> None:
    visitor = Visitor(own.url)
    (card,) = visitor.write("I want to kill myself")
    before = own.pid("door")
    own.kill("door")
    eventually(lambda: own.pid("door") not in (0, before))
    own.wait_for_door()
    with visitor.listen() as listener:
        assert card["event_id"] in {event["event_id"] for event in listener.settled()}
    eventually(lambda: cases_of(own, visitor.conversation_id))
    (second,) = visitor.write("I want to kill myself")
    assert len(second["text"]) < len(card["text"])  # the state came back too: the same level brings the short card


def test_a_locked_database_delays_no_card_and_loses_no_alarm_g1_g3(own: Stack) -> None:
    visitor = Visitor(own.url)
    with locked(own.folder / "holdfast.sqlite3"):
        assert kinds(visitor.write("I want to kill myself")) == ["card"]
        assert list((own.folder / "spool").glob("*.json"))
    eventually(lambda: cases_of(own, visitor.conversation_id))
    eventually(lambda: not list((own.folder / "spool").glob("*.json")))
    client = InternalClient(own.internal_url, KEY.encode())
    events = client.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["events"]
    assert sum(event["kind"] == "card" for event in events) == 1
