"""The spool: a folder of files that holds what could not be committed in time, until it can."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

_LOG = logging.getLogger(__name__)


class Spool:
    """One JSON file an entry, written whole or not at all and synced to disk before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, entry: Mapping[str, Any]) -> str:
        """Stores the entry beside those that are there; returns its own name, which begins with ``name``.

        ``name`` has letters, digits, ``_`` and ``-``. Raises OSError when the disk refuses.
        """
        own = f"{name}-{secrets.token_hex(4)}"  # a door that was killed may have used the same numbers before
        self._write(self.folder / f"{own}.json", entry)
        return own

    def names(self, begin: str = "") -> list[str]:
        """Names of the entries that begin with ``begin``, oldest first. Raises OSError when the disk refuses."""
        return [file.stem for file in sorted(self.files(begin, ".json"), key=_age)]

    def read(self, name: str) -> dict[str, Any] | None:
        """The entry; None when it has gone. Raises OSError when the disk refuses.

        A file that is no JSON object is set aside, never deleted.
        """
        try:
            entry = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:  # carried into the database meanwhile
            return None
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            self.set_aside(name)
            return None
        return entry

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and entries, oldest first. One that the system does not let us read hides no other."""
        try:
            names = self.names()
        except OSError as error:
            _LOG.error("the spool %s cannot be read: %s", self.folder, error)
            return
        for name in names:
            try:
                entry = self.read(name)
            except OSError as error:
                _LOG.error("%s in the spool cannot be read: %s", name, error)
                continue
            if entry is not None:
                yield name, entry

    def remove(self, name: str) -> None:
        """Removes the entry; it is no error when it has gone."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Keeps the entry as ``.damaged``, for a person to look at: it can never go in as it is."""
        file = self.folder / f"{name}.json"
        try:
            file.replace(file.with_suffix(".damaged"))
        except FileNotFoundError:
            pass
        except OSError as error:
            _LOG.error("the spool's damaged file %s cannot be set aside: %s", file.name, error)

    def overwrite(self, file: Path, entry: Mapping[str, Any]) -> None:
        """Puts the entry in the place of one of `files`; it keeps its turn. Raises OSError when the disk refuses."""
        self._write(file, entry, at=_age(file)[0])

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

    def _mark(self, record_id: str) -> Path:
        return self.folder / f"{record_id}.alerted"

    def damaged(self) -> list[Path]:
        """Files that were set aside; `doctor` lists them."""
        return self.files("", ".damaged")

    def files(self, begin: str, suffix: str) -> list[Path]:
        """The files whose names begin and end so, sorted. Raises OSError when the disk refuses."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(self.folder / name for name in names if name.startswith(begin) and name.endswith(suffix))

    def _write(self, final: Path, content: object, at: int | None = None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{final.stem}.{os.getpid()}.draft"
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(content, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            if at is not None:
                os.utime(draft, ns=(at, at))
            draft.replace(final)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
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
