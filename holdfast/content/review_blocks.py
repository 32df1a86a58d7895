"""The pieces of the review document: a text with its state, a table of short texts, words with their facts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from holdfast.content.review import ReviewText, state_of
from holdfast.signatures import Signatures

LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
_OPEN = re.compile(r"\{([a-z_]+)\}")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_TICK = '<span class="tick"><span class="box"></span> Agreed <span class="box"></span> Change</span>'
#: What the first word of a card's key means.
_CARD_WORDS = {
    "lead": "First words",
    "intro": "Before the numbers",
    "closed": "When the main line is closed",
    "unconfirmed": "When hours are not confirmed",
    "safety": "What to do in the meantime",
    "steps": "Helping somebody else",
    "relatives": "For those who worry about somebody",
    "channel": "When calling is hard",
    "support": "Someone you trust",
    "automated": "A program, not a person",
    "situation": "Special situations",
    "g4": "What is true about the clinic's people",
    "notice": "What follows it",
    "question": "The direct question",
    "directory": "Where to look for a line",
    "emergency": "An unknown emergency number",
    "short": "The short card",
    "link": "The discreet link",
    "label": "Labels",
    "staff": "Staff without a name",
    "prices": "When no prices are given",
    "button": "Buttons",
}
Pair = Mapping[str, ReviewText]


@dataclass(frozen=True)
class Look:
    """What the pieces need to know beside the texts."""

    signatures: Signatures
    meanings: Mapping[str, Mapping[str, str]]
    sources: frozenset[str]
    rules: frozenset[str]


def section(area: str, texts: Sequence[ReviewText], languages: Sequence[str], look: Look) -> str:
    """The inside of an area: a table for short texts, otherwise an article a text."""
    pairs = _pairs(texts)
    if area in {"places", "widget"}:
        return _one_table(pairs[0][1], languages, look)
    if area not in {"cards", "lines"}:
        return "\n".join(_article(group, pair, languages, look, 3) for group, pair in pairs)
    inner = []
    for anchor, kept in _shelves(pairs):
        title = _shelf_title(anchor, kept)
        head = f'<h3 id="all/{escape(anchor)}">{escape(title)}</h3>'
        body = (
            _table(kept, languages, look)
            if area == "cards"
            else "\n".join(_article(group, pair, languages, look, 4) for group, pair in kept)
        )
        inner.append(f'<div class="shelf">{head}\n{body}</div>')
    return "\n".join(inner)


def entries(area: str, texts: Sequence[ReviewText]) -> list[tuple[str, str]]:
    """Anchor and title of what the contents list below an area."""
    pairs = _pairs(texts)
    if area in {"places", "widget"}:
        return []
    if area not in {"cards", "lines"}:
        return [(group, _upper(next(iter(pair.values())).title)) for group, pair in pairs]
    return [(f"all/{anchor}", _shelf_title(anchor, those)) for anchor, those in _shelves(pairs)]


def words(said: str, of: ReviewText, look: Look) -> str:
    """Words of a text as HTML: escaped, with what is filled in later shown by its meaning in that area."""

    def fact(match: re.Match[str]) -> str:
        name = match.group(1)
        known = look.meanings.get(f"{of.area}/{name}") or look.meanings.get(name) or {}
        meaning = known.get(of.language, match.group(0))
        return f'<span class="fact">[{escape(meaning.strip("{}"))}]</span>'

    return _OPEN.sub(fact, escape(said))


def linked(text: str) -> str:
    """A text as HTML with its web addresses as links."""
    found, last = [], 0
    for match in _ADDRESS.finditer(text):
        address = escape(match.group(0))
        found.append(f'{escape(text[last : match.start()])}<a href="{address}">{address}</a>')
        last = match.end()
    return "".join(found) + escape(text[last:])


def _pairs(texts: Sequence[ReviewText]) -> list[tuple[str, Pair]]:
    """The texts by what they share in all languages, in their order."""
    found: dict[str, dict[str, ReviewText]] = {}
    for text in texts:
        found.setdefault(text.group, {})[text.language] = text
    return list(found.items())


def _shelves(pairs: Sequence[tuple[str, Pair]]) -> list[tuple[str, list[tuple[str, Pair]]]]:
    """The texts that stand together, by anchor: the first word of a card's key, the country of a line."""
    found: dict[str, list[tuple[str, Pair]]] = {}
    for group, pair in pairs:
        area, _, rest = group.partition("/")
        found.setdefault(f"{area}/{re.split('[./]', rest)[0]}", []).append((group, pair))
    return list(found.items())


def _shelf_title(anchor: str, pairs: Sequence[tuple[str, Pair]]) -> str:
    area, _, name = anchor.partition("/")
    if area == "cards":
        return _CARD_WORDS.get(name, _upper(name))
    country = next((text.title for group, pair in pairs for text in pair.values() if group.endswith("/emergency")), "")
    named = country.partition(":")[0]
    return f"{_upper(named)} ({name})" if named else name


