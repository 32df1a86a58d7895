"""Starts the shipper: `python -m holdfast.escalation`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from holdfast.clinic import Clinic, ClinicError, load_clinic
from holdfast.escalation.database import open_database
from holdfast.escalation.desk import DeskClient
from holdfast.escalation.notifier import Notifier, NotifierError
from holdfast.escalation.shipper import Shipper
from holdfast.escalation.spool import Spool
from holdfast.paths import var
from holdfast.secrets import secret


def intake_url(clinic: Clinic) -> str | None:
    """Where records go: ``HOLDFAST_DESK_INTAKE_URL``, or the desk's port on this machine; None without a desk."""
    port = os.environ.get("HOLDFAST_DESK_PORT", "8610")
    url = os.environ.get("HOLDFAST_DESK_INTAKE_URL", f"http://127.0.0.1:{port}")
    return url if url and clinic.desk_enabled else None


def main() -> int:
    """Runs until SIGTERM or SIGINT. Returns 2 on bad configuration."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s shipper %(levelname)s %(message)s")
    logging.getLogger("apprise").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        clinic = load_clinic()
        notifier = Notifier(clinic.targets, var())
        url = intake_url(clinic)
        desk = DeskClient(url, secret("internal")) if url else None
    except (ClinicError, NotifierError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    engine = open_database(os.environ.get("HOLDFAST_DATABASE", f"sqlite:///{var() / 'holdfast.sqlite3'}"))
    shipper = Shipper(engine, Spool(var() / "spool"), notifier, desk=desk, last_resort_after_s=clinic.last_resort_after)
    shipper.run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
