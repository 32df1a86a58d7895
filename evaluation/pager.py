"""Stands in a pager service's place for measurements: notes when each alert arrives, and which case it is about."""

from __future__ import annotations

import base64
import json
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evaluation.loopback import Loopback
from holdfast.paths import ROOT

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Call:
    """One alert. ``at`` is monotonic seconds; ``case`` is the desk's number, None for the shipper's own alert."""

    at: float
    case: int | None
    conversation_id: str | None


class Pager:
    """Takes what Apprise posts on loopback. ``works`` false: answers 500 like a service that is down."""

    def __init__(self) -> None:
        self.works = True
        #: What was taken: Apprise's JSON, with ``at`` in monotonic seconds.
        self.got: list[dict[str, Any]] = []
        self._server = Loopback(self._answer)
        self.close = self._server.close

    def _answer(
        self, _method: str, _path: str, _headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self.works:
            self.got.append({**json.loads(body), "at": time.monotonic()})
        return (200 if self.works else 500), {}, b""

    @property
    def url(self) -> str:
        """Its Apprise address."""
        return self._server.base.replace("http:", "json:") + "/"

    @property
    def calls(self) -> list[Call]:
        """The alerts that were taken."""
        return [call_of(each["message"], each["at"]) for each in self.got]


def call_of(message: str, at: float) -> Call:
    """What an alert's text says: the desk's link holds the case's number, the shipper names the conversation."""
    if found := re.search(r"/a/([^:\s]+):", message):
        return Call(at, int(_opened(found.group(1))[0]), None)
    named = re.search(r"Conversation (\S+)\.", message)
    return Call(at, None, named.group(1) if named else None)


def _opened(payload: str) -> list[object]:
    """The readable half of a signed link (Django's format); the signature is the desk's business."""
    packed = payload.startswith(".")
    raw = payload.removeprefix(".")
    data = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    opened: list[object] = json.loads(zlib.decompress(data) if packed else data)
    return opened


@contextmanager
def clinic_with_pager(
    folder: Path, *, on_duty: bool = True, **sections: Mapping[str, Any]
) -> Iterator[tuple[Path, Pager]]:
    """A `clinic.yml` in ``folder`` with somebody on duty round the clock and a pager that reaches people.

    ``sections`` replaces single keys of the file's sections, for example ``desk={"staff_silent_after": 5}``.
    """
    pager = Pager()
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    raw["duty"]["hours"] = {day: "00:00-24:00" for day in _DAYS} if on_duty else {}
    raw["notify"]["targets"] = [{"name": "pager", "url": pager.url, "reaches_people": True}]
    for name, keys in sections.items():
        raw[name] = {**(raw.get(name) or {}), **keys}
    file = folder / "clinic.yml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    try:
        yield file, pager
    finally:
        pager.close()
