"""A member of staff at a real desk over HTTP: sets up the first account, reads the queue, presses buttons."""

from __future__ import annotations

import base64
import contextlib
import re
import sqlite3
import time
from html import unescape
from typing import Any

import httpx
from django_otp.oath import TOTP

from holdfast.cli.stack import Stack

PASSWORD = "seven quiet otters walk"


def one_time_password(stack: Stack, *arguments: str) -> str:
    """The first administrator's, made on the first call; ``--reset admin`` makes another one."""
    done = stack.run("desk", "setup", *arguments)
    assert done.returncode == 0, done.stderr
    return next(line.split(": ", 1)[1] for line in done.stdout.splitlines() if line.startswith("One-time password"))


def code_for(key: str, *, ahead: int = 0) -> str:
    """The six digits that a phone with this key (as the page shows it) has ``ahead`` half minutes from now."""
    bare = key.replace(" ", "")
    totp = TOTP(base64.b32decode(bare + "=" * (-len(bare) % 8)))
    totp.time = time.time() + 30 * ahead
    return f"{totp.token():06d}"


class Nurse:
    """Signed in as the first administrator under the name of ``name``."""

    def __init__(self, stack: Stack, name: str = "Sam") -> None:
        self._client = httpx.Client(base_url=stack.desk_url, timeout=20, follow_redirects=True)
        self.submit("/sign-in", username="admin", password=one_time_password(stack), code="")
        key = re.search(r"<code>([A-Z2-7 ]+)</code>", self.read("/account/second-factor"))
        assert key
        self.submit("/account/second-factor", code=code_for(key.group(1)))
        page = self.submit("/account/password", password=PASSWORD, again=PASSWORD, shown_name=name)
        assert "waiting" in page

    def read(self, path: str) -> str:
        """The text of a page."""
        answer = self._client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return unescape(answer.text)

    def submit(self, path: str, at: str | None = None, **form: str) -> str:
        """Fills the form on the page ``at`` (default: ``path``) and sends it to ``path``; the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self._client.get(at or path).text)
        assert token, f"no form at {at or path}"
        answer = self._client.post(path, data={**form, "csrfmiddlewaretoken": token.group(1)}, headers=self._own)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return unescape(answer.text)

    def press(self, case: int, button: str, **form: str) -> str:
        """Presses a button of a case; the page that follows."""
        return self.submit(f"/cases/{case}/{button}", at=f"/cases/{case}", **form)

    @property
    def _own(self) -> dict[str, str]:
        return {"Referer": str(self._client.base_url)}


def rows(stack: Stack, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What stands in the desk's database; nothing while its tables are being made."""
    file = stack.folder / "desk.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(statement, values).fetchall()


def cases_of(stack: Stack, conversation_id: str) -> list[tuple[Any, ...]]:
    """Number, level, status and drill mark of the conversation's cases."""
    statement = "SELECT id, level, status, drill FROM cases_case WHERE conversation_id = ? ORDER BY episode"
    try:
        return rows(stack, statement, conversation_id)
    except sqlite3.OperationalError:
        return []
