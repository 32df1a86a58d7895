"""What is said about people is true in each state (G4): recorded, then notified, and never more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli.stack import Stack, running_stack
from tests.helpers import Visitor, eventually, words
from tests.staffed import Pager, staffed_clinic

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Pager]]:
    with (
        staffed_clinic(tmp_path_factory.mktemp("clinic")) as (file, pager),
        running_stack(only=("door", "shipper"), extra={"HOLDFAST_CLINIC": str(file)}) as stack,
    ):
        yield stack, pager


def test_on_duty_it_says_passing_on_and_then_alerted_once_a_pager_took_it(staffed: tuple[Stack, Pager]) -> None:
    stack, pager = staffed
    visitor = Visitor(stack.url)
    with visitor.listen() as listener:
        (card,) = visitor.write("I want to kill myself")
        assert "passing this to the clinic's team" in card["text"]
        assert "has been alerted" not in card["text"]
        notices = listener.until(lambda event: event["kind"] == "notice", 20)
    assert "has been alerted" in words(notices)
    alert = next(each for each in pager.got if visitor.conversation_id in each["message"])
    assert "kill" not in str(alert)


def test_while_the_pager_refuses_nothing_more_is_claimed_and_it_is_tried_again(staffed: tuple[Stack, Pager]) -> None:
    stack, pager = staffed
    pager.works = False
    visitor = Visitor(stack.url)
    try:
        with visitor.listen() as listener:
            visitor.write("I want to kill myself")
            assert "has been alerted" not in words(listener.settled(quiet_s=3))
    finally:
        pager.works = True
    eventually(lambda: any(visitor.conversation_id in each["message"] for each in pager.got))


def test_off_duty_it_says_that_nobody_reads_and_the_alert_goes_out_all_the_same_sm92(tmp_path: Path) -> None:
    with (
        staffed_clinic(tmp_path, on_duty=False) as (file, pager),
        running_stack(only=("door", "shipper"), extra={"HOLDFAST_CLINIC": str(file)}) as stack,
    ):
        visitor = Visitor(stack.url)
        (card,) = visitor.write("I want to kill myself")
        assert "Nobody at the clinic reads this chat now" in card["text"]
        eventually(lambda: any(visitor.conversation_id in each["message"] for each in pager.got))
        with visitor.listen() as listener:
            assert "has been alerted" not in words(listener.settled(quiet_s=2))
