"""Words that a person had deleted stay deleted: in the store, in the spool, in memory, in what a kill left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from holdfast.crisis.types import Level
from holdfast.door.caretaker import Caretaker
from holdfast.door.commit import Commit
from tests.door.alone import Alone

CRISIS = "I want to kill myself, says Rumpelstiltskin"
SECRET = "Rumpelstiltskin"


def on_disk(alone: Alone) -> str:
    """Everything that the spool's files hold."""
    files = alone.spool.folder.iterdir() if alone.spool.folder.exists() else ()
    return "".join(file.read_text(encoding="utf-8") for file in files)


def forget(alone: Alone) -> None:
    alone.run(alone.door.forget_words("c", "the wish"))


def forgotten_before_it_lands(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    """The commits of a crisis that are still on their way when its words are deleted."""
    alone.open()
    held: list[Commit] = []
    monkeypatch.setattr(alone.store, "commit", held.append)
    alone.say(CRISIS)
    monkeypatch.undo()
    forget(alone)
    return held


def test_a_drain_after_the_deletion_brings_no_words_back_but_the_alarm_g3(alone: Alone) -> None:
    alone.open()
    alone.store.writable = False
    alone.say(CRISIS)
    assert SECRET in on_disk(alone)
    forget(alone)
    assert SECRET not in on_disk(alone)
    alone.store.writable = True
    alone.run(alone.parts.writer.drain())
    assert alone.stored().events == () and alone.stored().state.level is Level.CRISIS
    assert [each.level for each in alone.records()] == ["crisis"]
    assert on_disk(alone) == ""


def test_a_commit_that_lands_after_the_deletion_brings_no_words_back(
    alone: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for commit in forgotten_before_it_lands(alone, monkeypatch):
        alone.store.commit(commit)
    assert alone.stored().events == ()
    assert [each.level for each in alone.records()] == ["crisis"]


def test_words_on_their_way_to_the_spool_do_not_get_there(alone: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    held = forgotten_before_it_lands(alone, monkeypatch)
    alone.store.writable = False
    for commit in held:
        assert alone.run(alone.parts.writer.write(commit))
    assert SECRET not in on_disk(alone) and '"level":"crisis"' in on_disk(alone)


def test_what_is_said_after_the_deletion_is_kept_and_numbers_go_on_after_a_restart_too(alone: Alone) -> None:
    alone.open()
    alone.say(CRISIS)
    newest = alone.stored().events[-1].event_id
    forget(alone)
    alone.restart()
    alone.say("hello")
    first = alone.stored().events[0]
    assert first.text == "hello" and first.event_id > newest


def test_words_of_a_request_for_a_call_go_from_the_spool_too(alone: Alone) -> None:
    alone.open()
    alone.store.writable = False
    for words in ("/callback", SECRET, "303 555 0147"):
        conversation = alone.run(alone.parts.registry.get("c"))
        conversation.state = type(conversation.state).from_dict(
            {**conversation.state.to_dict(), "issued": ["/callback"]}
        )
        alone.say(words)
    assert SECRET in on_disk(alone) and "0147" in on_disk(alone)
    forget(alone)
    assert SECRET not in on_disk(alone) and "0147" not in on_disk(alone)


def test_a_set_aside_entry_loses_its_words_and_keeps_its_alarm(alone: Alone) -> None:
    alone.open()
    alone.store.writable = False
    alone.say(CRISIS)
    for file in alone.spool.folder.glob("*.json"):
        file.rename(file.with_suffix(".damaged"))
    forget(alone)
    assert SECRET not in on_disk(alone)
    assert '"level":"crisis"' in on_disk(alone)


def old(file: Path, days: float, now: float) -> Path:
    os.utime(file, (now - days * 86_400, now - days * 86_400))
    return file


def test_retention_takes_memory_drafts_and_damaged_files_along(alone: Alone) -> None:
    alone.open()
    alone.say(CRISIS)
    alone.open("young")
    alone.spool.folder.mkdir()
    draft, fresh = (alone.spool.folder / f".c-{number}.1.draft" for number in (1, 2))
    damaged, new = (alone.spool.folder / f"c-{number}.damaged" for number in (1, 2))
    for file in (draft, fresh, damaged, new):
        file.write_text("{", encoding="utf-8")
    days = alone.parts.clinic.retention_days
    alone.now += (days - 1) * 86_400
    alone.say("still here", "young")
    alone.now += 2 * 86_400
    old(draft, 2, alone.now), old(damaged, days + 1, alone.now)
    old(fresh, 0, alone.now), old(new, 1, alone.now)
    alone.run(Caretaker(alone.door).forget())
    gone, young = (alone.parts.registry.known(name) for name in ("c", "young"))
    assert gone is not None and not gone.begun and gone.state.level is Level.NONE
    assert young is not None and "still here" in [event.text for event in young.events]
    assert not draft.exists() and not damaged.exists() and fresh.exists() and new.exists()


def test_retention_empties_a_conversation_whose_page_is_open_and_the_page_still_hears_g1(alone: Alone) -> None:
    alone.open()
    alone.say(CRISIS)
    conversation = alone.run(alone.parts.registry.get("c"))
    queue = alone.listen()
    alone.now += (alone.parts.clinic.retention_days + 1) * 86_400
    alone.run(Caretaker(alone.door).forget())
    assert list(conversation.events) == [] and conversation.state.level is Level.NONE
    alone.say("I want to kill myself")
    assert "card" in [queue.get_nowait().kind for _ in range(queue.qsize())]
    assert [each.episode for each in alone.records()] == [1]
