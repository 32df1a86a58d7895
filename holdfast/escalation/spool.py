"""The spool: a folder of files that holds what could not be committed in time, until it can."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

_LOG = logging.getLogger(__name__)


class Spool:
    """One JSON file an entry, written whole or not at all and synced to disk before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, entry: Mapping[str, Any]) -> None:
        """Stores the entry under ``name`` (letters, digits, ``_`` and ``-``). Raises OSError when the disk refuses."""
        self._write(self.folder / f"{name}.json", entry)

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and entries, oldest first. A file that is no JSON object is set aside as ``.damaged``, never deleted.

        A file that the system does not let us read stays where it is; the others come all the same.
        """
        try:
            files = sorted(self.folder.glob("*.json"), key=_age)
        except OSError as error:
            _LOG.error("the spool %s cannot be read: %s", self.folder, error)
            return
        for file in files:
            try:
                entry = json.loads(file.read_text(encoding="utf-8"))
                if isinstance(entry, dict):
                    yield file.stem, entry
                    continue
            except FileNotFoundError:  # carried into the database meanwhile
                continue
            except OSError as error:
                _LOG.error("the spool's file %s cannot be read: %s", file.name, error)
                continue
            except ValueError:
                pass
            _set_aside(file)

    def remove(self, name: str) -> None:
        """Removes the entry; it is no error when it has gone."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def mark(self, record_id: str, targets: Collection[str]) -> None:
        """Notes who has the record's alert, until the database does. Raises OSError when the disk refuses."""
        self._write(self._mark(record_id), sorted(targets))

    def marked(self, record_id: str) -> frozenset[str]:
        """The targets of `mark`; none when there is no such note."""
        try:
            return frozenset(json.loads(self._mark(record_id).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return frozenset()

    def unmark(self, record_id: str) -> None:
        """Forgets the mark. Raises OSError when the disk refuses."""
        self._mark(record_id).unlink(missing_ok=True)

    def damaged(self) -> list[Path]:
        """Files that could not be read; `doctor` lists them."""
        return sorted(self.folder.glob("*.damaged"))

    def _mark(self, record_id: str) -> Path:
        return self.folder / f"{record_id}.alerted"

    def _write(self, final: Path, content: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{final.stem}.{os.getpid()}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(content, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _age(file: Path) -> tuple[int, str]:
    """For the order; a file that has gone meanwhile may stand anywhere."""
    try:
        return file.stat().st_mtime_ns, file.name
    except OSError:
        return 0, file.name


def _set_aside(file: Path) -> None:
    try:
        file.replace(file.with_suffix(".damaged"))
    except OSError as error:
        _LOG.error("the spool's damaged file %s cannot be set aside: %s", file.name, error)
