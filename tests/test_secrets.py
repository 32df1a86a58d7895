"""Secrets of an installation: made once, read from file or environment, and a file that cannot be used says so."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.cli.slack_check import slack_findings
from holdfast.clinic import load_clinic
from holdfast.paths import ROOT
from holdfast.secrets import SecretError, given_secret, secret


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_VAR", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("HOLDFAST_SECRET_")]:
        monkeypatch.delenv(name)
    made = tmp_path / "secrets"
    made.mkdir()
    return made


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(folder: Path) -> None:
    made = secret("session")
    assert len(made) > 30 and secret("session") == made
    assert (folder / "session").stat().st_mode & 0o777 == 0o600


def test_what_a_platform_gave_is_never_made(folder: Path) -> None:
    assert given_secret("telegram_token") is None and list(folder.iterdir()) == []
    (folder / "telegram_token").write_text(" 1:abc\n")
    assert given_secret("telegram_token") == "1:abc"


def unreadable(folder: Path, name: str) -> Path:
    """A file that nobody can read, whoever runs the tests: a folder in its place."""
    (folder / name).mkdir()
    return folder / name


def test_a_secret_that_cannot_be_read_says_which_file_why_and_what_to_do(folder: Path) -> None:
    file = unreadable(folder, "telegram_token")
    with pytest.raises(SecretError) as told:
        given_secret("telegram_token")
    for needed in (str(file), "Is a directory", "chmod 600", "HOLDFAST_SECRET_TELEGRAM_TOKEN"):
        assert needed in str(told.value)
    unreadable(folder, "session")
    with pytest.raises(SecretError, match="the secret session cannot be read"):
        secret("session")


def test_a_secret_of_somebody_else_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_file: Path) -> bytes:  # whoever runs the tests may be the administrator, who may read every file
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (folder / "telegram_token").write_text("1:abc")
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(SecretError, match="Permission denied"):
        given_secret("telegram_token")


def test_a_secret_that_is_no_text_says_so_and_does_not_quote_it(folder: Path) -> None:
    (folder / "slack_bot_token").write_bytes(b"xoxb-\xff\xfe")
    with pytest.raises(SecretError, match="not text") as told:
        given_secret("slack_bot_token")
    assert "xoxb" not in str(told.value)


def test_an_empty_secret_signs_nothing(folder: Path) -> None:
    (folder / "internal").write_text("\n")
    with pytest.raises(SecretError, match="is empty"):
        secret("internal")


def test_a_secret_that_cannot_be_made_says_so(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("a file in the folder's place")
    with pytest.raises(SecretError):
        secret("session")


def test_doctor_goes_on_and_says_it(folder: Path) -> None:
    unreadable(folder, "slack_bot_token")
    (grade, told), *more = slack_findings(load_clinic())
    assert grade == "fail" and "cannot be read" in told and more == []


@pytest.mark.parametrize("module", ["holdfast.escalation", "desk", "holdfast.door"])
def test_no_process_ends_in_a_traceback_for_it(module: str, folder: Path) -> None:
    unreadable(folder, "internal")
    command, environment = [sys.executable, "-m", module], {**os.environ, "HOLDFAST_DESK_PORT": "0"}
    # One that starts all the same would run until it is stopped.
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert "the secret internal cannot be read" in done.stderr and "Traceback" not in done.stderr
