"""Renders crisis cards: resources first, few words, nothing unconfirmed. Pure; the clock comes with the request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from holdfast.content import card_text as say
from holdfast.content.card_text import Situation
from holdfast.content.choosing import Choice, choose, further_lines
from holdfast.content.country import country_name
from holdfast.content.describing import line_block, schedule, ways
from holdfast.content.directory import Country, Directory, Line, Number
from holdfast.content.types import LEVELS, NOTICES, Block, Button, Card, CardRequest
from holdfast.content.wording import Deck, Wording

#: Situations in which danger is present, so that the emergency number comes first (SM-60, SM-64, SM-73, SM-77).
DANGER = frozenset({"voices", "after_session", "overdose", "injury", "harm_to_others"})


def render_card(request: CardRequest, directory: Directory, wording: Wording) -> Card:
    """The card for a request. Never fails for an unknown country, language, flag or subject (SM-02)."""
    deck = wording.deck(request.language)
    situation = _situation(request, directory, deck)
    if "lines_only" in request.situations:
        blocks = [_text(deck.say("lead.neutral")), *_resources(situation)]
        return _card(situation, blocks, [_button(deck, "country", "/other_country"), *_more(situation)])
    if request.variant == "link":
        return _card(situation, [_text(_link(situation))], [_button(deck, "more", "/more_lines")])
    if request.variant == "body":
        return _card(situation, _body(situation), _buttons(situation))
    if request.variant == "short":
        return _card(situation, _short(situation), _buttons(situation))
    return _card(situation, _full(situation), _buttons(situation))


def lines_card(country: str | None, language: str, directory: Directory, wording: Wording, now: datetime) -> Card:
    """A full card that answers no message: for `GET /web/lines`, ``python -m holdfast lines`` and a lines page."""
    request = CardRequest(country=country, language=language, now=now, situations=frozenset({"lines_only"}))
    return render_card(request, directory, wording)


def lines_text(
    country: str | None,
    language: str,
    directory: Directory,
    wording: Wording,
    now: datetime,
    situations: frozenset[str] = frozenset(),
) -> str:
    """Emergency number and lines as plain text, for the fact ``lines`` of a reply and for error answers (SM-02).

    ``situations`` bring lines to the front as on a card, for example those for abuse.
    """
    request = CardRequest(country=country, language=language, now=now, situations=situations)
    situation = _situation(request, directory, wording.deck(language))
    return say.plain(situation.title, _resources(situation), situation.deck)


def more_lines_text(country: str | None, language: str, directory: Directory, wording: Wording, now: datetime) -> str:
    """Every line of the country that may be shown, with its hours, as plain text: what ``/more_lines`` gives."""
    deck = wording.deck(language)
    request = CardRequest(country=country, language=language, now=now)
    situation = _situation(request, directory, deck)
    if situation.country is None:
        return say.plain(situation.title, _emergency(situation), deck)
    lines = [line_block(line, deck, frozenset(), now) for line in further_lines(situation.country, request)]
    directories: Block = {"type": "directory", "text": deck.say("directory", country=situation.name)}
    return say.plain(situation.title, [*_emergency(situation), *lines, directories], deck)


def crisis_hint(country: str | None, language: str, directory: Directory, wording: Wording, now: datetime) -> str:
    """One discreet sentence with a number: the link card's text, and the fact ``crisis_hint`` of replies."""
    return _link(
        _situation(CardRequest(country=country, language=language, now=now), directory, wording.deck(language))
    )


def _situation(request: CardRequest, directory: Directory, deck: Deck) -> Situation:
    request = replace(
        request,
        language=deck.language,
        subject="other" if request.subject == "other" else "self",
        level=request.level if request.level in LEVELS else "concern",
        notice=request.notice if request.notice in NOTICES else None,
    )
    country = directory.country(request.country)
    name = country.name[deck.language] if country else country_name(request.country, deck.language)
    danger = request.level == "emergency" or bool(DANGER & request.situations)
    number = _first_number(country, request)
    return Situation(
        request=request,
        deck=deck,
        country=country,
        choice=choose(country, request) if country else Choice(),
        name=name or "",
        title=deck.say("title", country=name) if name else deck.say("title.unknown"),
        emergency=number.display if number else deck.say("emergency.unknown"),
        danger=danger,
    )


def _first_number(country: Country | None, request: CardRequest) -> Number | None:
    """The number to name in the text: the police where they have one of their own and somebody else is in danger."""
    if country is None:
        return None
    if "harm_to_others" in request.situations:
        return country.number_for("police") or country.emergency
    return country.emergency


def _full(situation: Situation) -> list[Block]:
    request, deck, choice = situation.request, situation.deck, situation.choice
    lead = say.lead(situation)
    first = _emergency_first(situation)
    lines = _lines(situation)
    blocks: list[Block] = []
    if first:
        blocks += [_text(lead), *_emergency(situation), *map(_text, say.urgent(situation))]
        blocks += [_text(deck.say("intro.also"))] if choice.lines else []
        blocks += lines
    else:
        blocks += [_text(f"{lead} {deck.say('intro.lines')}"), *lines, *map(_text, say.urgent(situation))]
        blocks += _emergency(situation)
    blocks += _directory(situation)
    blocks += map(_text, say.afterwards(situation))
    if request.notice:
        blocks.append({"type": "notice", "text": say.notice(request, deck)})
    if _asks(request):
        blocks.append({"type": "question", "text": deck.say("question.self")})
    return blocks


