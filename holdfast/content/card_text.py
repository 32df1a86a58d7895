"""The sentences of a card: which words go with which level, subject and situation. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.content.choosing import Choice
from holdfast.content.describing import joined
from holdfast.content.directory import Country
from holdfast.content.types import Block, CardRequest
from holdfast.content.wording import Deck

#: Situations with first words of their own below `emergency`, in the order in which they count.
LEADS = ("harm_to_others", "voices", "after_session", "abuse", "bereaved")
#: Situations with words after the first number, in the order in which they count.
WORDS = (
    "overdose", "injury", "harm_to_others", "voices", "after_session", "deaf", "abuse", "minor", "treat_tonight",
    "intoxicated", "bereaved",
)  # fmt: skip
#: Not more than so many of them, because a person in danger reads little (SM-48).
MOST_WORDS = 3
WORDS_PER_BUBBLE = 60


@dataclass(frozen=True)
class Situation:
    """Everything that the words of a card depend on. ``emergency`` is the number as it stands in a sentence."""

    request: CardRequest
    deck: Deck
    country: Country | None
    choice: Choice
    name: str
    title: str
    emergency: str
    danger: bool


def lead(situation: Situation) -> str:
    """The first words: one acknowledging sentence, and what to do first (SM-40)."""
    request, deck = situation.request, situation.deck
    key = f"lead.{request.subject}.{request.level}"
    if request.level != "emergency":
        special = next((name for name in LEADS if name in request.situations), None)
        if special and (request.subject == "self" or special in {"harm_to_others", "after_session"}):
            key = f"lead.{special}"
        elif request.subject == "self" and request.situations & {"overdose", "injury"}:
            key = "lead.self.emergency"
    return deck.say(key, emergency=situation.emergency)


def urgent(situation: Situation) -> list[str]:
    """What to do in the meantime: safety first, then the special situations (SM-43, SM-50, SM-60 to SM-83)."""
    request, deck = situation.request, situation.deck
    special = [_situation_text(name, situation) for name in WORDS if name in request.situations][:MOST_WORDS]
    safety = f"safety.{request.subject}.{request.level}"
    return [*([deck.say(safety)] if safety in deck.entries else []), *special]


def afterwards(situation: Situation) -> list[str]:
    """What follows the numbers: other ways to reach them, whom else to tell, what this is (SM-42, SM-44, SM-46)."""
    request, deck = situation.request, situation.deck
    texts: list[str] = []
    if request.subject == "other":
        steps = deck.say("steps.other.emergency" if request.level == "emergency" else "steps.other")
        relatives = any(line.helps_relatives for line in situation.choice.lines)
        texts += _bubbles([steps, *([deck.say("relatives")] if relatives else [])])
    closing = [_channel(situation), deck.say(f"support.{request.subject}"), deck.say("automated")]
    return [*texts, *_bubbles(filter(None, closing))]


def notice(request: CardRequest, deck: Deck) -> str:
    """What is true about people at the clinic (G4), and that the numbers do not wait for them."""
    return f"{deck.truth(str(request.notice), request.staff_name)} {deck.say(f'notice.{request.notice}')}"


def plain(title: str, blocks: Iterable[Block], deck: Deck, *, writing_first: bool = False) -> str:
    """The blocks as plain text, for channels without blocks, screen readers and copies.

    ``writing_first`` names text and chat before the phone, for people who do not hear or speak (SM-78).
    """
    return "\n\n".join([title, *(_plain_block(block, deck, writing_first) for block in blocks)])


def _plain_block(block: Block, deck: Deck, writing_first: bool) -> str:
    if block["type"] == "emergency":
        return f"{block['label']}: {block['display']}"
    if block["type"] != "line":
        return str(block["text"])
    ways = []
    if block["phone"]:
        ways.append(deck.say("label.call", number=block["phone"]["display"]))
    if block["text"]:
        ways.append(deck.say("label.text", number=block["text"]["display"]))
    if block["chat_url"]:
        ways.append(deck.say("label.chat", number=block["chat_url"]))
    if writing_first and block["phone"] and len(ways) > 1:
        ways.append(ways.pop(0))
    note = f"\n{block['note']}" if block["note"] else ""
    return f"{block['name']}: {joined(ways, deck)} ({block['hours_label']}){note}"


def _situation_text(name: str, situation: Situation) -> str:
    request, deck = situation.request, situation.deck
    facts = {"emergency": situation.emergency, "country": situation.name}
    if name == "after_session" and request.on_call_phone:
        return deck.say("situation.after_session.phone", on_call_phone=request.on_call_phone, **facts)
    if name == "abuse" and request.quick_exit:
        return deck.say("situation.abuse.exit")
    if name == "deaf" and situation.country and (number := situation.country.number_for("deaf")):
        return deck.say("situation.deaf.number", number=number.display, **facts)
    key = f"situation.{name}.{request.subject}"
    return deck.say(key if key in deck.entries else f"situation.{name}", **facts)


def _channel(situation: Situation) -> str:
    deck, lines = situation.deck, situation.choice.lines
    text, chat = any(line.shown_text for line in lines), any(line.shown_chat for line in lines)
    if text or chat:
        return deck.say("channel.both" if text and chat else "channel.text" if text else "channel.chat")
    return ""


def _bubbles(texts: Iterable[str]) -> list[str]:
    """Joins texts as long as a bubble stays within its words (SM-48)."""
    bubbles: list[str] = []
    for text in texts:
        if bubbles and len(f"{bubbles[-1]} {text}".split()) <= WORDS_PER_BUBBLE:
            bubbles[-1] = f"{bubbles[-1]} {text}"
        else:
            bubbles.append(text)
    return bubbles
