"""Tells the console how far the start has come, and the addresses; run once under the supervisor."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import httpx

from holdfast.cli.processes import Ports
from holdfast.cli.supervisor import Supervisor
from holdfast.clinic import load_clinic
from holdfast.paths import ROOT, var


def main() -> int:
    """Waits for the door, the desk, then for Rasa, and says so. Gives up talking in time; nothing depends on it."""
    ports, started = Ports.from_environment(), time.monotonic()
    page = f"http://127.0.0.1:{ports.door}/"
    print("Holdfast is starting. Ctrl-C stops everything.", flush=True)
    supervisor = Supervisor(var())
    if not _wait(f"http://127.0.0.1:{ports.internal}/health", started, lambda: supervisor.refused("door")):
        if supervisor.refused("door"):
            print(f"The door does not start:\n{supervisor.last_words('door')}\nMend this and start again.", flush=True)
            supervisor.stop()
        else:
            print(f"The door does not answer. Its log: {var()}/log/door.log", flush=True)
        return 1
    print(f"  Crisis cards are ready   ({time.monotonic() - started:.1f} s)", flush=True)
    clinic = load_clinic()
    print(f"  {'Public address    ' if clinic.production else 'Demonstration page'}       {page}", flush=True)
    if clinic.desk_enabled:
        _desk(ports, started)
    print(f"  Logs                     {var()}/log/", flush=True)
    if not _wait(f"http://127.0.0.1:{ports.rasa}/", started):
        print(f"Rasa does not answer; cards and lines work without it. Its log: {var()}/log/rasa.log", flush=True)
        return 1
    print(f"  Questions are answered   ({time.monotonic() - started:.1f} s)", flush=True)
    print("  Check everything         .venv/bin/python -m holdfast doctor", flush=True)
    return 0


def _desk(ports: Ports, started: float) -> None:
    """Address of the desk; on the first start the administrator's one-time password, which stands nowhere else."""
    supervisor = Supervisor(var())
    if not _wait(f"http://127.0.0.1:{ports.desk}/health", started, lambda: supervisor.failing("desk")):
        said = supervisor.last_words("desk") if supervisor.failing("desk") else "The desk does not answer."
        print(f"{said}\nAlerts come from the shipper until the desk is up. Its log: {var()}/log/desk.log", flush=True)
        return
    done = subprocess.run(
        [sys.executable, "-m", "desk", "setup"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    print(f"  Desk for staff           {told.get('Desk', f'http://127.0.0.1:{ports.desk}/')}", flush=True)
    if "One-time password" in told:
        print(f"    sign in as             {told['User name']}", flush=True)
        print(f"    one-time password      {told['One-time password']}   (shown only now)", flush=True)
    elif done.returncode:
        print(f"The desk could not be set up: {done.stderr.strip()[-500:]}", flush=True)


def _wait(url: str, started: float, given_up: Callable[[], bool] = lambda: False) -> bool:
    while time.monotonic() - started < 180 and not given_up():
        try:
            if httpx.get(url, timeout=2).status_code < 500:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
