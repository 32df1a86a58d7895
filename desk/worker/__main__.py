"""Starts the desk's worker: `python -m desk.worker`."""

from __future__ import annotations

import signal
import sys
import threading

from desk.start import prepare


def main() -> int:
    """Runs until SIGTERM or SIGINT. Returns 2 on bad configuration, 1 when the database is not ready."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if code := prepare():
        return code
    from desk import configuration  # noqa: PLC0415
    from desk.worker.alarms import Alarms  # noqa: PLC0415
    from desk.worker.loop import Worker  # noqa: PLC0415
    from holdfast.paths import var  # noqa: PLC0415

    Worker(Alarms(configuration.rota(), var())).run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
