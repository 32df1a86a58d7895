"""The call-back form in Telegram, with Rasa away: buttons, an edited number, /stop within it, /delete after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from tests.channels.conformance.telegram import TelegramDriver
from tests.channels.door_process import DoorProcess
from tests.channels.telegram_person import TelegramPerson
from tests.channels.test_telegram_door import Scene, hears


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A door without Rasa: the form must work all the same (G2)."""
    driver = TelegramDriver()
    door = DoorProcess(tmp_path_factory.mktemp("callback"), {"telegram": driver.settings()}, driver.environment(), None)
    door.start()
    yield Scene(driver, door)
    door.stop()
    driver.close()


def kept(scene: Scene, person: TelegramPerson) -> Any:
    path = f"/conversations/{person.conversation_id}/transcript"
    return scene.door.internal.call("GET", path).json()["state"]["callback"]


def told(scene: Scene, person: TelegramPerson) -> list[tuple[str, dict[str, str]]]:
    with open_database(f"sqlite:///{scene.door.folder / 'holdfast.sqlite3'}").connect() as connection:
        entries = outbox.for_conversation(connection, person.conversation_id)
    return [(entry.record.kind, dict(entry.record.details)) for entry in entries]


def begun(scene: Scene) -> TelegramPerson:
    """Somebody who has tapped the buttons that lead to the form."""
    kim = scene.person()
    kim.write("/help")
    hears(kim, "/stop")
    kim.tap("/talk_to_person")
    hears(kim, "want to talk to a person")
    kim.tap("/callback")
    hears(kim, "What name")
    return kim


def noted(scene: Scene) -> TelegramPerson:
    kim = begun(scene)
    for text, question in (
        ("Heliotrope", "How can they"),
        ("303 555 0147", "part of the day"),
        ("any time", "May I pass"),
    ):
        kim.write(text)
        hears(kim, question)
    kim.tap("/callback yes")
    hears(kim, "I have noted your request")
    return kim


def test_an_edited_message_puts_the_number_right(scene: Scene) -> None:
    kim = begun(scene)
    kim.write("Kim")
    hears(kim, "How can they")
    kim.write("303 555 0147")
    hears(kim, "part of the day")
    assert kim.edit("303 555 0199") == 200
    kim.write("any time")
    hears(kim, "+1 303-555-0199")


def test_stop_leaves_the_form_and_nothing_is_passed_on(scene: Scene) -> None:
    kim = begun(scene)
    kim.write("Kim")
    hears(kim, "How can they")
    kim.write("/stop")
    hears(kim, "I will not write to you here")
    assert kept(scene, kim)["status"] == "left"
    kim.write("303 555 0147")
    hears(kim, "I cannot answer well right now")
    assert kept(scene, kim)["status"] == "left" and ("callback", {}) not in told(scene, kim)


def test_the_word_stop_cancels_the_form(scene: Scene) -> None:
    kim = begun(scene)
    kim.write("stop")
    hears(kim, "no request for a call")
    assert kept(scene, kim) is None


def test_delete_takes_the_request_back_and_no_detail_is_left_on_disk(scene: Scene) -> None:
    kim = noted(scene)
    assert kept(scene, kim)["name"] == "Heliotrope"
    assert ("callback", {}) in told(scene, kim)
    kim.write("/delete")
    hears(kim, "I deleted the words")
    assert kept(scene, kim)["status"] == "withdrawn"
    assert told(scene, kim)[-1] == ("context", {"callback": "withdrawn"})
    with sqlite3.connect(scene.door.folder / "holdfast.sqlite3") as database:
        of_kim = [kim.conversation_id]
        states = database.execute("SELECT state FROM conversations WHERE id = ?", of_kim).fetchall()
        bodies = database.execute("SELECT body FROM messages WHERE conversation_id = ?", of_kim).fetchall()
        records = database.execute("SELECT body FROM outbox").fetchall()
    assert states and records
    for word in ("Heliotrope", "555-0147", "555 0147"):
        assert word not in str(states) + str(records) + scene.door.log
        assert word not in str([body for (body,) in bodies if "echo" in body])


def test_the_form_survives_the_door_being_killed(scene: Scene) -> None:
    kim = begun(scene)
    kim.write("Kim")
    hears(kim, "How can they")
    scene.door.kill()
    scene.door.start()
    kim.write("303 555 0147")
    hears(kim, "part of the day")
    kim.write("mornings")
    shown = hears(kim, "May I pass")[-1]
    assert "Name: Kim." in shown and "0147" in shown and "mornings" in shown
