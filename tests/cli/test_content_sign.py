"""`holdfast content sign` and `status`: what counts, what is refused, and that nothing is ever lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from holdfast.cli import signature_book
from holdfast.cli.signature_book import add
from holdfast.content.reading import DATA
from holdfast.content.review import ReviewText
from holdfast.paths import ROOT
from holdfast.signatures import Signature, SignatureError, Signatures
from tests.cli.conftest import Ran

ANA = ("sign", "--by", "Dr. Ana Ruiz", "--role", "psychiatrist")
Run = Callable[..., Ran]


def keys(file: Path) -> list[str]:
    return list(Signatures.load(file).entries)


@pytest.mark.parametrize(
    "name", ["answers/ask_cost.yml", "holdfast/content/data/answers/ask_cost.yml", str(DATA / "answers/ask_cost.yml")]
)
def test_a_file_is_signed_by_its_path_or_by_the_name_that_status_prints(
    content: Run, signatures: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(ROOT)
    status, said, _ = content(*ANA, name)
    assert status == 0 and "2 texts signed by Dr. Ana Ruiz (psychiatrist)" in said
    assert keys(signatures) == ["answers/ask_cost/en", "answers/ask_cost/es"]


@pytest.mark.parametrize(
    ("chosen", "signed"),
    [
        (("--key", "answers/ask_cost/es"), ["answers/ask_cost/es"]),
        (("--key", "cards/lead.self.crisis"), ["cards/lead.self.crisis/en", "cards/lead.self.crisis/es"]),
        (("--key", "lines/US/us-988", "--language", "en"), ["lines/US/us-988/en"]),
        (("--key", "scripts/danger_now", "--key", "widget/en"), ["scripts/danger_now/en", "widget/en"]),
        (("answers/ask_cost.yml", "--language", "es"), ["answers/ask_cost/es"]),
    ],
)
def test_single_texts_and_single_languages_can_be_signed(
    content: Run, signatures: Path, chosen: tuple[str, ...], signed: list[str]
) -> None:
    assert content(*ANA, *chosen)[0] == 0
    assert keys(signatures) == signed


def test_all_signs_everything_that_anybody_reads(content: Run, signatures: Path, texts: list[ReviewText]) -> None:
    assert content(*ANA, "--all", "--on", "2026-11-24")[0] == 0
    assert sorted(keys(signatures)) == sorted(text.key for text in texts if text.shown)
    counts = content("status")[1].splitlines()[-1].split()
    assert counts[0] == counts[1] and counts[2:] == ["0", "0", "all"]
    assert {each.on for given in Signatures.load(signatures).entries.values() for each in given} == {"2026-11-24"}


def test_a_whole_folder_and_the_staff_scripts_can_be_signed(content: Run, signatures: Path) -> None:
    assert content(*ANA, "cards", str(ROOT / "desk/data/scripts.yml"))[0] == 0
    assert {key.partition("/")[0] for key in keys(signatures)} == {"cards", "scripts"}


def test_the_code_of_other_words_shows_as_changed_after_signature(content: Run, signatures: Path) -> None:
    content(*ANA, "answers/ask_cost.yml")
    text = signatures.read_text(encoding="utf-8")
    code = Signatures.load(signatures).entries["answers/ask_cost/en"][0].code
    signatures.write_text(text.replace(code, "0" * 16), encoding="utf-8")
    said = content("status")[1]
    assert "answers/ask_cost/en: changed after signature by Dr. Ana Ruiz (psychiatrist)" in said
    row = next(line for line in said.splitlines() if line.endswith(" answers/ask_cost.yml"))
    assert row.split()[:4] == ["2", "1", "1", "0"]
    assert content(*ANA, "answers/ask_cost.yml")[0] == 0
    assert "changed after" not in content("status")[1].partition("\n")[2]
    assert len(Signatures.load(signatures).entries["answers/ask_cost/en"]) == 1


def test_signing_twice_changes_nothing_and_two_people_may_sign(content: Run, signatures: Path) -> None:
    content(*ANA, "--key", "answers/ask_cost/en")
    before = signatures.read_text(encoding="utf-8")
    assert "0 texts signed" in content(*ANA, "--key", "answers/ask_cost/en")[1]
    assert signatures.read_text(encoding="utf-8") == before
    content("sign", "--by", "Lee", "--role", "psychologist", "--key", "answers/ask_cost/en")
    assert [each.by for each in Signatures.load(signatures).entries["answers/ask_cost/en"]] == ["Dr. Ana Ruiz", "Lee"]


WRONG = [
    ((*ANA,), "Nothing to sign was named"),
    ((*ANA, "answers/ask_prices.yml"), "no such file"),
    ((*ANA, "answers/ask_cots.yml"), "Do you mean answers/ask_cost.yml?"),
    ((*ANA, str(ROOT / "README.md")), "is not a content file"),
    ((*ANA, "rules.yml"), "holds no words that people read"),
    ((*ANA, "--key", "answers/ask_cots"), "Do you mean answers/ask_cost?"),
    ((*ANA, "--key", "answers/ask_cost/fr"), "no such text"),
    ((*ANA, "--key", "lines/US/us-988-lgbtq"), "shown to nobody"),
    ((*ANA, "--key", "scripts/danger_now", "--language", "es"), "in the language es"),
    (("sign", "--by", "  ", "--role", "nurse", "--all"), "--by is empty"),
    (("sign", "--by", "Ana", "--role", "", "--all"), "--role is empty"),
    (("sign", "--by", "A" * 121, "--role", "nurse", "--all"), "longer than 120"),
    (("sign", "--by", "A\x07na", "--role", "nurse", "--all"), "cannot be printed"),
    ((*ANA, "--all", "--on", "24.11.2026"), "is no date"),
    ((*ANA, "--all", "--on", "2999-01-01"), "in the future"),
    ((*ANA, "answers/ask_cost.yml", "--key", "nothing/at/all"), "no such text"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), WRONG)
def test_bad_input_is_refused_with_a_remedy_and_writes_nothing(
    content: Run, signatures: Path, arguments: tuple[str, ...], told: str
) -> None:
    status, said, error = content(*arguments)
    assert status == 2 and told in error and not said and error.rstrip().endswith((".", "?"))
    assert not signatures.exists()


@pytest.mark.parametrize("name", ['Ana "Annie" Ruiz', "Ruiz: Ana # {MD}", "Zoë O'Neil, MD", "- null", "Ana \\ Ruiz"])
def test_a_name_is_kept_as_it_is_written(content: Run, signatures: Path, name: str) -> None:
    assert content("sign", "--by", name, "--role", "a, b: c", "--key", "answers/ask_cost")[0] == 0
    assert {each.by for given in Signatures.load(signatures).entries.values() for each in given} == {name}
    assert f"signed by {name} before" in content("sign", "--by", name, "--role", "x", "--key", "answers/ask_cost")[1]


HAND_MADE = """# The clinic's own words about this file.
signatures:
  # Cards were read in May.
  cards/title/en: # twice
  - {by: "Lee", role: "nurse", on: "2026-05-01", code: "0123456789abcdef"}
  # and by Kim too
  - {by: "Kim", role: "nurse", on: "2026-05-02", code: "0123456789abcdef"}
