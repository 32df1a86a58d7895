"""One real door with all channels for the whole suite; a table of results for docs/channels/README.md."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.conformance.driver import Driver
from tests.channels.conformance.stub_rasa import StubRasa
from tests.channels.door_process import DoorProcess

#: Where each channel's driver is.
DRIVERS = {
    "slack": ("tests.channels.conformance.slack", "SlackDriver"),
    "web": ("tests.channels.conformance.web", "WebDriver"),
    "telegram": ("tests.channels.conformance.telegram", "TelegramDriver"),
}
_RESULTS: dict[str, dict[str, str]] = {}


def _driver_class(name: str) -> Any:
    module, attribute = DRIVERS[name]
    return getattr(importlib.import_module(module), attribute)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each case runs on every channel on which it can happen; where it cannot, the table says why."""
    if "driver" not in metafunc.fixturenames:
        return
    case = metafunc.function.case
    row = _RESULTS.setdefault(case, {})  # the table has the order of the tests
    for name in DRIVERS:
        if reason := _driver_class(name).cannot.get(case):
            row[name] = f"cannot happen: {reason}"
    able = [name for name in DRIVERS if case not in _driver_class(name).cannot]
    metafunc.parametrize("driver", able, indirect=True)


@pytest.fixture(scope="session")
def drivers() -> Iterator[dict[str, Driver]]:
    made: dict[str, Driver] = {name: _driver_class(name)() for name in DRIVERS}
    yield made
    for driver in made.values():
        driver.close()


@pytest.fixture(scope="session")
def door(drivers: dict[str, Driver], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorProcess]:
    rasa = StubRasa()
    channels = {name: driver.settings() for name, driver in drivers.items() if driver.settings() is not None}
    environment = {key: value for driver in drivers.values() for key, value in driver.environment().items()}
    process = DoorProcess(tmp_path_factory.mktemp("door"), channels, environment, rasa.url)
    process.start()
    for driver in drivers.values():
        driver.start(process.url)
    yield process
    process.stop()
    rasa.close()


@pytest.fixture
def driver(request: pytest.FixtureRequest, door: DoorProcess, drivers: dict[str, Driver]) -> Driver:
    return drivers[request.param]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Notes the result of each case and channel."""
    report = yield
    case, name = getattr(getattr(item, "function", None), "case", None), getattr(item, "callspec", None)
    if case and name and (report.when == "call" or report.failed):
        _RESULTS.setdefault(case, {})[name.params["driver"]] = "yes" if report.passed else "NO"
    return report


def pytest_sessionfinish() -> None:
    """Writes the results where HOLDFAST_CONFORMANCE names a file; tools/conformance.py makes the table of it."""
    if file := os.environ.get("HOLDFAST_CONFORMANCE"):
        Path(file).write_text(json.dumps(_RESULTS), encoding="utf-8")
