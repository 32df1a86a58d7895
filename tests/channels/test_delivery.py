"""Every event is delivered in order, at least once, across outages, refusals and restarts; nobody holds up another."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.channels.delivery import MOST_FAULTS, Delivery
from holdfast.channels.line import Line, wait_after
from holdfast.channels.platform import Refused, RetryLater
from holdfast.door.messages import Outbound
from tests.channels.fake_book import MemoryBook, MemoryPlatform, event

HERE = {"chat": "a"}


class Scene:
    """A deliverer with a clock that does not make tests wait."""

    def __init__(self, book: MemoryBook | None = None, platform: MemoryPlatform | None = None) -> None:
        self.book, self.platform = book or MemoryBook(), platform or MemoryPlatform()
        self.waits: list[float] = []
        self.delivery = Delivery([self.platform], self.book, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    def say(self, *events: Outbound, conversation: str = "a", record: bool = True) -> None:
        self.delivery.announce(conversation, "t", {"chat": conversation}, events)
        if record:
            self.book.record(conversation, *events)

    async def sweep(self) -> None:
        running = asyncio.ensure_future(self.delivery.run())
        await self.quiet()
        running.cancel()

    async def quiet(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)
            if not self.delivery._tasks:
                return


async def test_events_go_out_in_order_and_the_book_knows_it() -> None:
    scene = Scene()
    scene.say(event(1, kind="echo"), event(2, kind="card"), event(3))
    await scene.quiet()
    assert scene.platform.got == [("a", 2), ("a", 3)]
    assert scene.book.known["a"].position == 3


async def test_after_429_the_same_event_comes_again_after_the_time_asked_for_and_before_what_follows() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[RetryLater("429", 7.0), RetryLater("down")]))
    scene.say(event(2, kind="card"), event(3))
    await scene.quiet()
    assert scene.platform.got == [("a", 2), ("a", 3)]
    assert scene.waits[0] >= 7.0


async def test_a_blocked_bot_is_noted_and_asked_no_more_until_the_person_writes() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[Refused("blocked")]))
    scene.say(event(2), event(3))
    await scene.quiet()
    assert scene.platform.got == []
    assert scene.book.known["a"].closed_reason == "blocked"
    scene.say(event(4, kind="staff"))
    await scene.sweep()
    assert scene.platform.got == []
    scene.say(event(5, kind="echo"), event(6, kind="card"))
    await scene.quiet()
    assert [number for _, number in scene.platform.got] == [2, 3, 4, 6]


async def test_a_notice_that_is_not_true_any_more_is_left_out_when_the_person_comes_back_g4() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[Refused("blocked")]))
    old = datetime.now(UTC) - timedelta(hours=3)
    scene.say(event(2, kind="card", at=old), event(3, kind="notice", at=old), event(4, kind="staff", at=old))
    await scene.quiet()
    scene.say(event(5, kind="echo"), event(6))
    await scene.quiet()
    assert [number for _, number in scene.platform.got] == [2, 4, 6]
    assert list(scene.book.refusals["a"]) == [3]


async def test_one_event_that_is_refused_does_not_stop_what_follows() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[Refused("too odd", whole=False)]))
    scene.say(event(2), event(3))
    await scene.quiet()
    assert scene.platform.got == [("a", 3)]
    assert scene.book.refusals["a"] == {2: "too odd"}
    assert scene.book.known["a"].position == 3


async def test_a_fault_of_ours_is_tried_some_times_and_then_given_up_for_that_event_only() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[KeyError("x")] * MOST_FAULTS))
    scene.say(event(2), event(3))
    await scene.quiet()
    assert scene.platform.got == [("a", 3)]


async def test_a_long_outage_of_the_platform_never_counts_as_a_fault() -> None:
    scene = Scene(platform=MemoryPlatform(answers=[RetryLater("down")] * (MOST_FAULTS * 3)))
    scene.say(event(2, kind="card"))
    await scene.quiet()
    assert scene.platform.got == [("a", 2)]
    assert max(scene.waits) <= 60.0


async def test_what_a_killed_process_left_is_taken_up_by_the_next_and_before_what_is_new() -> None:
    book = MemoryBook()
    book.record("a", event(2, kind="card"), event(3))
    scene = Scene(book)
    scene.say(event(4))
    await scene.quiet()
    assert [number for _, number in scene.platform.got] == [2, 3, 4]
    book.record("b", event(1))
    await scene.sweep()
    assert scene.platform.got[-1] == ("b", 1)


async def test_nothing_is_sent_again_after_a_restart() -> None:
    scene = Scene()
    scene.say(event(2), event(3))
    await scene.quiet()
    again = Scene(scene.book)
    await again.sweep()
    assert again.platform.got == []


async def test_an_unreadable_book_delays_no_card_and_loses_nothing_older_g1() -> None:
    book = MemoryBook(broken=True)
    book.record("a", event(2), event(3))
    scene = Scene(book)
    scene.say(event(1_000, kind="card"), record=False)
    await scene.quiet()
    assert scene.platform.got == [("a", 1_000)]
    book.broken = False
    book.record("a", event(1_000, kind="card"))
    await scene.sweep()
    assert [number for _, number in scene.platform.got] == [1_000, 2, 3]
    assert book.known["a"].position == 1_000


async def test_a_number_that_nobody_recorded_does_not_count_as_sent() -> None:
    scene = Scene()
    scene.book.record("a", event(1))
    scene.say(event(2), record=False)
    await scene.quiet()
    assert scene.book.known["a"].position < 2
    after_kill = Scene(scene.book)
    after_kill.say(event(2, "another one"))
    await after_kill.quiet()
    assert ("a", 2) in after_kill.platform.got


async def test_a_slow_conversation_does_not_hold_up_another() -> None:
    release = asyncio.Event()

    class Slow(MemoryPlatform):
        async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
            if address["chat"] == "slow":
                await release.wait()
            await super().send(address, event)

    scene = Scene(platform=Slow())
    scene.say(event(1), conversation="slow")
    scene.say(event(1), conversation="quick")
    for _ in range(20):
        await asyncio.sleep(0)
    assert scene.platform.got == [("quick", 1)]
    release.set()
    await scene.quiet()
    assert ("slow", 1) in scene.platform.got


async def test_calls_to_a_platform_at_the_same_time_are_bounded() -> None:
    running, most = 0, 0

    class Counting(MemoryPlatform):
        async def send(self, address: Mapping[str, Any], event: Outbound) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    book = MemoryBook()
    delivery = Delivery([Counting()], book, at_once=3)
    for number in range(20):
        delivery.announce(f"c{number}", "t", {"chat": number}, [event(1)])
    while delivery._tasks:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert most == 3


async def test_somebody_who_asked_to_stop_still_gets_the_answer_to_that_and_then_nothing() -> None:
    scene = Scene()
    scene.say(event(1, kind="echo"), event(2))
    scene.delivery.close_line("a", "asked to stop", after=2)
    await scene.quiet()
    scene.say(event(3, kind="staff"))
    await scene.quiet()
    assert scene.platform.got == [("a", 2)]
    assert scene.book.known["a"].closed_after == 2


async def test_the_events_of_a_channel_that_is_switched_off_are_left_in_peace() -> None:
    scene = Scene()
    scene.delivery.announce("a", "other", HERE, [event(1)])
    scene.book.record("a", event(1), platform="other")
    await scene.sweep()
    assert scene.platform.got == [] and scene.book.known["a"].position == 0


@pytest.mark.parametrize("failures", [0, 1, 5, 30])
def test_a_wait_is_never_shorter_than_asked_and_never_longer_than_a_minute_otherwise(failures: int) -> None:
    assert wait_after(failures, 42.0, 0.5) >= 42.0
    assert 0.5 <= wait_after(failures, None, 0.0) <= wait_after(failures, None, 0.99) <= 60.0


def test_more_than_a_line_holds_is_read_from_the_book_later() -> None:
    line = Line("a", loaded=True)
    line.add(event(number) for number in range(1, 500))
    assert len(line.pending) == 200 and line.loaded is False
