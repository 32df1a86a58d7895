"""`holdfast content export`: one page with every text, safe to open, readable by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from holdfast.cli.review_sources import script_texts, window_texts
from holdfast.content.errors import ContentError
from holdfast.content.review import ReviewText
from holdfast.content.review_page import Example, Review, review_page
from holdfast.signatures import Signature, Signatures
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Reads a page: is every tag closed, which headings, ids, links, languages and words does it have?"""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.headings, self.ids, self.links, self.languages = list[str](), list[int](), [], [], set()
        self.tags, self.words = set(), list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.add(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.languages |= {given["lang"]} if "lang" in given else set()
        assert not any(name.startswith("on") or name in {"src", "style"} for name in given), given
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    from holdfast.cli.content import export

    file = tmp_path_factory.mktemp("export") / "review.html"
    assert export(str(file), None, None, only_open=False) == 0
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_text_stands_there_with_key_code_and_all_its_words(
    page: str, outline: Outline, texts: list[ReviewText]
) -> None:
    said = flat("".join(outline.words))
    for text in texts:
        assert text.group in page
        assert not text.shown or f"code {text.code}" in said, text.key
        for _, words in text.parts:
            for piece in re.split(r"\{[a-z_]+\}", words):
                assert flat(piece).strip() in said, (text.key, piece)


def test_the_page_is_whole_and_its_headings_and_links_lead_somewhere(outline: Outline) -> None:
    assert outline.open == [] and len(outline.ids) == len(set(outline.ids))
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    inner = {link[1:] for link in outline.links if link.startswith("#")}
    assert inner and inner <= set(outline.ids)
    assert {"en", "es", "fr", "ar"} <= outline.languages and {"main", "nav", "header"} <= outline.tags


def test_the_page_needs_nothing_from_outside_and_runs_nothing(page: str, outline: Outline) -> None:
    assert not outline.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"}
    assert all(link.startswith(("#", "https://", "http://")) for link in outline.links)
    assert "@import" not in page and "url(" not in page and "@media print" in page


def test_facts_of_the_clinic_show_by_their_meaning_and_never_as_a_name_in_braces(outline: Outline) -> None:
    said = "".join(outline.words)
    for meaning in ("[the clinic's telephone number]", "[teléfono de la clínica]", "[name of the member of staff]"):
        assert meaning in said
    body = said[said.index("What is signed") :]
    assert not re.search(r"\{[a-z_]+\}", body)


def test_what_a_reviewer_must_know_stands_with_the_text(page: str) -> None:
    answer = page[page.index('id="answers/ask_cost"') :].partition("</article>")[0]
    assert "<dt>After a risk</dt><dd><strong>replace</strong>" in answer and 'href="#source-clinic_pages"' in answer
    assert "2026-11-" in answer and "unsigned" in answer and "off-label" in answer
    line = page[page.index('id="lines/US/us-988"') :].partition("</article>")[0]
    assert 'href="https://988lifeline.org/get-help/"' in line and "Nobody has checked it yet." in line
    assert "content sign --by" in page and 'id="rule-SM-40"' in page


def test_cards_are_shown_whole_too(page: str) -> None:
    assert "Full card, emergency, about somebody else" in page and "Situation: overdose" in page


@pytest.mark.parametrize(("language", "other"), [("en", "es"), ("es", "en")])
def test_one_language_alone(content: Run, tmp_path: Path, language: str, other: str) -> None:
    out = tmp_path / "one.html"
    assert content("export", "--out", str(out), "--language", language)[0] == 0
    texts = re.findall(r'class="column" lang="(\w+)"|<td lang="(\w+)"', out.read_text(encoding="utf-8"))
    assert {first or second for first, second in texts} == {language}


def test_unsigned_leaves_out_what_is_signed_and_keeps_what_changed_since(content: Run, signatures: Path) -> None:
    content("sign", "--by", "Ana", "--role", "nurse", "answers/ask_cost.yml", "answers/ask_hours.yml")
    code = Signatures.load(signatures).entries["answers/ask_hours/es"][0].code
    signatures.write_text(signatures.read_text(encoding="utf-8").replace(code, "0" * 16), encoding="utf-8")
    page = content("export", "--out", "-", "--unsigned")[1]
    assert 'id="answers/ask_cost"' not in page and 'id="answers/ask_hours"' in page
    hours = page[page.index('id="answers/ask_hours"') :].partition("</article>")[0]
    assert "changed after signature by Ana (nurse)" in hours and ">English" not in hours


def test_the_lines_of_one_country_alone(content: Run) -> None:
    page = content("export", "--out", "-", "--country", "ie")[1]
    assert 'id="lines/IE/emergency"' in page and 'id="lines/US/emergency"' not in page and 'id="answers' in page
    assert content("export", "--out", "-", "--country", "XX")[0] == 2


def test_nothing_is_overwritten_but_an_older_document(content: Run, tmp_path: Path) -> None:
    out = tmp_path / "review.html"
    assert content("export", "--out", str(out), "--unsigned")[0] == 0 == content("export", "--out", str(out))[0]
    other = tmp_path / "clinic.yml"
    other.write_text("mine", encoding="utf-8")
    status, _, error = content("export", "--out", str(other))
    assert status == 2 and "--out" in error and other.read_text(encoding="utf-8") == "mine"
    status, _, error = content("export", "--out", str(tmp_path / "nowhere" / "x.html"))
    assert status == 2 and "cannot be written" in error


NASTY = '<script>alert("x")</script> & </div> "quoted" \' {clinic_phone}'


def test_markup_in_a_text_a_name_or_a_source_is_shown_and_never_obeyed() -> None:
    base = ReviewText(
        key="answers/x/en",
        file="answers/<b>.yml",
        title=NASTY,
        parts=(("Short answer", NASTY),),
        code="0" * 16,
        sources=('https://example.org/"onmouseover="x', "javascript:alert(1)", NASTY),
        updated=NASTY,
        notes=(NASTY,),
    )
    areas = [replace(base, key=f"{area}/x/{code}") for area in ("answers", "cards", "scripts") for code in ("en", "es")]
    areas += [
        replace(base, key="lines/US/emergency/en"),
        replace(base, key="places/en"),
        replace(base, key="widget/en"),
    ]
    review = Review(
        clinic=NASTY,
        country="US",
        made_on="2026-11-25",
        languages=("en", "es"),
        texts=areas,
        signatures=Signatures({"answers/x/en": (Signature(NASTY, NASTY, "2026-11-25", "0" * 16),)}, problem=NASTY),
        sources={"s": {"title": NASTY, "where": NASTY, "status": "read"}},
        rules={},
        meanings={"clinic_phone": {"en": NASTY, "es": NASTY}},
        examples=[Example(NASTY, "en", NASTY)],
    )
    page = review_page(review)
    assert not Outline(page).tags & {"script", "b"} and "javascript:" not in " ".join(Outline(page).links)
    assert unescape(page).count("<script>") > 10


def test_a_staff_script_that_breaks_its_schema_is_named(tmp_path: Path) -> None:
    from holdfast.cli.review_sources import SCRIPTS

    for name in ("scripts.yml", "scripts.schema.json"):
        (tmp_path / name).write_text((SCRIPTS.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
    broken = tmp_path / "scripts.yml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("title: First words", "titel: First words"))
    with pytest.raises(ContentError, match=r"scripts\.yml: 1"):
        list(script_texts(broken))


def test_words_of_the_chat_window_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    from holdfast.cli.review_sources import WINDOW

    file = tmp_path / "strings.js"
    file.write_text(WINDOW.read_text(encoding="utf-8").replace('bar: "Help now"', "bar: helpNow()"))
    with pytest.raises(ContentError, match="bar: cannot be read"):
        list(window_texts(file))
