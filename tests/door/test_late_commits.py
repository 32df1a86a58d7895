"""Commits that land late, twice, or without having known what was stored: nothing said is lost (G3). Both databases."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from holdfast.crisis.types import Level
from holdfast.door.commit import Commit, Stored, with_spooled
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.door.store import CONVERSATIONS, Store
from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.record import OutboxRecord

NOW = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)
NEW = ConversationState()
STORED = ConversationState(episode=2, country="MX", after_risk=True)
#: The first version of a conversation whose stored state could not be read: milliseconds since the epoch.
UNREAD = 1_796_000_000_000
ALARM = OutboxRecord("r_1", "alarm", "w_1", 1, "crisis", "self", 1000.0, "web")


@pytest.fixture
def store(database: str) -> Store:
    return Store(open_database(database))


def event(number: int, text: str) -> Outbound:
    return Outbound(number, "reply", text, NOW, ({"type": "text", "text": text},))


def commit(version: int, *events: Outbound, state: ConversationState = NEW, **more: object) -> Commit:
    return Commit("w_1", version, state, 1000.0, events, **more)  # type: ignore[arg-type]


def read(store: Store) -> Stored:
    stored = store.load("w_1")
    assert stored is not None
    return stored


def texts(store: Store) -> list[str]:
    return [each.text for each in read(store).events]


def episodes(store: Store) -> list[int]:
    with store.engine.connect() as connection:
        return sorted(each.record.episode for each in outbox.for_conversation(connection, "w_1"))


def test_an_event_whose_number_another_one_has_gets_the_next_free_number_g3(store: Store) -> None:
    store.commit(commit(1, event(1, "hello")))
    ours = commit(2, event(2, "ok"), event(3, "fine"))
    theirs = commit(2, event(2, "I want to die"), event(3, "the card"))
    for _ in range(2):  # each may come twice, from the spool and late
        store.commit(ours)
        store.commit(theirs)
    assert texts(store) == ["hello", "ok", "fine", "I want to die", "the card"]
    assert [each.event_id for each in read(store).events] == [1, 2, 3, 4, 5]


def test_the_conversation_that_is_read_with_the_spool_is_the_one_that_will_be_stored(store: Store) -> None:
    store.commit(commit(1, event(1, "hello"), state=STORED))
    level = replace(NEW, level=Level.CRISIS, episode_open=True)
    spooled = [
        commit(UNREAD, event(UNREAD, "I want to die"), state=level, base=NEW),
        commit(2, event(2, "ok"), state=replace(STORED, country="IE")),
        commit(2, event(2, "said twice under one number"), state=STORED),
        commit(1, event(1, "hello"), state=STORED),
    ]
    expected = with_spooled(store.load("w_1"), spooled)
    for each in sorted(spooled, key=lambda one: one.version):
        store.commit(each)
    assert expected is not None and expected.state.level is Level.CRISIS and expected.state.country == "IE"
    stored = read(store)
    assert (stored.version, stored.state) == (expected.version, expected.state)
    assert [(each.event_id, each.text) for each in stored.events] == [
        (each.event_id, each.text) for each in expected.events
    ]


def test_a_commit_that_did_not_know_the_stored_state_is_merged_into_it_g1_g3(store: Store) -> None:
    store.commit(commit(7, event(1, "hello"), state=STORED))
    ours = replace(NEW, level=Level.CRISIS, episode_open=True)
    store.commit(commit(UNREAD, event(UNREAD, "I want to die"), state=ours, record=ALARM, base=NEW))
    assert read(store).state == replace(STORED, level=Level.CRISIS, episode_open=True)
    assert episodes(store) == [2]


def test_one_that_lands_after_a_newer_state_changes_only_what_was_said_and_recorded_g3(store: Store) -> None:
    store.commit(commit(UNREAD + 1, event(UNREAD + 2, "ok"), state=STORED))
    late = commit(UNREAD, event(UNREAD, "I want to die"), state=NEW, record=ALARM, base=NEW)
    for _ in range(2):
        store.commit(late)
    assert read(store).state == STORED and texts(store) == ["I want to die", "ok"]
    assert episodes(store) == [2]


def test_one_that_comes_a_second_time_after_staff_closed_the_episode_opens_no_other(store: Store) -> None:
    unread = commit(UNREAD, event(UNREAD, "I want to die"), state=NEW, record=ALARM, base=NEW)
    store.commit(unread)
    store.commit(commit(UNREAD + 1, state=replace(NEW, episode=2), closes_episode=1))
    store.commit(unread)
    assert episodes(store) == [1]


def test_a_stored_state_that_cannot_be_read_is_not_replaced_by_one_that_did_not_know_it(store: Store) -> None:
    store.commit(commit(1, event(1, "hello"), state=STORED))
    unreadable = json.dumps({**STORED.to_dict(), "level": "of a newer version"})
    with store.engine.begin() as connection:
        connection.execute(sa.update(CONVERSATIONS).values(state=unreadable))
    store.commit(commit(UNREAD, event(UNREAD, "I want to die"), record=ALARM, base=NEW))
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(CONVERSATIONS)).one()
    assert (row.version, row.state) == (1, unreadable)
    assert [each["text"] for each in store.transcript("w_1")] == ["hello", "I want to die"]
    assert episodes(store) == [1]


def test_several_processes_make_the_tables_at_the_same_time_and_none_of_them_fails(database: str) -> None:
    together = threading.Barrier(6)

    def begins(number: int) -> None:
        store = Store(open_database(database))
        together.wait()
        store.commit(replace(commit(1, event(1, "hello")), conversation_id=f"w_{number}"))
        store.engine.dispose()

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(begins, range(6))) == [None] * 6


def test_a_database_that_comes_back_empty_gets_its_tables_again(store: Store) -> None:
    store.commit(commit(1, event(1, "hello")))
    outbox.METADATA.drop_all(store.engine)
    with pytest.raises(sa.exc.DBAPIError):
        store.commit(commit(2, event(2, "ok")))
    store.commit(commit(2, event(2, "ok")))
    assert texts(store) == ["ok"]


def test_a_state_of_a_newer_version_is_read_without_what_this_one_does_not_know() -> None:
    data = STORED.to_dict()
    newer = {**data, "mood": "better", "context": {**data["context"], "weather": "rain"}}
    assert ConversationState.from_dict(newer) == STORED


def test_a_commit_that_did_not_know_the_stored_state_survives_the_way_through_the_spool() -> None:
    one = commit(UNREAD, event(1, "hello"), base=replace(NEW, country="IE"))
    again = Commit.from_dict(json.loads(json.dumps(one.to_dict())))
    assert (again.base, again.state, again.version) == (one.base, one.state, UNREAD)
