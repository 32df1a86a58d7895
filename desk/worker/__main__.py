"""Starts the desk's worker: `python -m desk.worker`."""

from __future__ import annotations

import fcntl
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.start import prepare


def main() -> int:
    """Runs until SIGTERM or SIGINT. Returns 2 on bad configuration, 1 when the database is not ready."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if code := prepare():
        return code
    from django.db import connection  # noqa: PLC0415

    from desk import configuration  # noqa: PLC0415
    from desk.worker.alarms import Alarms  # noqa: PLC0415
    from desk.worker.loop import Worker  # noqa: PLC0415
    from holdfast.paths import var  # noqa: PLC0415

    alarms = Alarms(configuration.rota(), var())
    with _alone(var() / "desk.worker.lock") as alone:
        if alone and connection.vendor == "sqlite":  # an embedded database has its workers on this machine
            alarms.recover()
        Worker(alarms).run(stop)
    return 0


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """Whether no other worker of this machine holds the lock; a killed one has let it go."""
    with file.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


if __name__ == "__main__":
    sys.exit(main())
