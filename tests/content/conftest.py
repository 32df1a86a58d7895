"""The directory and the wording as they are in the repository, and a fixed clock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from holdfast.content.cards import render_card
from holdfast.content.directory import Directory
from holdfast.content.reading import DATA
from holdfast.content.review import ReviewText
from holdfast.content.types import Card, CardRequest
from holdfast.content.wording import Wording

#: A Monday, 18:00 in London and 11:00 in Denver.
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="session")
def directory() -> Directory:
    return Directory.load()


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.load()


@pytest.fixture(scope="session")
def card(directory: Directory, wording: Wording) -> Callable[..., Card]:
    """Renders a card; what is not said is a full card for the United States in English at `crisis`, about oneself."""

    def render(**asked: object) -> Card:
        known = {"country": "US", "language": "en", "level": "crisis", "now": NOW, **asked}
        return render_card(CardRequest(**known), directory, wording)  # type: ignore[arg-type]

    return render


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder that a test may break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def signed_by(file: Path, texts: Iterable[ReviewText], by: str = "Ana Ruiz") -> Path:
    """A file in which somebody has signed these texts as they are."""
    given = {each.key: [{"by": by, "role": "psychiatrist", "on": "2026-11-25", "code": each.code}] for each in texts}
    file.write_text(json.dumps({"signatures": given}), encoding="utf-8")
    return file


def edit(file: Path, old: str, new: str) -> None:
    """Replaces text in a data file; fails when the text is not there, so that a test cannot pass by accident."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file.name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
