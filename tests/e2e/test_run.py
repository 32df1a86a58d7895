"""`holdfast run` as a newcomer meets it: addresses, the one-time password once, and `doctor` finds nothing broken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from holdfast.cli.processes import Ports
from holdfast.paths import ROOT
from tests.helpers import eventually

pytestmark = pytest.mark.e2e


def settings(folder: Path, ports: Ports) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")},
        "HOLDFAST_VAR": str(folder),
        "HOLDFAST_PORT": str(ports.door),
        "HOLDFAST_INTERNAL_PORT": str(ports.internal),
        "HOLDFAST_RASA_PORT": str(ports.rasa),
        "HOLDFAST_ACTIONS_PORT": str(ports.actions),
        "HOLDFAST_DESK_PORT": str(ports.desk),
    }


@contextmanager
def running(environment: dict[str, str]) -> Iterator[list[str]]:
    """What the console shows, line by line as it comes."""
    command = [sys.executable, "-m", "holdfast", "run"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()
    try:
        yield lines
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def saying(lines: list[str], words: str) -> str:
    return next((line for line in lines if words in line), "")


def test_it_prints_addresses_and_the_password_on_the_first_start_only_and_doctor_is_content(tmp_path: Path) -> None:
    ports = Ports.free()
    environment = settings(tmp_path, ports)
    with running(environment) as lines:
        eventually(lambda: saying(lines, "Questions are answered"), limit_s=180)
        assert f"http://127.0.0.1:{ports.door}/" in saying(lines, "Demonstration page")
        assert f"http://127.0.0.1:{ports.desk}/" in saying(lines, "Desk for staff")
        password = saying(lines, "one-time password").split()[2]
        assert httpx.get(f"http://127.0.0.1:{ports.desk}/", follow_redirects=True).status_code == 200
        command = [sys.executable, "-m", "holdfast", "doctor"]
        doctor = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert doctor.returncode == 0, doctor.stdout
        assert "the desk has the drill as a case marked drill" in doctor.stdout
        assert "its worker runs" in doctor.stdout
    alerts = tmp_path / "alerts.log"
    assert not alerts.exists()  # a drill pages nobody
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_mode & 0o077], (
        "others may read"
    )
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert password.encode() not in kept

    with running(environment) as lines:
        eventually(lambda: saying(lines, "Desk for staff"), limit_s=180)
        eventually(lambda: saying(lines, "Logs"), limit_s=60)
        assert not saying(lines, "one-time password")


def test_a_door_that_cannot_work_with_its_settings_stops_the_start_and_says_what_to_do(tmp_path: Path) -> None:
    clinic = (ROOT / "clinic.yml").read_text(encoding="utf-8")
    assert "\nchannels" not in clinic
    file = tmp_path / "clinic.yml"
    file.write_text(clinic + "\nchannels:\n  telegram:\n    bot: larkspur_clinic_bot\n", encoding="utf-8")
    environment = {**settings(tmp_path / "var", Ports.free()), "HOLDFAST_CLINIC": str(file)}
    with running(environment) as lines:
        eventually(lambda: saying(lines, "Mend this and start again"), limit_s=120)
        eventually(lambda: not (tmp_path / "var" / "supervisor.sock").exists(), limit_s=60)
    told = "".join(lines)
    assert "The door does not start" in told and "telegram" in told and "BotFather" in told
    assert "Crisis cards are ready" not in told
