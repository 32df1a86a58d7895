"""Whether an answer helped: asked once a topic, never near a risk; counted once a conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from holdfast.crisis.types import Assessment, Level
from holdfast.door import ratings
from holdfast.door.callback.form import CallBack
from holdfast.door.commit import Commit
from holdfast.door.feedback import Rating, may_ask, payload, read
from holdfast.door.state import ConversationState
from holdfast.door.store import Store

NONE, CALM = Assessment(Level.NONE), ConversationState()
TAGS = frozenset({"topic:ask_cost", "after_risk:replace"})


def test_a_plain_answer_asks() -> None:
    assert may_ask("ask_cost", TAGS, CALM, NONE, carded=False)


@pytest.mark.parametrize(
    ("state", "assessment", "tags", "carded"),
    [
        (replace(CALM, after_risk=True), NONE, TAGS, False),
        (replace(CALM, episode_open=True), NONE, TAGS, False),
        (replace(CALM, callback=CallBack()), NONE, TAGS, False),
        (replace(CALM, issued=frozenset({"/feedback yes ask_cost"})), NONE, TAGS, False),
        (CALM, Assessment(Level.DISTRESS), TAGS, False),
        (CALM, Assessment(Level.NONE, flags=frozenset({"abuse"})), TAGS, False),
        (CALM, None, TAGS, False),
        (CALM, NONE, TAGS, True),
        (CALM, NONE, TAGS | {"withheld"}, False),
        (CALM, NONE, frozenset({"after_risk:keep"}), False),
    ],
)
def test_nothing_is_asked_near_a_risk_in_a_form_or_twice(
    state: ConversationState, assessment: Assessment | None, tags: frozenset[str], carded: bool
) -> None:
    """SM-45."""
    assert not may_ask("ask_cost", tags, state, assessment, carded=carded)


@pytest.mark.parametrize("rating", [Rating("ask_cost", True), Rating("ask_side_effects", False)])
def test_a_payload_is_read_back(rating: Rating) -> None:
    assert read(payload(rating)) == rating


@pytest.mark.parametrize("command", [None, "/feedback", "/feedback yes greet", "/feedback maybe ask_cost", "/ask_cost"])
def test_other_commands_are_no_rating(command: str | None) -> None:
    assert read(command) is None


def test_a_conversation_counts_once_a_topic_also_when_a_commit_comes_twice(tmp_path: Path) -> None:
    store = Store(sa.create_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}"))
    first = Commit("w_1", 1, ConversationState(), 1.0, rating=("ask_cost", True))
    for commit in (
        first,
        Commit.from_dict(first.to_dict()),
        Commit("w_1", 2, ConversationState(), 2.0, rating=("ask_cost", False)),
        first,
        Commit("w_2", 1, ConversationState(language="es"), 3.0, rating=("ask_cost", True)),
        Commit("w_3", 1, ConversationState(), 3.0),
    ):
        store.commit(commit)
    assert store.ratings() == [ratings.Count("ask_cost", "en", 0, 1), ratings.Count("ask_cost", "es", 1, 0)]
    assert store.forget_older_than(10.0) == ["w_1", "w_2", "w_3"]
    assert store.ratings() == []
