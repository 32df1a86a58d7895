"""Administrators see at the desk what waits for a signature; staff who answer people are not troubled with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.alerts.models import Pulse
from desk.cases import scripts
from desk.cases.scripts import all_scripts
from desk.health import UNSIGNED, lights
from desk.texts import report
from desk.worker.loop import note_texts
from holdfast.cli.review_sources import SCRIPTS, script_texts
from holdfast.cli.signature_book import add
from holdfast.signatures import Signature
from tests.desk.fake_door import FakeDoor
from tests.desk.records import record, take
from tests.desk.test_queue_and_health import NOW, WELL

WAITS = "wait for a clinician's signature"


@pytest.fixture
def sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Signs staff scripts; ``code`` pretends that other words were signed."""
    file = tmp_path / "signatures.yml"
    monkeypatch.setenv("HOLDFAST_SIGNATURES", str(file))
    all_scripts.cache_clear()

    def give(*names: str, code: str | None = None) -> None:
        for text in script_texts(SCRIPTS):
            if not names or text.group.partition("/")[2] in names:
                add(file, {text.key: Signature("Dr. Ana Ruiz", "psychiatrist", "2026-11-25", code or text.code)})
        all_scripts.cache_clear()

    yield give
    all_scripts.cache_clear()


def test_the_command_and_the_desk_sign_the_same_words(sign: Callable[..., None]) -> None:
    sign()
    assert {script.state.kind for script in all_scripts()} == {"signed"}
    assert [f"scripts/{script.id}/en" for script in all_scripts()] == [text.key for text in script_texts(SCRIPTS)]


def test_a_changed_script_loses_its_signature(
    sign: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign()
    for name in ("scripts.yml", "scripts.schema.json"):
        words = (SCRIPTS.parent / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(words.replace("That sounds very hard.", "That is hard."), encoding="utf-8")
    monkeypatch.setattr(scripts, "DATA", tmp_path)
    all_scripts.cache_clear()
    assert [script.id for script in all_scripts() if script.state.kind == "changed"] == ["first_words"]


def test_the_case_page_says_who_signed_the_words_beside_it(
    signed_in: Callable[..., Any], sign: Callable[..., None]
) -> None:
    case = take(record())
    sign("first_words")
    sign("own_support", code="0" * 16)
    page = signed_in().get(f"/cases/{case.pk}").content.decode()
    assert "Signed: Dr. Ana Ruiz (psychiatrist) on 2026-11-25" in page
    assert '<em class="unsigned">changed after signature</em>' in page and '<em class="unsigned">unsigned</em>' in page


def test_an_administrator_sees_counts_and_what_changed(
    signed_in: Callable[..., Any], sign: Callable[..., None]
) -> None:
    sign("first_words", code="0" * 16)
    page = signed_in("ada", "administrator").get("/texts").content.decode()
    assert '<th scope="row">Answers</th><td>4</td><td>1</td><td><strong>1</strong></td><td>2</td>' in page
    own = len(all_scripts())
    assert (
        f'<th scope="row">Staff scripts</th><td>{own}</td><td>0</td><td><strong>1</strong></td><td>{own - 1}</td>'
        in page
    )
    assert "<code>answers/ask_cost/es</code>" in page and "<code>scripts/first_words/en</code>" in page
    assert f"<strong>{3 + own} texts</strong> wait for a clinician" in page and "content sign --by" in page


def test_production_says_what_is_withheld_and_a_broken_file_that_nothing_counts(
    signed_in: Callable[..., Any], door: FakeDoor
) -> None:
    client = signed_in("ada", "administrator")
    assert "no production installation" in client.get("/texts").content.decode()
    door.texts |= {"production": True, "problem": "signatures.yml: <broken>"}
    page = client.get("/texts").content.decode()
    assert "are withheld" in page and "signatures.yml: &lt;broken&gt;" in page


def test_without_the_door_the_page_says_so(signed_in: Callable[..., Any], door: FakeDoor) -> None:
    door.works = False
    answer = signed_in("ada", "administrator").get("/texts")
    assert answer.status_code == 200 and "The chat server refused it" in answer.content.decode()


def test_only_administrators_see_the_page(signed_in: Callable[..., Any]) -> None:
    client = signed_in("sam", "staff")
    assert client.get("/texts").status_code == 403 and 'href="/texts"' not in client.get("/").content.decode()
    assert 'href="/texts"' in signed_in("ada", "administrator").get("/accounts").content.decode()


def test_the_light_is_for_administrators_alone(signed_in: Callable[..., Any], worker_lives: Callable[[], None]) -> None:
    assert not lights(replace(WELL, unsigned_texts=True))
    (light,) = lights(replace(WELL, unsigned_texts=True), administers=True)
    assert not light.bad and WAITS in light.text
    assert not lights(WELL, administers=True)
    note_texts(NOW)
    assert WAITS in signed_in("ada", "administrator", "staff").get("/").content.decode().replace("&#x27;", "'")
    assert WAITS not in signed_in("sam", "staff").get("/").content.decode().replace("&#x27;", "'")


def test_the_worker_keeps_the_light_true(door: FakeDoor, sign: Callable[..., None]) -> None:
    note_texts(NOW)
    assert Pulse.last(UNSIGNED) == NOW
    door.works = False
    note_texts(NOW)
    assert Pulse.last(UNSIGNED) == NOW, "not knowing changes nothing"
    door.works = True
    door.texts |= {"waiting": 0}
    note_texts(NOW)
    assert Pulse.last(UNSIGNED) == NOW, "the desk's own scripts wait"
    sign()
    note_texts(NOW)
    assert Pulse.last(UNSIGNED) is None


def test_lines_of_other_countries_are_shown_and_urge_nobody(sign: Callable[..., None]) -> None:
    sign()
    elsewhere = {"name": "lines of other countries", "texts": 9, "signed": 0, "changed": 0, "unsigned": 9}
    told = {"production": True, "problem": None, "areas": [elsewhere], "waiting": 0, "changed": []}
    found = report(told, all_scripts())
    assert found.waiting == 0 and found.rows[0].name == "Lines of other countries" and found.rows[0].unsigned == 9
