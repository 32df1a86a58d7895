"""The spool: a folder of files that holds what could not be committed in time, until it can."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class Spool:
    """One JSON file an entry, written whole or not at all and synced to disk before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, entry: Mapping[str, Any]) -> None:
        """Stores the entry under ``name`` (letters, digits, ``_`` and ``-``). Raises OSError when the disk refuses."""
        self.folder.mkdir(parents=True, exist_ok=True)
        final = self.folder / f"{name}.json"
        draft = self.folder / f".{name}.{os.getpid()}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(entry, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and entries, oldest first. A file that is no JSON is set aside as ``.damaged``, never deleted."""
        try:
            files = sorted(self.folder.glob("*.json"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        except FileNotFoundError:
            return
        for file in files:
            try:
                yield file.stem, json.loads(file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            except ValueError:
                file.replace(file.with_suffix(".damaged"))

    def remove(self, name: str) -> None:
        """Removes the entry; it is no error when it has gone."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def mark(self, name: str) -> None:
        """Notes that the entry's alert has gone out although the entry itself must stay."""
        (self.folder / f"{name}.alerted").touch()

    def marked(self, name: str) -> bool:
        """Whether `mark` was called for the entry."""
        return (self.folder / f"{name}.alerted").exists()

    def unmark(self, name: str) -> None:
        """Forgets the mark."""
        (self.folder / f"{name}.alerted").unlink(missing_ok=True)

    def damaged(self) -> list[Path]:
        """Files that could not be read; `doctor` lists them."""
        return sorted(self.folder.glob("*.damaged"))
