"""The static card of a language that the assistant does not speak: what to do, the lines, and what this is (SM-28).

It asks nothing and leads no dialogue. Lines and numbers are those of the person's country, as on every card. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from holdfast.content import card_text as say
from holdfast.content.cards import DANGER
from holdfast.content.choosing import Choice, choose, further_lines
from holdfast.content.country import country_name
from holdfast.content.describing import line_block
from holdfast.content.directory import Country, Directory, Line
from holdfast.content.languages import OtherLanguage
from holdfast.content.types import Block, Button, Card, CardRequest
from holdfast.content.wording import Deck


@dataclass(frozen=True)
class _Here:
    """What every part needs."""

    request: CardRequest
    deck: Deck
    country: Country | None
    choice: Choice

    @property
    def danger(self) -> bool:
        return self.request.level == "emergency" or bool(DANGER & self.request.situations)

    @property
    def emergency(self) -> str:
        return self.country.emergency.display if self.country else self.deck.say("emergency.unknown")


def static_card(request: CardRequest, language: OtherLanguage, directory: Directory) -> Card:
    """The card for a request, in that language. Short after the first one: a line, and the rest behind a button."""
    here = _here(request, language, directory)
    deck, short = here.deck, request.variant != "full"
    lead = deck.say(f"lead.{_subject(request)}{'.emergency' if here.danger else ''}", **_number(here))
    lines = _lines(here)[:1] if short else _lines(here)
    numbers = [*_emergency(here), *lines] if here.danger or not lines else [*lines, *_emergency(here)]
    more = [] if short else _advice(here)
    blocks = [_text(lead), *([] if here.danger else [_text(deck.say("intro"))]), *numbers, *more]
    blocks += [*_directory(here), _text(deck.say("automated")), *_notice(here)]
    return _card(here, blocks, _buttons(here, more=short or here.choice.more))


def static_answer(request: CardRequest, language: OtherLanguage, directory: Directory, also: Iterable[str]) -> Card:
    """What a message without risk is told: which languages the assistant writes, and the lines.

    ``also``: the same said in those languages. With ``variant`` ``short`` one line only (SM-34).
    """
    here = _here(request, language, directory)
    lines = _lines(here)[:1] if request.variant == "short" else _lines(here)
    blocks = [_text(here.deck.say("unsupported")), *map(_text, also), *_emergency(here), *lines, *_directory(here)]
    return _card(here, blocks, _buttons(here, more=request.variant == "short" or here.choice.more))


def static_lines(request: CardRequest, language: OtherLanguage, directory: Directory) -> Card:
    """Every line of the country that may be shown, with whom it is for and its hours."""
    here = _here(request, language, directory)
    lines = further_lines(here.country, here.request) if here.country else ()
    blocks = [*_emergency(here), *(_line(line, here) for line in lines), _text(here.deck.say("directory"))]
    return _card(here, blocks, [_button(here.deck, "country", "/other_country")])


def static_noted(request: CardRequest, language: OtherLanguage, directory: Directory) -> Card:
    """The answer to the wish for a person: that it is noted, and what is true about people (G4)."""
    here = _here(request, language, directory)
    blocks = [_text(here.deck.say("noted")), *_notice(here), *_emergency(here), *_lines(here)[:1]]
    return _card(here, blocks, [_button(here.deck, "more", "/more_lines")])


def _here(request: CardRequest, language: OtherLanguage, directory: Directory) -> _Here:
    request = replace(request, language=language.code)
    country = directory.country(request.country)
    return _Here(request, language.deck, country, choose(country, request) if country else Choice())


def _subject(request: CardRequest) -> str:
    return "other" if request.subject == "other" else "self"


def _number(here: _Here) -> dict[str, str]:
    return {"emergency": here.emergency} if here.danger else {}


def _advice(here: _Here) -> list[Block]:
    """Safety first, an overdose, whom else to tell (SM-42, SM-43, SM-61, SM-70)."""
    keys = [f"safety.{_subject(here.request)}", *(["overdose"] if "overdose" in here.request.situations else [])]
    return [_text(here.deck.say(key)) for key in (*keys, "support")]


def _emergency(here: _Here) -> list[Block]:
    label = here.deck.say("label.emergency")
    if here.country is None:
        return [{"type": "directory", "text": f"{label}: {here.emergency}"}]
    number = here.country.emergency
    block = {"type": "emergency", "label": label, "display": number.display, "tel": number.tel}
    return [{**block, "labels": _labels(here.deck)}]


def _lines(here: _Here) -> list[Block]:
    return [_line(line, here) for line in here.choice.lines]


def _line(line: Line, here: _Here) -> Block:
    """The block of a line. A note stands in English at best, so it is shown only where it says whom a line is for."""
    block = line_block(line, here.deck, frozenset(), here.request.now)
    return {**block, "note": None if line.for_all else block["note"], "labels": _labels(here.deck)}


def _labels(deck: Deck) -> dict[str, str]:
    """The words on links, which a page has in its own languages only."""
    return {way: deck.say(f"label.{way}", number="{display}") for way in ("call", "text", "chat")}


def _directory(here: _Here) -> list[Block]:
    served = any(line.for_all for line in here.choice.lines)
    return [] if served else [{"type": "directory", "text": here.deck.say("directory")}]


def _notice(here: _Here) -> list[Block]:
    if not here.request.notice:
        return []
    return [{"type": "notice", "text": here.deck.truth(here.request.notice, here.request.staff_name)}]


def _buttons(here: _Here, *, more: bool) -> list[Button]:
    talk = "leave" if here.request.notice == "nobody" else "talk"
    buttons = [_button(here.deck, talk, "/talk_to_person"), _button(here.deck, "country", "/other_country")]
    return [*buttons, *([_button(here.deck, "more", "/more_lines")] if more else [])]


def _button(deck: Deck, key: str, payload: str) -> Button:
    return Button(label=deck.say(f"button.{key}"), payload=payload)


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _card(here: _Here, blocks: list[Block], buttons: list[Button]) -> Card:
    name = country_name(here.request.country, "en")
    title = f"{here.deck.say('title')} ({name.removeprefix('the ')})" if name else here.deck.say("title")
    headed: list[Block] = [{"type": "title", "text": title}, *blocks]
    text = say.plain(title, blocks, here.deck)
    code = here.country.code if here.country else here.request.country
    return Card(here.request.variant, code, here.deck.language, title, tuple(headed), tuple(buttons), text)
