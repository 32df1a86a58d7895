"""Every text of the content room that a user may read, one by one, for review and signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from holdfast.content.answers import AnswerEntry
from holdfast.content.describing import schedule
from holdfast.content.directory import Country, Directory, Line
from holdfast.content.hours import Hours
from holdfast.content.languages import OtherLanguage, other_languages
from holdfast.content.reading import DATA, read
from holdfast.content.review import ReviewText
from holdfast.content.wording import LANGUAGES, Deck, Wording
from holdfast.signatures import Parts, code_of

_LABELS = {"text": "Short answer", "text_unknown": "When the clinic has not told this", "more": "More detail"}
_PURPOSES = {"general": "further number", "regional": "in some regions", "deaf": "for Deaf people"}


def review_texts(directory: Directory, wording: Wording, folder: Path | None = None) -> list[ReviewText]:
    """All: answers, replies, card words, static cards, lines, names. ``folder`` holds static cards and names."""
    return [
        *(text for entry in wording.answers.values() for text in _answer(entry)),
        *_replies(wording),
        *_cards(wording),
        *map(_static_card, other_languages(folder).values()),
        *(text for country in directory.countries.values() for text in _country(country, wording)),
        *_names(folder or DATA),
    ]


def _answer(entry: AnswerEntry) -> Iterator[ReviewText]:
    for language in LANGUAGES:
        words = entry.languages[language]
        parts = (("Title", words.title), *((_LABELS[key], text) for key, text in words.parts.items()))
        yield ReviewText(
            key=f"answers/{entry.topic}/{language}",
            file=f"answers/{entry.topic}.yml",
            title=entry.languages["en"].title,
            parts=parts,
            code=code_of(entry.signed_parts(language)),
            sources=entry.sources,
            updated=entry.updated,
            next_review=entry.next_review,
            after_risk=entry.after_risk,
            notes=("Names an effect, so it must say that the use is off-label.",) if entry.off_label else (),
        )


def _replies(wording: Wording) -> Iterator[ReviewText]:
    for name in wording.replies["en"]:
        for language in LANGUAGES:
            entry = wording.replies[language][name]
            buttons = tuple(("Button", button["label"]) for button in entry.buttons)
            yield ReviewText(
                key=f"replies/{name}/{language}",
                file=f"replies/{language}.yml",
                title=name,
                parts=(("Reply", entry.text), *buttons),
                code=code_of(entry.signed_parts()),
                sources=entry.source,
                updated=entry.updated,
                after_risk=entry.after_risk,
            )


def _cards(wording: Wording) -> Iterator[ReviewText]:
    for name in wording.decks["en"].entries:
        for language in LANGUAGES:
            deck = wording.decks[language]
            parts = (("text", deck.entries[name]),)
            yield ReviewText(
                key=f"cards/{name}/{language}",
                file=f"cards/{language}.yml",
                title=name,
                parts=parts,
                code=code_of(parts),
                sources=deck.sources[name],
                updated=deck.updated,
            )


def _static_card(other: OtherLanguage) -> ReviewText:
    """The card of a language that the assistant does not speak, as one text: who speaks it reads it whole."""
    parts = tuple(other.deck.entries.items())
    return ReviewText(
        key=f"languages/{other.code}/{other.code}",
        file=f"languages/{other.code}.yml",
        title=other.name,
        parts=parts,
        code=code_of(parts),
        sources=next(iter(other.deck.sources.values())),
        updated=other.deck.updated,
        notes=("To be read by somebody who speaks the language and knows its crisis services.",),
    )


def _country(country: Country, wording: Wording) -> Iterator[ReviewText]:
    for language in LANGUAGES:
        signed = _emergency(country, language)
        recalled = country.emergency_confidence != "read-in-source"
        yield ReviewText(
            key=f"lines/{country.code}/emergency/{language}",
            file=f"lines/{country.code}.yml",
            title=f"{country.name['en']}: emergency number",
            parts=tuple(part for part in signed if not part[0].endswith("dials")),
            code=code_of(signed),
            sources=(country.emergency_source,) if country.emergency_source else (),
            updated=country.collected,
            notes=("Recalled, not read in a source: check it.",) if recalled else (),
        )
    for line in country.lines:
        for language in LANGUAGES:
            yield _line(country, line, wording.deck(language))


def _emergency(country: Country, language: str) -> Parts:
    numbers = [("Emergency number", country.emergency)]
    numbers += [(f"Also: {_PURPOSES.get(number.purpose, number.purpose)}", number) for number in country.also]
    told = [("Country", country.name[language])]
    for label, number in numbers:
        told += [(label, number.display), (f"{label} dials", number.tel)]
    return tuple(told)


def _line(country: Country, line: Line, deck: Deck) -> ReviewText:
    ways = _ways(line, deck.language)
    words = _words(line, deck.language)
    hours = ("Hours", schedule(line.hours, deck) or deck.say("hours.unknown"))
    checked = f"Checked on {line.checked_on} by {line.checked_by}." if line.checked_on else "Nobody has checked it yet."
    used = f"{line.kind}, for {line.serves}{', the first line of the country' if line.primary else ''}."
    held_back = "Held back, shown to nobody: nothing of it is confirmed. What was collected stands here."
    return ReviewText(
        key=f"lines/{country.code}/{line.id}/{deck.language}",
        file=f"lines/{country.code}.yml",
        title=line.name,
        parts=(*(part for part in ways if not part[0].endswith("dials")), hours, *words),
        code=code_of((*ways, ("hours", _plain(line.hours)), *words)),
        sources=(line.source, f"dated {line.source_date}"),
        updated=country.collected,
        next_review=line.next_check,
        notes=(used, checked, *(() if line.displayable else (held_back,))),
        shown=line.displayable,
    )


def _ways(line: Line, language: str) -> Parts:
    """How to reach it; of a line that is shown only what is confirmed, of one held back what was collected."""
    phone, text = (line.shown_phone, line.shown_text) if line.displayable else (line.phone, line.text)
    found = [("Name", line.name)]
    if phone:
        found += [("Call", phone[0].get(language, phone[0]["en"])), ("Call dials", phone[1])]
    if text:
        number, sms, keyword = text
        found += [("Text", f"{keyword}, to {number}" if keyword else number), ("Text dials", sms)]
    for label, shown, collected in (
        ("Chat", line.shown_chat, line.chat_url),
        ("WhatsApp", line.shown_whatsapp, line.whatsapp),
    ):
        if address := shown if line.displayable else collected:
            found.append((label, address))
    return tuple(found)


def _words(line: Line, language: str) -> Parts:
    found = [(label, each) for label, each in (("For whom", line.audience), ("Note", line.note)) if each]
    found += [(f"Note, {situation}", each) for situation, each in sorted(line.notes_for.items())]
    return tuple((label, each.get(language, each["en"])) for label, each in found)


def _plain(hours: Hours) -> str:
    """The hours themselves, not the words in which the cards put them."""
    spans = ";".join(f"{span.days}{span.start}-{span.end}" for span in hours.spans)
    return f"{'always' if hours.always else spans} {hours.timezone.key if hours.timezone else ''}"


def _names(folder: Path) -> Iterator[ReviewText]:
    names: Mapping[str, Mapping[str, str]] = read(folder / "places.yml", "places.schema.json")["names"]
    for language in LANGUAGES:
        parts = tuple((code, words[language]) for code, words in names.items())
        yield ReviewText(f"places/{language}", "places.yml", "Country names", parts, code_of(parts))
