"""A conversation whose stored state could not be read in time: nothing of it is lost, every alarm is of its episode."""

from __future__ import annotations

import asyncio

import pytest

from holdfast.crisis.types import Level
from holdfast.door.caretaker import Caretaker
from holdfast.door.state import ConversationState
from holdfast.escalation import outbox
from tests.door.alone import Alone

CRISIS = "I want to kill myself"


def in_the_third_episode(alone: Alone) -> ConversationState:
    """A person who writes Spanish, in crisis for the third time, whom Sam has taken over."""
    alone.open(language="es", country="MX")
    for _ in range(2):
        alone.say(CRISIS)
        alone.run(alone.staff.clear("c"))
    alone.say("quiero matarme")
    alone.run(alone.staff.take_over("c", "Sam"))
    return alone.stored().state


def kept(state: ConversationState) -> tuple[object, ...]:
    return (
        state.level,
        state.episode,
        state.episode_open,
        state.staff_name,
        state.language,
        state.country,
        state.after_risk,
    )


@pytest.mark.parametrize("words", ["hello", CRISIS])
def test_a_message_that_comes_while_the_store_cannot_be_read_costs_nothing_that_is_stored_g1_g3(
    alone: Alone, words: str
) -> None:
    before = in_the_third_episode(alone)
    assert kept(before) == (Level.CRISIS, 3, True, "Sam", "es", "MX", True)
    alone.restart()
    alone.store.readable = False
    alone.say(words)
    assert kept(alone.stored().state) == kept(before)
    alone.store.readable = True
    alone.say("gracias")
    assert kept(alone.state()) == kept(alone.stored().state) == kept(before)
    assert len(alone.stored().events) == len(alone.run(alone.parts.registry.get("c")).events)


def test_silent_staff_are_recalled_once_the_store_can_be_read(alone: Alone) -> None:
    alone.open()
    alone.say(CRISIS)
    alone.run(alone.staff.take_over("c", "Sam"))
    alone.restart()
    caretaker = Caretaker(alone.door)
    alone.now += alone.parts.clinic.staff_silent_after
    alone.store.readable = False
    alone.run(caretaker.end_silence())
    assert not alone.stored().state.staff_silent
    alone.store.readable = True
    alone.run(caretaker.end_silence())
    assert alone.stored().state.staff_silent


def test_a_page_waits_for_what_was_said_while_it_was_away(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.open()
    alone.run(alone.staff.reply("c", "Please call us.", "Sam"))
    alone.restart()
    really = alone.parts.registry._load

    async def slowly(conversation_id: str) -> object:
        await asyncio.sleep(0.3)  # longer than a card may wait
        return await really(conversation_id)

    monkeypatch.setattr(alone.parts.registry, "_load", slowly)

    async def page() -> list[str]:
        stream = alone.door.events("c", 1)
        return [event.text for event in [await anext(stream)] if event]

    assert alone.run(page()) == ["Please call us."]


def unread_in_the_second_episode(alone: Alone) -> None:
    """The first episode is closed; then the door comes back and cannot read the store."""
    alone.open()
    alone.say(CRISIS)
    alone.run(alone.staff.clear("c", 1))
    alone.restart()
    alone.store.readable = False


def closed_by_the_desk(alone: Alone) -> None:
    """Staff close the episode under which they were told; a later crisis must alert them again."""
    newest = alone.records()[-1]
    assert (newest.kind, newest.episode) == ("alarm", 2)
    alone.run(alone.staff.clear("c", newest.episode))
    assert alone.state().level is Level.NONE
    alone.say(CRISIS)
    assert [each.episode for each in alone.records()] == [1, 2, 3]


def test_an_alarm_of_an_unread_conversation_is_filed_under_its_true_episode_g3(alone: Alone) -> None:
    unread_in_the_second_episode(alone)
    assert [event.kind for event in alone.say(CRISIS)][:1] == ["card"]
    alone.store.readable = True
    closed_by_the_desk(alone)


def test_an_alarm_that_lands_after_a_later_good_read_is_of_its_true_episode_too_g3(alone: Alone) -> None:
    unread_in_the_second_episode(alone)
    alone.store.writable = False
    alone.say(CRISIS)
    alone.store.readable = True
    assert alone.run(alone.parts.registry.get("c")).loaded
    alone.store.writable = True
    alone.say("ok")  # the newer state is there before the alarm
    assert alone.run(alone.parts.writer.drain()) > 0
    closed_by_the_desk(alone)


def test_an_alarm_that_the_shipper_took_from_the_spool_is_filed_again_under_its_true_episode_g3(alone: Alone) -> None:
    unread_in_the_second_episode(alone)
    alone.store.writable = False
    alone.say(CRISIS)
    (record,) = (entry["record"] for _, entry in alone.spool.entries() if entry["record"])
    with alone.engine.begin() as connection:
        outbox.add(connection, outbox.OutboxRecord.from_dict(record))
    alone.store.readable = alone.store.writable = True
    alone.run(alone.parts.writer.drain())
    assert [each.episode for each in alone.records()] == [1, 1, 2]
    assert len({each.record_id for each in alone.records()}) == 3
    alone.run(alone.parts.writer.drain())
    assert len(alone.records()) == 3