def _short(situation: Situation) -> list[Block]:
    """One line, number first; the emergency number beside it in danger, without a line, or with one hard to reach."""
    request, deck, country = situation.request, situation.deck, situation.country
    blocks = _lines(situation)[:1]
    if situation.danger or not situation.choice.lines:
        blocks = [*_emergency(situation), *blocks]
    elif country is not None and country.beside_lines:
        blocks += _emergency(situation)
    blocks += _directory(situation) if not situation.choice.lines else []
    blocks.append(_text(deck.say(f"short.{request.subject}")))
    if request.notice:
        blocks.append({"type": "notice", "text": say.notice(request, deck)})
    if _asks(request):
        blocks.append({"type": "question", "text": deck.say("question.self")})
    return blocks


def _body(situation: Situation) -> list[Block]:
    """What goes on in a body first: one sentence, the emergency number, the line for poisons (SM-60)."""
    poison = [line for line in situation.choice.lines if line.kind == "poison"]
    request, deck = situation.request, situation.deck
    lines = [line_block(line, deck, request.situations, request.now) for line in poison]
    return [_text(deck.say(f"body.{request.subject}", emergency=situation.emergency)), *_emergency(situation), *lines]


def _resources(situation: Situation) -> list[Block]:
    return [*_emergency(situation), *_lines(situation), *_directory(situation)]


def _link(situation: Situation) -> str:
    deck, lines = situation.deck, situation.choice.lines
    if lines and situation.name:
        return deck.say("link.line", name=lines[0].name, country=situation.name, ways=ways(lines[0], deck))
    if situation.country is None:
        return deck.say("link.unknown")
    return deck.say("link.none", emergency=situation.emergency, country=situation.name)


def _emergency_first(situation: Situation) -> bool:
    choice = situation.choice
    late = choice.closed_primary is not None and not (choice.lines and choice.lines[0].hours.always)
    return situation.danger or not choice.lines or late


def _emergency(situation: Situation) -> list[Block]:
    """The emergency number; without a country the sentence that stands for it, because no number works everywhere."""
    country, deck = situation.country, situation.deck
    if country is None:
        return [{"type": "directory", "text": deck.say("directory.unknown")}]
    numbers = [("label.emergency", country.emergency)]
    if "harm_to_others" in situation.request.situations and (police := country.number_for("police")):
        numbers.insert(0, ("label.police", police))
    return [
        {"type": "emergency", "label": deck.say(label, country=situation.name), "display": n.display, "tel": n.tel}
        for label, n in numbers
    ]


def _lines(situation: Situation) -> list[Block]:
    deck, request, choice = situation.deck, situation.request, situation.choice
    blocks: list[Block] = [line_block(line, deck, request.situations, request.now) for line in choice.lines]
    if choice.closed_primary:
        hours = schedule(choice.closed_primary.hours, deck)
        blocks.append(_text(deck.say("closed.primary", name=choice.closed_primary.name, hours=hours)))
    if choice.unconfirmed:
        blocks.append(_text(_unconfirmed(choice.unconfirmed, situation)))
    return blocks


def _unconfirmed(line: Line, situation: Situation) -> str:
    deck = situation.deck
    return deck.say("unconfirmed", name=line.name, ways=ways(line, deck), emergency=situation.emergency)


def _directory(situation: Situation) -> list[Block]:
    """The directory's name as text (not a link: its terms ask commercial sites for permission) where no line fits."""
    deck = situation.deck
    if situation.country is None or any(line.for_all for line in situation.choice.lines):
        return []
    return [{"type": "directory", "text": deck.say("directory", country=situation.name)}]


def _asks(request: CardRequest) -> bool:
    """The direct question goes to the person at risk, once, and not when danger is clear (SM-32, SM-33)."""
    return request.ask_question and request.subject == "self" and request.level != "emergency"


def _buttons(situation: Situation) -> list[Button]:
    request, deck = situation.request, situation.deck
    buttons: list[Button] = []
    if _asks(request):
        buttons += [_button(deck, "yes", "/affirm"), _button(deck, "no", "/deny")]
    if request.variant == "full":
        if request.subject == "self" and request.level == "emergency":
            buttons.append(_button(deck, "someone", "/someone_to_be_with"))
        buttons.append(_button(deck, "call", "/call_what_happens"))
        if _may_calm(request):
            buttons.append(_button(deck, "calm", "/grounding"))
    buttons.append(_button(deck, "leave" if request.notice == "nobody" else "talk", "/talk_to_person"))
    buttons.append(_button(deck, "country", "/other_country"))
    return [*buttons, *_more(situation)]


def _may_calm(request: CardRequest) -> bool:
    """Whether a calming exercise is offered (SM-47): to the person at risk, but not where a body needs help first."""
    bodily = {"overdose", "injury", "after_session"} & request.situations
    return request.subject == "self" and request.level != "concern" and not bodily


def _more(situation: Situation) -> list[Button]:
    shown = 1 if situation.request.variant == "short" else len(situation.choice.lines)
    more = situation.choice.more or shown < len(situation.choice.lines)
    return [_button(situation.deck, "more", "/more_lines")] if more else []


def _button(deck: Deck, key: str, payload: str) -> Button:
    return Button(label=deck.say(f"button.{key}"), payload=payload)


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _card(situation: Situation, blocks: list[Block], buttons: list[Button]) -> Card:
    code = situation.country.code if situation.country else situation.request.country
    title, deck = situation.title, situation.deck
    linked = situation.request.variant == "link"
    deaf = "deaf" in situation.request.situations
    text = str(blocks[0]["text"]) if linked else say.plain(title, blocks, deck, writing_first=deaf)
    return Card(situation.request.variant, code, deck.language, title, tuple(blocks), tuple(buttons), text)
