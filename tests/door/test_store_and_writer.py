"""Commits are whole, repeatable and in time; a late one never overwrites a newer state (G3)."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdfast.crisis.types import Level
from holdfast.door.commit import Commit, Stored
from holdfast.door.conversation import Conversation, Registry
from holdfast.door.messages import Button, Outbound
from holdfast.door.state import ConversationState
from holdfast.door.store import Store
from holdfast.door.writer import Writer
from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_database(f"sqlite:///{tmp_path}/holdfast.sqlite3", busy_timeout_s=0.1))


def event(number: int, author: str = "bot", reply_to: str | None = None) -> Outbound:
    buttons = (Button("Yes", "/affirm"),)
    return Outbound(
        number, "reply", f"words {number}", NOW, ({"type": "text"},), buttons, author, None, reply_to, "es", "MX"
    )  # type: ignore[arg-type]


def record(conversation_id: str = "w_1") -> OutboxRecord:
    return OutboxRecord("r_1", "alarm", conversation_id, 1, "crisis", "self", 1000.0, "web")


def commit(version: int = 1, **changes: object) -> Commit:
    base = Commit("w_1", version, ConversationState(), 1000.0, (event(version),), record(), {"level": "crisis"})
    return replace(base, **changes)  # type: ignore[arg-type]


def test_message_state_and_record_are_committed_together_and_read_back(store: Store) -> None:
    state = ConversationState(country="IE", level=Level.CRISIS, flags=frozenset({"deaf"}))
    store.commit(commit(state=state))
    stored = store.load("w_1")
    assert stored is not None and stored.state == state and stored.events == (event(1),)
    with store.engine.connect() as connection:
        assert [entry.record for entry in outbox.for_conversation(connection, "w_1")] == [record()]


def test_a_commit_that_fails_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("disk")

    monkeypatch.setattr(outbox, "add", broken)
    with pytest.raises(RuntimeError):
        store.commit(commit())
    assert store.load("w_1") is None


def test_repeating_a_commit_changes_nothing(store: Store) -> None:
    for _ in range(3):
        store.commit(commit())
    stored = store.load("w_1")
    assert stored is not None and len(stored.events) == 1


def test_a_late_commit_adds_its_events_but_keeps_the_newer_state(store: Store) -> None:
    store.commit(commit(2, state=ConversationState(level=Level.EMERGENCY)))
    store.commit(commit(1, state=ConversationState(level=Level.NONE)))
    stored = store.load("w_1")
    assert stored is not None and stored.state.level is Level.EMERGENCY
    assert [each.event_id for each in stored.events] == [1, 2]


def test_a_commit_survives_the_way_through_the_spool() -> None:
    state = ConversationState(level=Level.CONCERN, issued=frozenset({"/affirm"}))
    one = commit(state=state)
    assert Commit.from_dict(one.to_dict()) == one


def test_conversations_past_retention_go_with_everything_in_them(store: Store) -> None:
    store.commit(commit())
    with store.engine.begin() as connection:
        outbox.note(connection, record(), {"problem": "refused"}, ["alert log"])
    store.commit(commit(conversation_id="w_2", at=5000.0, record=None))
    assert store.forget_older_than(2000.0) == ["w_1"]
    assert store.load("w_1") is None and store.load("w_2") is not None
    with store.engine.connect() as connection:
        assert outbox.for_conversation(connection, "w_1") == []
        assert connection.execute(sa.select(outbox.ACCEPTED)).all() == []


async def test_a_slow_database_sends_the_commit_to_the_spool_and_the_late_one_lands_too(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool")
    writer = Writer(store, spool, deadline_s=0.01)
    really = store.commit

    def slowly(given: Commit) -> None:
        time.sleep(0.2)
        really(given)

    monkeypatch.setattr(store, "commit", slowly)
    assert await writer.write(commit())
    assert [name.rpartition("-")[0] for name, _ in spool.entries()] == ["w_1-00000001"]
    monkeypatch.setattr(store, "commit", really)
    assert await writer.drain() == 1
    writer.close()
    stored = store.load("w_1")
    assert stored is not None and len(stored.events) == 1
    assert list(spool.entries()) == []


async def test_with_database_and_disk_gone_the_caller_is_told_the_truth(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocked").write_text("a file where the folder should be", encoding="utf-8")
    writer = Writer(store, Spool(tmp_path / "blocked" / "spool"))

    def broken(_: Commit) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(store, "commit", broken)
    assert await writer.write(commit()) is False
    writer.close()


async def test_an_unreadable_store_leaves_a_new_conversation_that_is_merged_later() -> None:
    stored = Stored(7, ConversationState(level=Level.CRISIS, after_risk=True, episode_open=True), (event(3),))
    answers = [TimeoutError(), stored]

    async def load(_: str) -> Stored:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    registry = Registry(load, ConversationState)
    conversation = await registry.get("w_1")
    conversation.new_event(event)
    assert conversation.next_event > 1_000_000  # above anything that the store may hold
    conversation.version += 1
    conversation.state = replace(conversation.state, level=Level.CONCERN)
    again = await registry.get("w_1")
    assert again is conversation
    assert again.state.level is Level.CRISIS and again.state.after_risk
    assert again.events[0].event_id == 3 and len(again.events) == 2


def test_the_registry_drops_the_longest_unused_but_never_one_that_somebody_listens_to() -> None:
    import asyncio

    async def scene() -> None:
        async def load(_: str) -> None:
            return None

        registry = Registry(load, ConversationState, limit=2)
        first = await registry.get("a")
        first.listeners.add(asyncio.Queue())
        for name in ("b", "c", "d"):
            await registry.get(name)
        assert registry.known("a") is first
        assert registry.known("b") is None and registry.known("d") is not None

    asyncio.run(scene())


def test_a_listener_that_does_not_keep_up_loses_nothing_for_good() -> None:
    import asyncio

    conversation = Conversation("w_1", ConversationState())
    full: asyncio.Queue[Outbound] = asyncio.Queue(maxsize=1)
    conversation.listeners.add(full)
    events = tuple(conversation.new_event(event) for _ in range(3))
    conversation.publish(events)
    assert full.qsize() == 1
    assert tuple(conversation.events) == events
