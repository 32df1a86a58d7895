"""A door for Slack that is killed, cannot write, has no network or no token: nothing lost, nothing doubled (G3)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from holdfast.paths import ROOT
from tests.channels.conformance.slack import SlackDriver
from tests.channels.door_process import DoorProcess
from tests.channels.slack_person import SlackPerson
from tests.channels.test_slack_door import CRISIS, cards, settled
from tests.helpers import eventually, nowhere_to_write


@pytest.fixture(scope="module")
def driver() -> Iterator[SlackDriver]:
    driver = SlackDriver()
    yield driver
    driver.close()


@pytest.fixture
def own(driver: SlackDriver, tmp_path: Path) -> Iterator[DoorProcess]:
    """A door for tests that break it."""
    process = DoorProcess(tmp_path, {"slack": driver.settings()}, driver.environment())
    yield process
    process.stop()


def test_a_door_killed_before_the_commit_said_no_2xx_and_the_retried_event_is_answered_once_g3(
    driver: SlackDriver, own: DoorProcess
) -> None:
    own.start(module="tests.channels.dying_door")
    kim = SlackPerson(own.url, driver.fake)
    with pytest.raises(httpx.HTTPError):
        kim.write(CRISIS)
    assert own.process and own.process.wait(timeout=30) != 0
    own.start()
    assert own.alarms(kim.conversation_id) == 0
    assert kim.repeat("connection_failed") == 200
    eventually(lambda: cards(kim))
    assert kim.repeat() == 200
    assert own.alarms(kim.conversation_id) == 1


def test_while_nothing_can_be_recorded_slack_is_told_to_come_again_and_then_it_is_recorded_once_g1_g3(
    driver: SlackDriver, own: DoorProcess
) -> None:
    own.start()
    kim = SlackPerson(own.url, driver.fake)
    with nowhere_to_write(own.folder):
        assert (kim.write(CRISIS), kim.repeat("http_error")) == (503, 503)
        eventually(lambda: cards(kim))
    assert kim.repeat("http_error") == 200
    assert own.alarms(kim.conversation_id) == 1
    assert settled(lambda: len(cards(kim))) == 1


def test_the_door_starts_and_records_without_network_and_delivers_after_a_restart(
    driver: SlackDriver, own: DoorProcess
) -> None:
    settings = (own.folder / "clinic.yml").read_text(encoding="utf-8")
    (own.folder / "clinic.yml").write_text(
        settings.replace(driver.fake.url, "http://127.0.0.1:9/api"), encoding="utf-8"
    )
    own.start()
    kim = SlackPerson(own.url, driver.fake)
    assert kim.write(CRISIS) == 200
    assert own.alarms(kim.conversation_id) == 1
    own.kill()
    (own.folder / "clinic.yml").write_text(settings, encoding="utf-8")
    own.start()
    eventually(lambda: cards(kim))


def test_without_a_token_the_door_says_what_is_missing_and_where(own: DoorProcess) -> None:
    del own.environment["HOLDFAST_SECRET_SLACK_BOT_TOKEN"]
    command = [sys.executable, "-m", "holdfast.door"]
    done = subprocess.run(
        command, cwd=ROOT, env=own.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "slack_bot_token is missing" in done.stderr and "docs/channels/slack.md" in done.stderr
    assert "Traceback" not in done.stderr
