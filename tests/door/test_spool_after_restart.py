"""What lies in the spool when the door is killed counts when it comes back: nothing is overwritten or lost (G3)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holdfast.crisis.types import Level
from holdfast.escalation.spool import Spool
from tests.door.alone import Alone

CRISIS = "I want to kill myself"


def told_while_nothing_could_be_written(alone: Alone) -> None:
    """A crisis message goes to the spool; then the door is killed and comes back, the database as before."""
    alone.open()
    alone.say("hello")
    alone.store.writable = False
    assert "card" in [event.kind for event in alone.say(CRISIS)]
    assert alone.stored().state.level is Level.NONE
    alone.restart()
    alone.store.writable = False


def test_the_conversation_goes_on_from_what_the_spool_holds_g3(alone: Alone) -> None:
    told_while_nothing_could_be_written(alone)
    alone.say("ok")
    assert alone.state().level is Level.CRISIS and alone.state().after_risk
    texts = [event.text for event in alone.run(alone.parts.registry.get("c")).events]
    assert CRISIS in texts and "ok" in texts
    alone.store.writable = True
    alone.run(alone.parts.writer.drain())
    assert [event.text for event in alone.stored().events] == texts
    assert alone.stored().state == alone.state()
    assert [each.kind for each in alone.records()] == ["alarm"]
    assert list(alone.spool.entries()) == []


def test_a_page_that_reconnects_before_the_spool_is_drained_costs_nothing_g3(alone: Alone) -> None:
    told_while_nothing_could_be_written(alone)
    alone.store.writable = True
    alone.run(alone.parts.registry.get("c"))
    alone.run(alone.parts.writer.drain())
    alone.say("ok")
    assert alone.state().level is Level.CRISIS
    texts = [event.text for event in alone.stored().events]
    assert CRISIS in texts and "ok" in texts


def test_a_message_that_is_in_the_spool_is_not_answered_anew_when_the_platform_repeats_it(alone: Alone) -> None:
    told_while_nothing_could_be_written(alone)
    asked = list(alone.rasa.asked)
    assert "card" in [event.kind for event in alone.again(CRISIS)]
    assert alone.rasa.asked == asked


def test_with_the_store_unread_too_the_older_state_in_the_spool_goes_in_first_g3(alone: Alone) -> None:
    told_while_nothing_could_be_written(alone)
    alone.store.readable = False
    alone.store.writable = True
    alone.say("hello again")
    stored = alone.stored()
    assert stored.state.level is Level.CRISIS and stored.state.after_risk
    assert {CRISIS, "hello again"} <= {event.text for event in stored.events}


def test_the_spool_replaces_no_entry(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(3):
        spool.put("w_1-00000005", {"number": number})
    assert [entry["number"] for _, entry in spool.entries()] == [0, 1, 2]


@pytest.mark.parametrize("vanishes", ["a-1", "b-1"])
def test_an_entry_that_vanishes_while_the_spool_is_read_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vanishes: str
) -> None:
    spool = Spool(tmp_path)
    for name in ("a-1", "b-1"):
        spool.put(name, {"name": name})
    really = Path.stat

    def stat(self: Path, **more: bool) -> object:
        if self.name.startswith(vanishes):
            self.unlink(missing_ok=True)
        return really(self, **more)

    monkeypatch.setattr(Path, "stat", stat)
    assert [entry["name"] for _, entry in spool.entries()] == [{"a-1": "b-1", "b-1": "a-1"}[vanishes]]


def test_a_spool_file_of_an_older_version_is_read(alone: Alone) -> None:
    told_while_nothing_could_be_written(alone)
    for name, entry in list(alone.spool.entries()):
        entry.pop("base", None)
        alone.spool.remove(name)
        (alone.spool.folder / f"c-{entry['version']:08d}.json").write_text(json.dumps(entry), encoding="utf-8")
    alone.run(alone.parts.registry.get("c"))
    assert alone.state().level is Level.CRISIS
