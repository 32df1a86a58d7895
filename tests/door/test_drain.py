"""From the spool into the database: one entry that cannot go in holds up no other one (G3). Also on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from holdfast.crisis.types import Level
from holdfast.door.commit import Commit
from holdfast.door.state import ConversationState
from holdfast.door.store import CONVERSATIONS, Store
from holdfast.door.writer import Writer
from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.record import OutboxRecord
from holdfast.escalation.spool import Spool
from tests.door.alone import away

#: What a conversation counts from whose stored state could not be read: milliseconds since the epoch.
LARGE = 1_796_000_000_000


def record(conversation_id: str) -> OutboxRecord:
    return OutboxRecord(f"r_{conversation_id}", "alarm", conversation_id, 1, "crisis", "self", 1000.0, "web")


def commit(conversation_id: str, version: int = 1) -> Commit:
    state = ConversationState(level=Level.CRISIS)
    return Commit(conversation_id, version, state, 1000.0, record=record(conversation_id))


@pytest.fixture
def store(database: str) -> Store:
    return Store(open_database(database))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def recorded(store: Store) -> set[str]:
    with store.engine.connect() as connection:
        return {entry.record.conversation_id for entry in outbox.open_entries(connection)}


def test_a_large_version_fits_into_the_column_of_both_databases() -> None:
    assert "version BIGINT" in str(CreateTable(CONVERSATIONS).compile(dialect=postgresql.dialect()))


def test_a_table_of_an_older_version_is_widened_and_keeps_what_is_in_it(database: str) -> None:
    engine = open_database(database)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE conversations (id VARCHAR(64) PRIMARY KEY, version INTEGER NOT NULL, "
                "state TEXT NOT NULL, opened_at FLOAT NOT NULL, touched_at FLOAT NOT NULL)"
            )
        )
        values = {"state": json.dumps(ConversationState(country="IE").to_dict())}
        connection.execute(sa.text("INSERT INTO conversations VALUES ('w_1', 7, :state, 1.0, 1.0)"), values)
    store = Store(engine)
    before = store.load("w_1")
    assert before is not None and (before.version, before.state.country) == (7, "IE")
    store.commit(commit("w_1", LARGE))
    after = store.load("w_1")
    assert after is not None and after.version == LARGE


async def test_an_entry_that_cannot_go_in_is_set_aside_and_those_after_it_go_in_g3(store: Store, spool: Spool) -> None:
    spool.put("a", {"version": "of another world"})
    spool.put("b", {**commit("w_1").to_dict(), "version": 2**70})
    spool.put("c", ["not even an entry"])  # type: ignore[arg-type]
    spool.put("d", commit("w_2").to_dict())
    writer = Writer(store, spool)
    assert await writer.drain() == 1
    assert "w_2" in recorded(store)
    assert list(spool.entries()) == [] and len(spool.damaged()) == 3
    writer.close()


async def test_the_alarm_of_an_entry_that_is_set_aside_is_in_the_outbox_all_the_same_g3(
    store: Store, spool: Spool
) -> None:
    spool.put("b", {**commit("w_1").to_dict(), "version": 2**70})
    writer = Writer(store, spool)
    await writer.drain()
    assert recorded(store) == {"w_1"}
    writer.close()


async def test_an_entry_on_which_the_code_stumbles_stays_and_those_after_it_go_in_g3(
    store: Store, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        spool.put(f"w_{number}", commit(f"w_{number}").to_dict())
    really = store.commit

    def stumbles(given: Commit) -> None:
        if given.conversation_id == "w_1":
            raise RuntimeError("a mistake in the code")
        really(given)

    monkeypatch.setattr(store, "commit", stumbles)
    writer = Writer(store, spool)
    assert await writer.drain() == 1
    assert recorded(store) == {"w_2"} and len(list(spool.entries())) == 1
    monkeypatch.undo()
    assert await writer.drain() == 1
    assert recorded(store) == {"w_1", "w_2"}
    writer.close()


async def test_while_the_database_is_away_everything_stays_in_the_spool_g3(
    store: Store, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        spool.put(f"w_{number}", commit(f"w_{number}").to_dict())
    tried = []

    def down(given: Commit) -> None:
        tried.append(given.conversation_id)
        raise away()

    monkeypatch.setattr(store, "commit", down)
    writer = Writer(store, spool)
    assert await writer.drain() == 0
    assert tried == ["w_1"] and len(list(spool.entries())) == 3 and spool.damaged() == []
    writer.close()
