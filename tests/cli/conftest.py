"""The content command with signatures of its own, and the repository's texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.cli.main import main
from holdfast.cli.review_sources import all_texts
from holdfast.content.directory import Directory
from holdfast.content.review import ReviewText
from holdfast.content.wording import Wording

#: Exit status, standard output, standard error.
Ran = tuple[int, str, str]


@pytest.fixture
def signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where signatures are written; nobody has signed anything yet."""
    file = tmp_path / "own" / "signatures.yml"
    file.parent.mkdir()
    monkeypatch.setenv("HOLDFAST_SIGNATURES", str(file))
    return file


@pytest.fixture
def content(signatures: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `holdfast content`, each time as a new process would."""

    def run(*arguments: str) -> Ran:
        from holdfast.content import wording

        wording._load.cache_clear()
        status = main(["content", *arguments])
        wording._load.cache_clear()
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture(scope="session")
def texts() -> list[ReviewText]:
    return all_texts(Directory.load(), Wording.load())
