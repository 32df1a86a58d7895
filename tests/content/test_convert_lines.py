"""The converter of the collected list, on a small list of its own."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

from holdfast.content.reading import DATA
from holdfast.paths import ROOT


@pytest.fixture(scope="module")
def converter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("convert_lines", ROOT / "tools" / "content" / "convert_lines.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["convert_lines"] = module
    spec.loader.exec_module(module)
    return module


def collected(**line: object) -> dict[str, object]:
    known = {
        "id": "ie-new", "name": "New line", "kind": "crisis", "languages": ["en"], "source": "a page",
        "source_kind": "news", "source_date": "2026", "confidence": "read-in-source",
        "phone": {"display": "116 123", "tel": "tel:116123"}, "hours": "24/7", "verified_fields": ["phone", "hours"],
    }  # fmt: skip
    return {
        "code": "IE", "name": "Ireland",
        "emergency": {"all": "112", "tel": "tel:112", "also": "999; 110 police; 114 by SMS for deaf people"},
        "emergency_confidence": "from-memory", "lines": [{**known, **line}],
    }  # fmt: skip


def without_nulls(value: object) -> object:
    if isinstance(value, dict):
        optional = {
            "from_abroad",
            "keyword",
            "audience",
            "text",
            "phone",
            "chat_url",
            "whatsapp",
            "note",
            "notes",
            "source",
        }
        return {k: without_nulls(v) for k, v in value.items() if not (v is None and k in optional)}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def test_a_country_becomes_a_file_that_keeps_the_schema(converter: ModuleType) -> None:
    result = converter.convert(collected(), "2026-11-23")
    schema = json.loads((DATA / "lines.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(without_nulls(result))
    assert [(also["display"], also["for"]) for also in result["emergency"]["also"]] == [
        ("999", "general"), ("110", "police"), ("114", "deaf"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ({}, {"always": True, "original": "24/7"}),
        ({"verified_fields": ["phone"]}, {"unknown": True, "original": "24/7"}),
        ({"hours": None, "verified_fields": ["phone"]}, {"unknown": True, "original": "not stated"}),
    ],
)
def test_hours_that_were_not_verified_become_unknown(
    converter: ModuleType, line: dict[str, object], hours: dict[str, object]
) -> None:
    assert converter.convert(collected(**line), "2026-11-23")["lines"][0]["hours"] == hours


def test_verified_hours_that_nobody_has_read_by_hand_stop_the_conversion(converter: ModuleType) -> None:
    with pytest.raises(SystemExit, match="not understood"):
        converter.convert(collected(hours="most days"), "2026-11-23")


def test_free_form_verified_fields_become_the_closed_vocabulary_and_the_rest_goes_to_the_notes(
    converter: ModuleType,
) -> None:
    line = converter.convert(
        collected(verified_fields=["free, anonymous", "chat exists", "menu", "phone"]), "2026-11-23"
    )
    assert line["lines"][0]["verified"] == ["phone", "chat_exists", "free", "anonymous"]
    assert "menu" in line["lines"][0]["notes"]


def test_files_edited_by_hand_are_left_alone(
    converter: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "collected.yml"
    source.write_text(json.dumps({"meta": {"collected": "2026-11-23"}, "countries": [collected()]}), encoding="utf-8")
    monkeypatch.setattr(converter, "OUT", tmp_path / "lines")
    (tmp_path / "lines").mkdir()
    kept = tmp_path / "lines" / "IE.yml"
    kept.write_text("edited: true\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["convert_lines.py", str(source)])
    converter.main()
    assert kept.read_text(encoding="utf-8") == "edited: true\n"
    monkeypatch.setattr(sys, "argv", ["convert_lines.py", str(source), "--force"])
    converter.main()
    assert "code: IE" in kept.read_text(encoding="utf-8")
