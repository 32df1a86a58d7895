"""Keeps the spool clean: words that somebody had deleted, drafts that a kill left, files set aside long ago."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from holdfast.escalation.spool import Spool


def rewrite(spool: Spool, begin: str, change: Callable[[dict[str, Any]], Mapping[str, Any] | None]) -> int:
    """Puts ``change(entry)`` in the place of the entries that begin with ``begin``, those set aside included.

    Where ``change`` gives None the entry stays. Drafts of such entries are removed, so nobody else may be writing to
    the spool meanwhile. Returns how many entries were changed. Raises OSError when the disk refuses.
    """
    count = 0
    for draft in spool.files(f".{begin}", ".draft"):
        draft.unlink(missing_ok=True)
    for file in (*spool.files(begin, ".json"), *spool.files(begin, ".damaged")):
        try:
            entry = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            continue
        changed = change(entry) if isinstance(entry, dict) else None
        if changed is not None:
            spool.overwrite(file, changed)
            count += 1
    return count


def forget_older_than(spool: Spool, drafts: float, damaged: float) -> int:
    """Deletes drafts that a kill has left and files set aside, last written before these times; returns how many.

    Times are seconds since the epoch.
    """
    count = 0
    for suffix, before in ((".draft", drafts), (".damaged", damaged)):
        for file in spool.files("", suffix):
            try:
                if file.stat().st_mtime < before:
                    file.unlink()
                    count += 1
            except FileNotFoundError:
                continue
    return count
