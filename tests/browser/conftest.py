"""A real door on a free port and a real Chromium for it. Without Chromium these tests fail and say how to get it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack, running_stack
from holdfast.paths import ROOT
from tests.staffed import staffed_clinic

HOW_TO_GET_CHROMIUM = "Browser tests need Chromium: apt-get install chromium (then: make test-browser)"
START_WITHIN_S = 60
KEY = "internal-secret-for-tests"


def chromium() -> str | None:
    """The path of an installed Chromium, None when there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class DoorProcess:
    """The door as a process of its own whose data folder outlives it. Rasa is absent, so static replies answer."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.internal_port = folder, _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "door.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the door and waits until it serves."""
        settings = {
            "HOLDFAST_VAR": str(self.folder),
            "HOLDFAST_PORT": str(self.port),
            "HOLDFAST_INTERNAL_PORT": str(self.internal_port),
            "HOLDFAST_RASA_URL": f"http://127.0.0.1:{_free_port()}",
            "HOLDFAST_SECRET_INTERNAL": KEY,
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "holdfast.door"],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )
        hang_guard = time.monotonic() + START_WITHIN_S
        while not self._serves():
            if self._process.poll() is not None or time.monotonic() > hang_guard:
                self.kill()
                pytest.fail(f"the door did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Kills the door without warning, as a crash would."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def staff_write(self, conversation_id: str, text: str, name: str = "Sam") -> None:
        """A member of staff writes to that person, as the desk would carry it."""
        self._internal("POST", f"/conversations/{conversation_id}/messages", {"text": text, "name": name})

    def staff_take_over(self, conversation_id: str, name: str = "Sam") -> None:
        """A member of staff takes the conversation over; the person is told."""
        self._internal("PUT", f"/conversations/{conversation_id}/takeover", {"name": name})

    def _internal(self, method: str, path: str, body: object) -> None:
        client = InternalClient(f"http://127.0.0.1:{self.internal_port}", KEY.encode())
        client.call(method, path, body).raise_for_status()

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/lines?country=US&language=en", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    path = chromium()
    if path is None:
        pytest.fail(HOW_TO_GET_CHROMIUM)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def staffed_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Door, shipper, desk and worker of a clinic where somebody is on duty."""
    with staffed_clinic(tmp_path_factory.mktemp("clinic")) as (file, _pager):
        extra = {"HOLDFAST_CLINIC": str(file)}
        with running_stack(only=("door", "shipper", "desk", "worker"), extra=extra) as stack:
            yield stack


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorProcess]:
    """A door for all tests that leave it running."""
    process = DoorProcess(tmp_path_factory.mktemp("door"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def mortal_door(tmp_path: Path) -> Iterator[DoorProcess]:
    """A door of its own for a test that kills it."""
    process = DoorProcess(tmp_path)
    process.start()
    yield process
    process.kill()


class Visitor:
    """Opens pages as different people would and closes what it opened. Errors of the page fail the test."""

    def __init__(self, browser: Browser) -> None:
        self._browser, self._contexts, self.errors = browser, [], []

    def opens(
        self, url: str, *, width: int = 1280, height: int = 860, init: str | None = None, **context: object
    ) -> Page:
        """A page at ``url`` in a fresh browser profile, in Denver and English unless ``context`` says otherwise."""
        settings = {"locale": "en-US", "timezone_id": "America/Denver", **context}
        made = self._browser.new_context(viewport={"width": width, "height": height}, **settings)
        self._contexts.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if init:
            page.add_init_script(init)
        page.goto(url)
        return page

    def close(self) -> None:
        """Closes all profiles."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Somebody with a browser."""
    person = Visitor(browser)
    yield person
    person.close()
    assert person.errors == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
