"""Tells the console how far the start has come, and the addresses; run once under the supervisor."""

from __future__ import annotations

import time

import httpx

from holdfast.cli.processes import Ports
from holdfast.paths import var


def main() -> int:
    """Waits for the door, then for Rasa, and says so. Gives up talking after three minutes; nothing depends on it."""
    ports, started = Ports.from_environment(), time.monotonic()
    page = f"http://127.0.0.1:{ports.door}/"
    print("Holdfast is starting. Ctrl-C stops everything.", flush=True)
    if not _wait(f"http://127.0.0.1:{ports.internal}/health", started):
        print(f"The door does not answer. Its log: {var()}/log/door.log", flush=True)
        return 1
    print(f"  Crisis cards are ready   ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"  Demonstration page       {page}", flush=True)
    print(f"  Logs                     {var()}/log/", flush=True)
    if not _wait(f"http://127.0.0.1:{ports.rasa}/", started):
        print(f"Rasa does not answer; cards and lines work without it. Its log: {var()}/log/rasa.log", flush=True)
        return 1
    print(f"  Questions are answered   ({time.monotonic() - started:.1f} s)", flush=True)
    print("  Check everything         .venv/bin/python -m holdfast doctor", flush=True)
    return 0


def _wait(url: str, started: float) -> bool:
    while time.monotonic() - started < 180:
        try:
            if httpx.get(url, timeout=2).status_code < 500:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
