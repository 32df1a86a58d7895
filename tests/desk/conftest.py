"""A desk for tests: Django set up once, a fresh database a test, a door on loopback, a clock that stands still.

On SQLite, or on the PostgreSQL server whose address ``HOLDFAST_TEST_POSTGRES`` gives (a user who may create databases).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.paths import ROOT
from tests.desk.fake_door import SECRET, FakeDoor

_HOME = Path(tempfile.mkdtemp(prefix="holdfast-desk-"))
_SERVER = os.environ.get("HOLDFAST_TEST_POSTGRES", "").rstrip("/")
_TEMPLATE, _FRESH = "holdfast_desk_template", "holdfast_desk_test"
_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "desk.settings",
    "HOLDFAST_VAR": str(_HOME),
    "HOLDFAST_CLINIC": str(ROOT / "clinic.yml"),
    "HOLDFAST_SECRET_SESSION": "a-session-secret-only-for-tests",
    "HOLDFAST_DESK_DATABASE": f"{_SERVER}/{_TEMPLATE}" if _SERVER else f"sqlite:///{_HOME / 'template.sqlite3'}",
    "HOLDFAST_DESK_URL": "http://desk.test",
}


def _set_up() -> None:
    """Django reads its settings once; other rooms' tests in the same process must not see ours in the environment."""
    before = dict(os.environ)
    os.environ.update(_SETTINGS)
    try:
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import setup_test_environment

        from desk import configuration

        configuration.clinic(), configuration.rota(), configuration.public_url()
        setup_test_environment()
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        if _SERVER:
            _server(f"DROP DATABASE IF EXISTS {_TEMPLATE}", f"CREATE DATABASE {_TEMPLATE}")
        call_command("migrate", verbosity=0)
        connection.close()
    finally:
        os.environ.clear()
        os.environ.update({**before, "DJANGO_SETTINGS_MODULE": "desk.settings"})


def _server(*statements: str) -> None:
    import psycopg

    with psycopg.connect(f"{_SERVER}/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


_set_up()


def pytest_unconfigure() -> None:
    """Leaves nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        """Moves on by ``minutes=3`` and the like."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(autouse=True)
def _installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a desk, for the time of a test."""
    for key, value in _SETTINGS.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("HOLDFAST_SECRET_INTERNAL", SECRET.decode())


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Iterator[Callable[[], bytes]]:
    """A fresh database with all tables, for threads that a test starts as well; what it holds, as bytes."""
    from django.conf import settings
    from django.db import connections

    file = tmp_path / "desk.sqlite3"
    connections.close_all()
    if _SERVER:
        _server(f"DROP DATABASE IF EXISTS {_FRESH} (FORCE)", f"CREATE DATABASE {_FRESH} TEMPLATE {_TEMPLATE}")
    else:
        shutil.copy(_HOME / "template.sqlite3", file)
    for holder in (
        settings.DATABASES["default"],
        connections.settings["default"],
        connections["default"].settings_dict,
    ):
        holder["NAME"] = _FRESH if _SERVER else str(file)

    def content() -> bytes:
        if _SERVER:
            return subprocess.run(["pg_dump", f"{_SERVER}/{_FRESH}"], check=True, capture_output=True).stdout
        return b"".join(each.read_bytes() for each in tmp_path.glob("desk.sqlite3*"))

    yield content
    connections.close_all()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The desk's clock, in the test's hand."""
    from desk import clock as desks

    held = Clock()
    desks.use(held)
    yield held
    desks.use(None)


@pytest.fixture(autouse=True)
def door() -> Iterator[FakeDoor]:
    """The door's internal interface."""
    from desk import door as desks

    fake = FakeDoor()
    desks.use(fake.client())
    yield fake
    desks.use(None)
    fake.close()


@pytest.fixture
def worker_lives(clock: Clock) -> Callable[[], None]:
    """Makes the desk believe that its worker runs."""
    from desk.alerts.models import Pulse

    def beat() -> None:
        Pulse.beat("worker", clock.now)
        Pulse.beat("door", clock.now)

    beat()
    return beat


@pytest.fixture
def member() -> Callable[..., Any]:
    """Makes an account with a second factor."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from desk.accounts.models import Member
    from desk.accounts.roles import role

    def make(name: str = "sam", *roles: str, enrolled: bool = True) -> Any:
        made = Member.objects.create_user(
            name, password="correct horse battery", shown_name=f"{name.capitalize()}, nurse"
        )
        made.groups.set([role(each) for each in (roles or ("staff",))])
        if enrolled:
            TOTPDevice.objects.create(user=made, name="phone", key="31" * 20, confirmed=True)
        return made

    return make


@pytest.fixture
def case(door: FakeDoor) -> Any:
    """A crisis that has come to the desk, with the words that it came with."""
    from tests.desk.records import record, take

    door.say("w_1", "I do not want to be here any more", detection={"level": "crisis"})
    return take(record())


@pytest.fixture
def signed_in(member: Callable[..., Any]) -> Callable[..., Any]:
    """A test client of a member who has signed in with both factors; ``client.member`` is the account."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY

    def make(name: str = "sam", *roles: str) -> Any:
        client = Client()
        client.member = member(name, *roles)
        client.force_login(client.member, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = client.member.totpdevice_set.get().persistent_id
        session.save()
        return client

    return make