def _upper(title: str) -> str:
    """A title with its first letter large; names of the files become words."""
    plain = title.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _article(group: str, pair: Pair, languages: Sequence[str], look: Look, level: int) -> str:
    first = next(iter(pair.values()))
    columns = "\n".join(_column(pair[language], look, level + 1) for language in languages if language in pair)
    return (
        f'<article id="{escape(group)}"><h{level}>{escape(_upper(first.title))}</h{level}>\n{_facts(first, look)}\n'
        f'<div class="pair">{columns}</div></article>'
    )


def _facts(text: ReviewText, look: Look) -> str:
    rows = [("Key", f"<code>{escape(text.group)}</code>"), ("File", f"<code>{escape(_file(text))}</code>")]
    if text.updated:
        rows.append(("Date", escape(text.updated)))
    if text.next_review:
        rows.append(("Next check", escape(text.next_review)))
    if text.after_risk:
        rows.append(("After a risk", f"<strong>{escape(text.after_risk)}</strong>"))
    rows.append(("Source", _sources(text, look)))
    rows.extend(("Note", escape(note)) for note in text.notes)
    return f'<dl class="facts">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)}</dl>'


def _file(text: ReviewText) -> str:
    """One name for the files of all languages."""
    return re.sub(r"/(en|es)\.yml$", "/en.yml, es.yml", text.file)


def _sources(text: ReviewText, look: Look) -> str:
    def one(source: str) -> str:
        if source in look.sources:
            return f'<a href="#source-{source}">{source}</a>'
        return f'<a href="#rule-{source}">{source}</a>' if source in look.rules else linked(source)

    return ", ".join(map(one, text.sources)) or "none given"


def _column(text: ReviewText, look: Look, level: int) -> str:
    rows = []
    for label, those in groupby(text.parts, key=lambda part: part[0]):
        said = "".join(f'<dd class="words" dir="auto">{words(each, text, look)}</dd>' for _, each in those)
        rows.append(f'<dt lang="en">{escape(label)}</dt>{said}')
    name = LANGUAGE_NAMES.get(text.language, text.language)
    return (
        f'<div class="column" lang="{text.language}"><h{level} lang="en">{name} '
        f'{_state(text, look)}</h{level}><dl class="parts">{"".join(rows)}</dl></div>'
    )


def _state(text: ReviewText, look: Look) -> str:
    if not text.shown:
        return '<span class="state held">shown to nobody</span>'
    state = state_of(text, look.signatures)
    return (
        f'<span class="state {state.kind}">{escape(str(state))}</span> '
        f'<span class="code">code {text.code}</span> {_TICK}'
    )


def _table(pairs: Sequence[tuple[str, Pair]], languages: Sequence[str], look: Look) -> str:
    rows = []
    for group, pair in pairs:
        first = next(iter(pair.values()))
        cells = "".join(f"<td{_lang(language)}>{_cell(pair.get(language), look)}</td>" for language in languages)
        rows.append(
            f'<tr id="{escape(group)}"><th scope="row"><code>{escape(group)}</code></th>{cells}'
            f'<td>{_sources(first, look)}<br><span class="date">{escape(first.updated or "")}</span></td></tr>'
        )
    heads = "".join(f'<th scope="col">{LANGUAGE_NAMES[language]}</th>' for language in languages)
    return (
        f'<table class="texts"><thead><tr><th scope="col">Key</th>{heads}<th scope="col">Source, date</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell(text: ReviewText | None, look: Look) -> str:
    if text is None:
        return ""
    said = "<br>".join(words(each, text, look) for _, each in text.parts)
    return f'<span class="words">{said}</span><br><span lang="en">{_state(text, look)}</span>'


def _one_table(pair: Pair, languages: Sequence[str], look: Look) -> str:
    """One text a language that holds many short words: its state on top, a row for each of them."""
    shown = [pair[language] for language in languages if language in pair]
    group = shown[0].group
    states = "".join(f"<li>{LANGUAGE_NAMES[text.language]}: {_state(text, look)}</li>" for text in shown)
    heads = "".join(f'<th scope="col">{LANGUAGE_NAMES[text.language]}</th>' for text in shown)
    return (
        f'<p><code>{escape(shown[0].file)}</code></p><ul class="states">{states}</ul>'
        f"<p><code>--key {escape(group)}</code></p>"
        f'<table class="texts names"><thead><tr><th scope="col">Key</th>{heads}</tr></thead>'
        f"<tbody>{''.join(_name_rows(shown, look))}</tbody></table>"
    )


def _name_rows(shown: Sequence[ReviewText], look: Look) -> Iterator[str]:
    said = [(text, dict(text.parts)) for text in shown]
    for key, _ in shown[0].parts:
        cells = "".join(f"<td{_lang(text.language)}>{words(each.get(key, ''), text, look)}</td>" for text, each in said)
        yield f'<tr><th scope="row"><code>{escape(key)}</code></th>{cells}</tr>'


def _lang(language: str) -> str:
    return f' lang="{language}"'
