"""The review document: every text on one printable page of HTML, without scripts and without anything from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from holdfast.content import review_blocks as blocks
from holdfast.content.review import AREAS, ReviewText, is_open, tallies
from holdfast.content.review_blocks import Look
from holdfast.signatures import Signatures

#: By this line the command knows a file that it may write anew.
MARK = '<meta name="generator" content="holdfast content export">'
_STYLE = Path(__file__).with_name("review.css")
#: How to review and sign, in words.
_HOW = Path(__file__).with_name("review_how.html")
_HEADINGS = {
    "answers": ("Answers", "The short answer is said first; more detail comes when the person asks for it."),
    "replies": ("Replies", "What the assistant says beside answers and cards, with its buttons."),
    "cards": (
        "Words of the crisis cards",
        "Cards are put together from these pieces; the next section shows some of them whole.",
    ),
    "languages": (
        "Static cards in other languages",
        "What a person gets who writes of a risk in a language that the assistant does not speak. One text a language.",
    ),
    "lines": (
        "Crisis lines by country",
        "A card shows at most three of them: those that the situation asks for and that are open. A signature says "
        "that the words are right; whether a number still works is found out by calling it (checked_on in the file).",
    ),
    "places": ("Country names", "As they stand in a sentence, after “in”. They are signed as one text a language."),
    "scripts": ("Staff scripts of the desk", "What the desk shows to staff beside a case. English only."),
    "widget": (
        "The chat window itself",
        "Labels and notices of the chat on the website. Signed as one text a language.",
    ),
}


@dataclass(frozen=True)
class Example:
    """A card as a person would see it: which one, in which language, and its words."""

    title: str
    language: str
    text: str


@dataclass(frozen=True)
class Review:
    """What the document is made of. ``texts`` are all of them; ``only_open`` leaves out those that are signed.

    ``sources`` are those of the answers; ``rules`` what an id such as SM-40 means; ``meanings`` what a name in braces
    stands for, by language.
    """

    clinic: str
    country: str
    made_on: str
    languages: Sequence[str]
    texts: Sequence[ReviewText]
    signatures: Signatures
    sources: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, str]
    meanings: Mapping[str, Mapping[str, str]]
    examples: Sequence[Example] = ()
    only_open: bool = False


def review_page(review: Review) -> str:
    """The document as HTML."""
    look = Look(review.signatures, review.meanings, frozenset(review.sources), frozenset(review.rules))
    chosen = [text for text in review.texts if text.language in review.languages or _further(text, review.languages)]
    kept = [text for text in chosen if not review.only_open or is_open(text, review.signatures)]
    sections = [(area, [text for text in kept if text.area == area]) for area in AREAS]
    body = [(area, texts) for area, texts in sections if texts]
    named = [(area, _HEADINGS[area][0], blocks.entries(area, texts)) for area, texts in body]
    parts = [_section(area, texts, review, look) for area, texts in body]
    if review.examples and not review.only_open:
        place = next((index for index, (area, _) in enumerate(body) if area == "cards"), len(parts) - 1) + 1
        parts.insert(place, _examples(review.examples))
        named.insert(place, ("examples", "Cards put together", []))
    cited = {source for text in kept for source in text.sources}
    appendix = _appendix(review, cited)
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{MARK}',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Texts for review: {escape(review.clinic)}</title>",
            f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>",
            '<a class="skip" href="#main">To the content</a>',
            _head(review, len(kept)),
            '<main id="main">',
            _HOW.read_text(encoding="utf-8"),
            _counts(review, chosen),
            _contents(named),
            *(parts or ["<p>Nothing waits for a signature.</p>"]),
            appendix,
            "</main>\n</body>\n</html>\n",
        ]
    )


def _further(text: ReviewText, languages: Sequence[str]) -> bool:
    """Static cards of further languages belong to the whole document, not to that of one language."""
    return text.area == "languages" and len(languages) > 1


def _head(review: Review, count: int) -> str:
    names = " and ".join(blocks.LANGUAGE_NAMES[language] for language in review.languages)
    if len(review.languages) > 1:
        names += ", static cards in further languages"
    which = "Only texts that wait for a signature." if review.only_open else "Every text that a person may read."
    return (
        f"<header><h1>Texts for review</h1>\n<p>{escape(review.clinic)}. {which} {names}, {count} texts. "
        f"Made on {escape(review.made_on)}.</p></header>"
    )


def _counts(review: Review, texts: Sequence[ReviewText]) -> str:
    rows = [
        f'<tr><th scope="row">{escape(each.name)}</th><td>{each.texts}</td><td>{each.signed}</td>'
        f"<td>{each.changed}</td><td>{each.unsigned}</td></tr>"
        for each in tallies(texts, review.signatures, review.country)
    ]
    broken = f'<p class="broken">{escape(review.signatures.problem)}</p>' if review.signatures.problem else ""
    return (
        f'<section id="state"><h2>What is signed</h2>{broken}<table class="counts"><thead><tr>'
        '<th scope="col">Texts</th><th scope="col">all</th><th scope="col">signed</th>'
        '<th scope="col">changed after signature</th><th scope="col">unsigned</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _contents(named: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]) -> str:
    items = []
    for area, heading, entries in named:
        inner = "".join(f'<li><a href="#{escape(anchor)}">{escape(title)}</a></li>' for anchor, title in entries)
        items.append(f'<li><a href="#{area}">{heading}</a>{f"<ul>{inner}</ul>" if inner else ""}</li>')
    items.append('<li><a href="#sources">Sources and rules</a></li><li><a href="#names">Signature</a></li>')
    return f'<nav id="contents" aria-label="Contents"><h2>Contents</h2><ol>{"".join(items)}</ol></nav>'


def _section(area: str, texts: Sequence[ReviewText], review: Review, look: Look) -> str:
    heading, told = _HEADINGS[area]
    columns = sorted({text.language for text in texts})
    inner = blocks.section(area, texts, columns, look)
    return f'<section id="{area}" class="area"><h2>{heading}</h2>\n<p>{told}</p>\n{inner}</section>'


def _examples(examples: Sequence[Example]) -> str:
    shown = [
        f'<figure class="card"><figcaption>{escape(each.title)}</figcaption>'
        f'<div class="words" lang="{each.language}">{escape(each.text)}</div></figure>'
        for each in examples
    ]
    return (
        '<section id="examples" class="area"><h2>Cards put together</h2>\n<p>As they look in the clinic\'s country at '
        "the time when this document was made. Nothing here needs a signature of its own.</p>\n"
        f'<div class="cards">{"".join(shown)}</div></section>'
    )


def _appendix(review: Review, cited: set[str]) -> str:
    recalled = " <strong>Recalled: to be checked before it is cited.</strong>"
    sources = "".join(
        f'<dt id="source-{key}">{key}</dt><dd>{escape(source["title"])}. {blocks.linked(source["where"])}'
        f"{recalled if source['status'] == 'recalled' else ''}</dd>"
        for key, source in review.sources.items()
        if key in cited
    )
    rules = "".join(
        f'<dt id="rule-{key}">{key}</dt><dd>{escape(words)}</dd>' for key, words in review.rules.items() if key in cited
    )
    line = '<p class="line">Name <span></span> Role <span></span> Date <span></span></p>'
    return (
        '<section id="sources" class="area"><h2>Sources and rules</h2>\n<h3>Sources of the answers</h3>'
        f'<dl class="cited">{sources}</dl>\n<h3>Rules that the texts follow</h3>'
        f'<dl class="cited">{rules}</dl></section>\n'
        '<section id="names"><h2>Signature</h2><p>I have read the texts that I have ticked as agreed.</p>'
        f"{line}{line}</section>"
    )
