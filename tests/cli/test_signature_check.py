"""What `doctor` says of signatures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from holdfast.cli.signature_check import signature_findings
from holdfast.clinic import load_clinic
from holdfast.content.review import ReviewText
from holdfast.paths import ROOT
from holdfast.signatures import Signature, Signatures

CLINIC = load_clinic(ROOT / "clinic.yml")


def given(texts: list[ReviewText], **changes: str) -> Signatures:
    return Signatures(
        {each.key: (Signature("Ana", "nurse", "2026-11-25", changes.get(each.area, each.code)),) for each in texts}
    )


def said(texts: list[ReviewText], signatures: Signatures, **clinic: object) -> list[tuple[str, str]]:
    return list(signature_findings(texts, signatures, replace(CLINIC, **clinic)))


def test_what_is_unsigned_is_counted_by_area_with_what_to_do(texts: list[ReviewText]) -> None:
    found = said(texts, Signatures())
    names = [text.partition(":")[0] for _, text in found]
    assert (
        names[:5] == ["answers", "replies", "cards", "languages", "lines of US"]
        and "scripts" in names
        and "widget" in names
    )
    assert {grade for grade, _ in found} == {"warn"} and "content export" in found[-1][1]
    assert not any("withheld" in text for _, text in found)


def test_in_production_doctor_says_that_unsigned_answers_are_withheld(texts: list[ReviewText]) -> None:
    found = said(texts, Signatures(), environment="production")
    assert [text for _, text in found if "withheld" in text] == [found[0][1]]


def test_what_changed_after_its_signature_is_named(texts: list[ReviewText]) -> None:
    found = said(texts, given(texts, places="0" * 16))
    named = [text for grade, text in found if grade == "warn"]
    assert named[0].startswith("places: 0 unsigned, 2 changed after signature") and len(named) == 4
    assert named[1].startswith("places/en: changed after signature by Ana (nurse) on 2026-11-25")


def test_many_that_changed_are_not_all_named(texts: list[ReviewText]) -> None:
    found = [text for _, text in said(texts, given(texts, cards="0" * 16))]
    assert any("more: python -m holdfast content status" in text for text in found) and len(found) < 40


def test_when_all_is_signed_there_is_nothing_to_warn_of(texts: list[ReviewText]) -> None:
    assert {grade for grade, _ in said(texts, given(texts))} == {"ok"}


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path, texts: list[ReviewText]) -> None:
    (tmp_path / "signatures.yml").write_text("signatures: [", encoding="utf-8")
    found = said(texts, Signatures.load(tmp_path / "signatures.yml"))
    assert found[0][0] == "fail" and "no signature counts" in found[0][1]
