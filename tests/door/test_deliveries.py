"""The book of deliveries: noted with each commit, read after a kill, shown to staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.door.commit import Commit
from holdfast.door.deliveries import count_waiting
from holdfast.door.delivery_book import DeliveryBook
from holdfast.door.messages import Outbound
from holdfast.door.state import ConversationState
from holdfast.door.store import Store
from holdfast.escalation.database import open_database

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STATE = ConversationState(channel="telegram", address={"user": 7})


def event(number: int, author: str = "bot") -> Outbound:
    kind = {"user": "echo", "staff": "staff"}.get(author, "card")
    return Outbound(number, kind, f"words {number}", NOW, author=author)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_database(f"sqlite:///{tmp_path}/holdfast.sqlite3"))


@pytest.fixture
def book(store: Store) -> DeliveryBook:
    return DeliveryBook(store)


def commit(store: Store, version: int, *events: Outbound, state: ConversationState = STATE) -> None:
    store.commit(Commit("t_1", version, state, 1000.0, events))


def states(store: Store) -> list[str | None]:
    return [each["delivery"] for each in store.transcript("t_1")]


async def test_what_was_committed_is_due_in_order_with_the_address_and_without_the_persons_own_words(
    store: Store, book: DeliveryBook
) -> None:
    commit(store, 1, event(1, "user"), event(2), event(3))
    assert await book.waiting(["telegram"]) == ["t_1"]
    assert await book.waiting(["slack"]) == []
    with store.engine.connect() as connection:
        assert count_waiting(connection) == 1
    known = await book.load("t_1")
    assert known is not None and known.address == {"user": 7} and known.platform == "telegram"
    assert [each.event_id for each in known.events] == [2, 3]
    assert states(store) == [None, "waiting", "waiting"]


async def test_what_was_sent_is_not_due_again(store: Store, book: DeliveryBook) -> None:
    commit(store, 1, event(2), event(3))
    assert await book.save("t_1", 2, {}, None)
    known = await book.load("t_1")
    assert known is not None and [each.event_id for each in known.events] == [3]
    assert states(store) == ["sent", "waiting"]
    assert await book.save("t_1", 3, {}, None)
    assert await book.waiting(["telegram"]) == []


async def test_an_event_that_was_never_committed_cannot_be_noted_as_sent(store: Store, book: DeliveryBook) -> None:
    assert not await book.save("t_1", 2, {}, None)
    commit(store, 1, event(2))
    assert not await book.save("t_1", 5, {}, None)
    assert states(store) == ["waiting"]


async def test_a_position_never_goes_back(store: Store, book: DeliveryBook) -> None:
    commit(store, 1, event(2), event(3))
    await book.save("t_1", 3, {}, None)
    await book.save("t_1", 2, {}, None)
    assert states(store) == ["sent", "sent"]


async def test_a_refusal_and_a_closed_line_are_shown_with_their_reason(store: Store, book: DeliveryBook) -> None:
    commit(store, 1, event(2), event(3), event(4, "staff"))
    assert await book.save("t_1", 3, {2: "too odd"}, (3, "blocked"))
    shown = [(each["delivery"], each["delivery_problem"]) for each in store.transcript("t_1")]
    assert shown == [("refused", "too odd"), ("sent", None), ("refused", "blocked")]
    assert await book.waiting(["telegram"]) == []
    await book.reopen("t_1")
    assert states(store) == ["refused", "sent", "waiting"]
    assert await book.waiting(["telegram"]) == ["t_1"]


def test_a_late_commit_from_the_spool_changes_neither_position_nor_what_is_due(store: Store) -> None:
    commit(store, 2, event(5))
    commit(store, 1, event(3))
    assert states(store) == ["waiting", "waiting"]


def test_a_conversation_of_the_website_has_no_delivery(store: Store) -> None:
    commit(store, 1, event(2), state=replace(STATE, channel="web", address=None))
    assert states(store) == [None]


async def test_deleted_words_are_gone_but_what_must_still_be_delivered_stays(store: Store, book: DeliveryBook) -> None:
    commit(store, 1, event(1, "user"), event(2), event(3))
    await book.save("t_1", 2, {}, None)
    commit(store, 2, state=replace(STATE, forgotten_before=4))
    assert [each["event_id"] for each in store.transcript("t_1")] == [3]


async def test_retention_takes_the_book_along(store: Store, book: DeliveryBook) -> None:
    commit(store, 1, event(2))
    await book.save("t_1", 2, {2: "odd"}, None)
    store.forget_older_than(5000.0)
    assert await book.load("t_1") is None