# The end.
"""


def given(by: str, digit: str = "a") -> Signature:
    return Signature(by, "nurse", "2026-11-25", digit * 16)


def test_comments_and_older_signatures_stay(signatures: Path) -> None:
    signatures.write_text(HAND_MADE, encoding="utf-8")
    add(signatures, {"answers/ask_cost/en": given("Ana"), "cards/title/en": given("Lee"), "widget/en": given("Ana")})
    text = signatures.read_text(encoding="utf-8")
    assert [line for line in HAND_MADE.splitlines() if "#" in line] == [
        line for line in text.splitlines() if "#" in line
    ]
    entries = Signatures.load(signatures).entries
    assert list(entries) == ["answers/ask_cost/en", "cards/title/en", "widget/en"]
    assert [(each.by, each.code[0]) for each in entries["cards/title/en"]] == [("Kim", "0"), ("Lee", "a")]
    assert text.index("# Cards were read") > text.index("answers/ask_cost/en")


@pytest.mark.parametrize(
    "laid_out",
    [
        yaml.safe_dump({"signatures": {"cards/title/en": [given("Lee").__dict__]}}),
        'signatures: {cards/title/en: [{by: Lee, role: nurse, on: "2026-05-01", code: "0123456789abcdef"}]}\n',
    ],
)
def test_a_file_that_was_laid_out_anew_is_left_alone(signatures: Path, laid_out: str) -> None:
    signatures.write_text(laid_out, encoding="utf-8")
    with pytest.raises(SignatureError, match="nothing was written"):
        add(signatures, {"cards/title/en": given("Lee", "b"), "answers/ask_cost/en": given("Lee", "b")})
    assert signatures.read_text(encoding="utf-8") == laid_out


def test_a_broken_file_is_left_alone_and_said(content: Run, signatures: Path) -> None:
    signatures.write_text("signatures: [", encoding="utf-8")
    for arguments in ((*ANA, "--all"), ("status",)):
        status, _, error = content(*arguments)
        assert status == 2 and "Correct that line" in error
    assert signatures.read_text(encoding="utf-8") == "signatures: ["


def test_a_read_only_file_is_said_and_left_alone(
    content: Run, signatures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content(*ANA, "--key", "answers/ask_cost/en")
    before = signatures.read_text(encoding="utf-8")
    monkeypatch.setattr(signature_book.os, "access", lambda *_: False)  # the owner of these tests may write anything
    status, _, error = content(*ANA, "--key", "answers/ask_cost/es")
    assert status == 2 and "read-only" in error and "nothing was changed" in error
    assert signatures.read_text(encoding="utf-8") == before


def test_a_folder_that_is_not_there_is_said(
    content: Run, signatures: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOLDFAST_SIGNATURES", str(tmp_path / "nowhere" / "signatures.yml"))
    status, _, error = content(*ANA, "--all")
    assert status == 2 and "nowhere" in error and "HOLDFAST_SIGNATURES" in error


def test_a_disk_that_fails_midway_leaves_the_old_file_and_nothing_else(
    signatures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(signatures, {"cards/title/en": given("Ana")})
    before = signatures.read_text(encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(signature_book.os, "fsync", full)
    with pytest.raises(SignatureError, match="No space left"):
        add(signatures, {"cards/title/es": given("Ana")})
    assert signatures.read_text(encoding="utf-8") == before
    assert [file.name for file in signatures.parent.iterdir()] == [signatures.name]


def test_many_who_sign_at_once_lose_nothing(signatures: Path) -> None:
    names = [f"Person {number}" for number in range(12)]
    people = [threading.Thread(target=add, args=(signatures, {"cards/title/en": given(name)})) for name in names]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(each.by for each in Signatures.load(signatures).entries["cards/title/en"]) == sorted(names)


def test_signatures_of_texts_that_are_gone_are_named(content: Run, signatures: Path) -> None:
    add(signatures, {"answers/ask_gone/en": given("Ana")})
    assert "no longer there: answers/ask_gone/en" in content("status")[1]


def test_the_repositorys_own_signatures_can_be_read() -> None:
    assert Signatures.load(ROOT / "signatures.yml").problem is None
