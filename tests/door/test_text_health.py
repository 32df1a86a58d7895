"""The internal interface tells how many texts are signed: to signed requests only, without any words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import Wording
from holdfast.door.internal import internal_app
from holdfast.door.texts import Texts
from holdfast.paths import ROOT
from holdfast.signing import sign
from tests.content.conftest import signed_by

SECRET = b"a-secret-only-for-tests"


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., httpx.Response]:
    directory = Directory.load()

    async def answer(*areas: str, signature: bool = True, code: str | None = None) -> httpx.Response:
        file = tmp_path / f"{len(areas)}.yml"
        signed_by(file, [text for text in review_texts(directory, Wording.load()) if text.area in areas])
        if code:
            file.write_text(file.read_text(encoding="utf-8").replace(code, "0" * 16), encoding="utf-8")
        texts = Texts(load_clinic(ROOT / "clinic.yml"), directory, Wording.load(signatures=file))
        app = internal_app(SimpleNamespace(parts=SimpleNamespace(texts=texts)), SECRET)  # type: ignore[arg-type]
        headers = sign(SECRET, "GET", "/health/texts", b"") if signature else {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as client:
            return await client.get("/health/texts", headers=headers)

    return answer


async def test_counts_come_by_area(ask: Callable[..., httpx.Response]) -> None:
    told = (await ask("answers")).json()
    areas = {each["name"]: each for each in told["areas"]}
    assert areas["answers"]["signed"] == areas["answers"]["texts"] > 0 == areas["answers"]["unsigned"]
    assert areas["cards"]["unsigned"] == areas["cards"]["texts"] > 0
    waiting = ("replies", "cards", "languages", "lines of US", "places")
    assert told["waiting"] == sum(areas[name]["unsigned"] for name in waiting)


async def test_what_changed_is_told_by_its_key(ask: Callable[..., httpx.Response]) -> None:
    place = next(text for text in review_texts(Directory.load(), Wording.load()) if text.key == "places/es")
    told = (await ask("places", code=place.code)).json()
    assert told["changed"] == ["places/es"] and told["problem"] is None


async def test_strangers_are_told_nothing(ask: Callable[..., httpx.Response]) -> None:
    assert (await ask(signature=False)).status_code == 401
