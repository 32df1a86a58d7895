"""Kills at random moments: everybody gets the card, and staff learn of everybody exactly once (G3)."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.channels.conformance.telegram import TelegramDriver
from tests.channels.door_process import DoorProcess
from tests.channels.telegram_person import TelegramPerson
from tests.helpers import eventually

PEOPLE, KILLS = 40, 6


@pytest.mark.e2e
def test_no_card_and_no_alarm_is_lost_or_doubled_when_the_door_is_killed_again_and_again(tmp_path: Path) -> None:
    driver, luck = TelegramDriver(), random.Random(7)
    door = DoorProcess(tmp_path, {"telegram": driver.settings()}, driver.environment())
    door.start()
    people = [TelegramPerson(door.url, driver.fake) for _ in range(PEOPLE)]
    done = threading.Event()

    def cry(person: TelegramPerson, first_after_s: float) -> None:
        """What Telegram does: the same update until the answer is 2xx."""
        time.sleep(first_after_s)
        update = {"update_id": person.id, "message": person.message(text="I want to kill myself")}
        while not done.is_set():
            try:
                if person.post(update).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.5)

    try:
        with ThreadPoolExecutor(PEOPLE) as crowd:
            cries = [crowd.submit(cry, person, luck.uniform(0, KILLS * 2.0)) for person in people]
            for _ in range(KILLS):
                time.sleep(luck.uniform(0.2, 1.5))
                door.kill()
                door.start()
            eventually(lambda: all(each.done() for each in cries), 90)
            done.set()
        for person in people:
            eventually(lambda person=person: any("988" in text for text in person.heard()), 60)
        assert [door.alarms(person.conversation_id) for person in people] == [1] * PEOPLE
        settled = [door.transcript(person.conversation_id) for person in people]
        assert all(sum(event["kind"] == "card" for event in events) == 1 for events in settled)
    finally:
        done.set()
        door.stop()
        driver.close()
