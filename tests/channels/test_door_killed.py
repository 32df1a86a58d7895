"""What a platform was told is accepted survives kill -9; what was not accepted comes again (G3)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from holdfast.paths import ROOT
from tests.channels.conformance.telegram import TelegramDriver
from tests.channels.door_process import DoorProcess
from tests.channels.fake_telegram import BOT_NAME, FakeTelegram
from tests.channels.telegram_person import TelegramPerson
from tests.helpers import eventually, locked, nowhere_to_write

CRISIS = "I want to kill myself"


@pytest.fixture
def driver() -> Iterator[TelegramDriver]:
    driver = TelegramDriver()
    yield driver
    driver.close()


@pytest.fixture
def door(driver: TelegramDriver, tmp_path: Path) -> Iterator[DoorProcess]:
    door = DoorProcess(tmp_path, {"telegram": driver.settings()}, driver.environment())
    yield door
    door.stop()


def person(door: DoorProcess, fake: FakeTelegram) -> TelegramPerson:
    return TelegramPerson(door.url, fake)


def test_a_door_killed_before_the_commit_said_no_2xx_and_the_repeated_update_is_answered(
    door: DoorProcess, driver: TelegramDriver
) -> None:
    door.start(module="tests.channels.dying_door")
    kim = person(door, driver.fake)
    with pytest.raises(httpx.HTTPError):
        kim.write(CRISIS)
    assert door.process and door.process.wait(timeout=30) != 0
    door.start()
    assert door.alarms(kim.conversation_id) == 0
    assert kim.repeat() == 200
    eventually(lambda: "988" in "".join(kim.heard()))
    assert door.alarms(kim.conversation_id) == 1


def test_a_card_and_a_staff_message_survive_a_kill_while_the_platform_is_down(
    door: DoorProcess, driver: TelegramDriver
) -> None:
    door.start()
    kim = person(door, driver.fake)
    with driver.down():
        assert kim.write(CRISIS) == 200
        body = {"text": "Please call us.", "name": "Sam"}
        assert door.internal.call("POST", f"/conversations/{kim.conversation_id}/messages", body).status_code == 201
        door.kill()
        door.start()
        assert kim.heard() == []
        assert {event["delivery"] for event in door.transcript(kim.conversation_id)} == {None, "waiting"}
    texts = eventually(lambda: heard if len(heard := kim.heard()) >= 2 else None, 90)
    assert "988" in texts[0] and "Please call us." in texts[-1]
    assert kim.repeat() == 200
    eventually(lambda: {event["delivery"] for event in door.transcript(kim.conversation_id)} == {None, "sent"})
    door.kill()
    door.start()
    assert kim.write(CRISIS) == 200  # the bot is silent beside staff; a card is not
    after = eventually(lambda: heard if len(heard := kim.heard()) > len(texts) else None)
    assert after[: len(texts)] == texts, "something was sent again after the restart"
    assert sum("Please call us." in text for text in after) == 1


def test_with_database_and_disk_gone_the_card_goes_out_and_the_platform_is_told_to_come_again(
    door: DoorProcess, driver: TelegramDriver
) -> None:
    door.start()
    kim = person(door, driver.fake)
    with nowhere_to_write(door.folder):
        assert kim.write(CRISIS) == 503
        eventually(lambda: "988" in "".join(kim.heard()))
    assert kim.repeat() == 200
    assert door.alarms(kim.conversation_id) == 1


def test_with_the_database_locked_the_card_goes_out_and_is_not_sent_again_afterwards_g1(
    door: DoorProcess, driver: TelegramDriver
) -> None:
    door.start()
    kim = person(door, driver.fake)
    with locked(door.folder / "holdfast.sqlite3"):
        assert kim.write(CRISIS) == 200
        eventually(lambda: "988" in "".join(kim.heard()))
    eventually(lambda: "waiting" not in {event["delivery"] for event in door.transcript(kim.conversation_id)[1:]})
    assert sum("Thank you for telling me" in text for text in kim.heard()) == 1


def test_the_door_starts_without_network(driver: TelegramDriver, tmp_path: Path) -> None:
    settings = {"bot": BOT_NAME, "api": "http://127.0.0.1:9"}
    door = DoorProcess(tmp_path, {"telegram": settings}, driver.environment())
    door.start()
    try:
        kim = person(door, driver.fake)
        assert kim.write(CRISIS) == 200
        assert door.alarms(kim.conversation_id) == 1
    finally:
        door.stop()


@pytest.mark.parametrize(
    ("settings", "secret", "says"),
    [
        ({"bot": BOT_NAME}, "", ("clinic.yml", "channels.telegram", "telegram_token", "@BotFather")),
        ({"bot": BOT_NAME}, "nonsense", ("clinic.yml", "channels.telegram", "telegram_token", "Copy it")),
        ({"bot": "@my bot"}, "1:x", ("clinic.yml", "channels.telegram.bot", "@BotFather")),
        ({"bott": BOT_NAME}, "1:x", ("clinic.yml", "channels.telegram", "spelling")),
    ],
)
def test_bad_configuration_stops_the_start_with_file_key_and_remedy(
    settings: dict[str, str], secret: str, says: tuple[str, ...], tmp_path: Path
) -> None:
    door = DoorProcess(tmp_path, {"telegram": settings}, {"HOLDFAST_SECRET_TELEGRAM_TOKEN": secret})
    ended = subprocess.run(
        [sys.executable, "-m", "holdfast.door"],
        cwd=ROOT,
        env=door.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    for words in says:
        assert words in ended.stderr
