"""Everything that the door says fits Slack's limits, whole, in blocks and as text."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.channels.slack.blocks import BLOCKS, messages, together
from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.crisis.types import Level
from holdfast.door.messages import Button, Outbound
from holdfast.door.plan import CardOrder
from holdfast.door.state import ConversationState
from holdfast.door.texts import Texts
from tests.channels.slack_rules import check_blocks, check_text

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXTS = Texts(load_clinic(), Directory.load(), Wording.load())


def card(country: str, language: str) -> Outbound:
    state = ConversationState(country=country, language=language)
    order = CardOrder("full", Level.EMERGENCY, False, "nobody")
    draft = TEXTS.card(order, state, AT, situations=frozenset())
    return Outbound(1, "card", draft.text, AT, draft.blocks, draft.buttons, country=country, language=language)


def shown(blocks: Any) -> str:
    """What a reader sees of sections: markup away, entities back."""
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return html.unescape(re.sub(r"<(?:[^|>]*\|)?([^>]*)>", r"\1", " ".join(sections)))


def bare(text: str) -> str:
    return re.sub(r"[\s*]", "", text)


@pytest.mark.parametrize("country", ["US", "CA", "MX", "GB", "IN", "ES", "FR"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_card_is_one_message_that_says_for_which_country_it_is(country: str, language: str) -> None:
    event = card(country, language)
    (message,) = messages(event)
    check_text(message.text)
    check_blocks(list(message.blocks))
    assert html.unescape(message.text) == event.text
    assert bare(shown(message.blocks)) == bare(event.text)
    assert TEXTS.country_name(country, language) in message.text


def test_numbers_stand_out_and_can_be_dialed() -> None:
    (message,) = messages(card("US", "en"))
    sections = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert sections[0] == "*Help in the United States*"
    assert "*Emergency number in the United States*: <tel:911|911>" in sections
    assert any(section.startswith("*988 Suicide &amp; Crisis Lifeline*: call 988") for section in sections)
    assert all(block["text"]["verbatim"] for block in message.blocks if block["type"] == "section")


def test_a_message_of_staff_says_who_writes_in_blocks_and_text() -> None:
    event = Outbound(1, "staff", "Call me: <b>now</b>", AT, author="staff", staff_name="Sam")
    (message,) = messages(event, "Sam of the clinic writes:")
    assert message.text == "Sam of the clinic writes:\n\nCall me: &lt;b&gt;now&lt;/b&gt;"
    assert message.blocks[0]["text"]["text"] == "*Sam of the clinic writes:*"


@given(
    st.text(max_size=400).map(lambda text: text * 40),
    st.lists(st.tuples(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=50)), max_size=60),
)
def test_any_text_and_any_buttons_stay_within_the_limits(text: str, buttons: list[tuple[str, str]]) -> None:
    event = Outbound(1, "reply", text, AT, (), tuple(Button(label, "/" + payload) for label, payload in buttons))
    parts = messages(event)
    for part in parts:
        assert len(part.blocks) <= BLOCKS
        if part.text.strip():
            check_text(part.text)
        check_blocks(list(part.blocks))
    assert bare("".join(shown(part.blocks) for part in parts)) == bare(text)
    assert bare(html.unescape("".join(part.text for part in parts))) == bare(text)


def test_a_very_long_text_becomes_several_messages_with_the_buttons_on_the_last() -> None:
    text = "\n\n".join(f"Paragraph {number} & more." for number in range(120))
    parts = messages(Outbound(1, "reply", text, AT, (), (Button("More", "/more_lines"),)))
    assert len(parts) == 3
    for part in parts:
        check_text(part.text)
        check_blocks(list(part.blocks))
    assert ["actions" in {block["type"] for block in part.blocks} for part in parts] == [False, False, True]


@pytest.mark.parametrize("text", ["x" * 9000, "&" * 4000, "word " * 2000, "https://x.org/" + "a" * 9000, "<" * 12_500])
def test_a_paragraph_longer_than_a_section_is_cut_and_stays_whole(text: str) -> None:
    parts = messages(Outbound(1, "reply", text, AT))
    for part in parts:
        check_text(part.text)
        check_blocks(list(part.blocks))
    assert bare("".join(shown(part.blocks) for part in parts)) == bare(text)


def test_several_events_answer_a_command_together_with_action_ids_of_their_own() -> None:
    button = (Button("More", "/more_lines"),)
    both = together([Outbound(1, "reply", "one", AT, (), button), Outbound(2, "reply", "two", AT, (), button)])
    assert both is not None and both.text == "one\n\ntwo"
    check_blocks(list(both.blocks))
    assert together([]) is None
