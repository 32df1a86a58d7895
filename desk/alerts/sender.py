"""Hands a message to one target: through Apprise, or to a log file under `var/`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import apprise

from holdfast.clinic import Target

_LOG = logging.getLogger(__name__)


def send(target: Target, title: str, body: str, folder: Path) -> bool:
    """Whether the target took it. Never raises; what went wrong is logged without addresses."""
    try:
        if target.url.startswith("log:"):
            file = folder / target.url.removeprefix("log:").lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {title}. {body}\n")
            return True
        client = apprise.Apprise()
        if not client.add(target.url):
            _LOG.error("alert target %r: not an address that Apprise knows; correct it in clinic.yml", target.name)
            return False
        return bool(client.notify(body=body, title=title))
    except Exception as error:
        _LOG.error("alert target %r failed: %s", target.name, type(error).__name__)
        return False
