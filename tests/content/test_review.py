"""Every text that a person may read can be reviewed, and a signature ends when what people read changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from holdfast.content.directory import Directory
from holdfast.content.reading import DATA, read
from holdfast.content.review import ELSEWHERE, ReviewText, tallies
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import PLACEHOLDERS, Wording
from holdfast.signatures import Signatures
from tests.content.conftest import edit, signed_by


def load(folder: Path) -> dict[str, ReviewText]:
    return {each.key: each for each in review_texts(Directory.load(folder / "lines"), Wording.load(folder), folder)}


@pytest.fixture(scope="module")
def texts() -> dict[str, ReviewText]:
    return load(DATA)


def raw(name: str) -> dict:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def test_every_key_of_every_content_file_is_there_in_both_languages(texts: dict[str, ReviewText]) -> None:
    keys = {f"answers/{file.stem}" for file in (DATA / "answers").glob("*.yml")}
    keys |= {f"replies/{reply['name']}" for reply in raw("replies/en.yml")["replies"]}
    keys |= {f"cards/{name}" for name in raw("cards/en.yml")["entries"]}
    for file in (DATA / "lines").glob("*.yml"):
        keys |= {f"lines/{file.stem}/emergency"}
        keys |= {f"lines/{file.stem}/{line['id']}" for line in raw(f"lines/{file.name}")["lines"]}
    keys |= {"places"}
    cards = {f"languages/{file.stem}/{file.stem}" for file in (DATA / "languages").glob("*.yml")}
    assert len(cards) >= 10
    assert set(texts) == {f"{key}/{language}" for key in keys for language in ("en", "es")} | cards


def test_every_word_that_a_line_may_show_is_there(texts: dict[str, ReviewText]) -> None:
    for file in (DATA / "lines").glob("*.yml"):
        for line in raw(f"lines/{file.name}")["lines"]:
            for language in ("en", "es"):
                said = " ".join(words for _, words in texts[f"lines/{file.stem}/{line['id']}/{language}"].parts)
                for both in [line.get("audience"), line.get("note"), *line.get("notes_for", {}).values()]:
                    assert both is None or both[language] in said
                assert line["name"] in said


def test_a_line_comes_with_source_date_and_whether_somebody_checked_it(data: Path) -> None:
    edit(
        data / "lines" / "US.yml", "checked_on: null\n  checked_by: null", "checked_on: '2026-11-24'\n  checked_by: Sam"
    )
    line = load(data)["lines/US/us-988/en"]
    assert any(source.startswith("https://988lifeline.org") for source in line.sources)
    assert "dated 2023-07-13 / 2026-10-05" in line.sources and "Checked on 2026-11-24 by Sam." in line.notes


def test_what_is_shown_to_nobody_needs_no_signature(texts: dict[str, ReviewText]) -> None:
    held = texts["lines/US/us-988-lgbtq/en"]
    assert not held.shown and any("shown to nobody" in note for note in held.notes)


CHANGES = [
    ("answers/ask_cost.yml", "That is all I know about prices.", "I know no prices.", ["answers/ask_cost/en"]),
    ("answers/ask_cost.yml", "title: \"What does it cost?\"", "title: \"The cost?\"", ["answers/ask_cost/en"]),
    ("answers/ask_cost.yml", "after_risk: replace", "after_risk: keep", ["answers/ask_cost/en", "answers/ask_cost/es"]),
    ("answers/ask_parking.yml", "I do not know about parking there", "I know nothing", ["answers/ask_parking/en"]),
    ("replies/es.yml", "Ahora mismo no puedo contestar bien.", "No puedo contestar.", ["replies/static/es"]),
    ("replies/en.yml", "label: \"Side effects\"", "label: \"Effects\"", ["replies/greeting/en"]),
    ("cards/en.yml", "You can reach a person right now:", "Reach a person:", ["cards/intro.lines/en"]),
    ("lines/US.yml", "display: '988', tel: 'tel:988'", "display: '988', tel: 'tel:989'",
     ["lines/US/us-988/en", "lines/US/us-988/es"]),
    ("lines/US.yml", "In ASL: use", "In ASL, use", ["lines/US/us-988/en"]),
    ("lines/US.yml", "display: '911'", "display: '912'", ["lines/US/emergency/en", "lines/US/emergency/es"]),
    ("lines/AR.yml", "from: 08:00", "from: 09:00", ["lines/AR/ar-cas/en", "lines/AR/ar-cas/es"]),
    ("places.yml", "es: Albania", "es: La Albania", ["places/es"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "ended"), CHANGES)
def test_a_change_ends_the_signature_of_that_text_in_that_language_alone(
    data: Path, tmp_path: Path, texts: dict[str, ReviewText], file: str, old: str, new: str, ended: list[str]
) -> None:
    signatures = Signatures.load(signed_by(tmp_path / "signatures.yml", texts.values()))
    edit(data / file, old, new)
    now = load(data)
    assert [key for key, text in now.items() if signatures.state(key, text.code).kind != "signed"] == ended
    assert all(str(signatures.state(key, now[key].code)).startswith("changed after signature by Ana") for key in ended)


UNREAD = [
    ("answers/ask_cost.yml", 'version: "1"', 'version: "2"'),
    (
        "answers/ask_cost.yml",
        "so many insurers do\n      not pay for them;",
        "so many insurers\n      do not pay for them;",
    ),
    ("replies/en.yml", "source: [SM-45]", "source: [SM-46]"),
    ("lines/US.yml", "notes: 'Say", "notes: 'Do say"),
    ("cards/en.yml", "  # After the first number.", "  # Later."),
]


@pytest.mark.parametrize(("file", "old", "new"), UNREAD)
def test_what_nobody_reads_may_change(data: Path, texts: dict[str, ReviewText], file: str, old: str, new: str) -> None:
    edit(data / file, old, new)
    assert {key: text.code for key, text in load(data).items()} == {key: text.code for key, text in texts.items()}


def test_the_counts_add_up_and_lines_of_other_countries_stand_apart(
    tmp_path: Path, texts: dict[str, ReviewText]
) -> None:
    some = [text for text in texts.values() if text.key.startswith(("answers/", "lines/US/"))]
    signatures = Signatures.load(signed_by(tmp_path / "signatures.yml", some))
    counts = {each.name: each for each in tallies(list(texts.values()), signatures, "US")}
    assert counts["answers"].signed == counts["answers"].texts and not counts["answers"].open
    assert counts["lines of US"].open == 0 < counts[ELSEWHERE].open == counts[ELSEWHERE].unsigned
    assert sum(each.texts for each in counts.values()) == sum(text.shown for text in texts.values())


def test_everything_in_braces_has_its_meaning_in_words() -> None:
    meanings = read(DATA / "placeholders.yml", "placeholders.schema.json")["placeholders"]
    assert {name for name in meanings if "/" not in name} == PLACEHOLDERS


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Signatures]:
    def load_from(text: str) -> Signatures:
        (tmp_path / "signatures.yml").write_text(text, encoding="utf-8")
        return Signatures.load(tmp_path / "signatures.yml")

    return load_from


GOOD = 'signatures:\n  answers/ask_cost/en:\n  - {by: Ana, role: nurse, on: 2026-11-25, code: "0123456789abcdef"}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("code:", "cod:"), "cod"),
        (GOOD.replace("0123456789abcdef", "0123"), "never by hand"),
        (GOOD.replace("2026-11-25", "yesterday"), "YYYY-MM-DD"),
        (GOOD.replace("answers/ask_cost/en", "ask_cost"), "ask_cost"),
        (GOOD + GOOD.split("\n", 1)[1], "stands there twice"),
        ("signatures: [\n", "Correct that line"),
        ("", "None"),
        ("\x00", "not readable"),
    ],
)
def test_a_file_of_signatures_that_cannot_be_read_counts_for_nothing_and_says_why(
    file: Callable[[str], Signatures], text: str, told: str
) -> None:
    assert file(GOOD).entries and file(GOOD).problem is None
    broken = file(text)
    assert not broken.entries and told in str(broken.problem) and re.search(r"signatures\.yml: ", str(broken.problem))
