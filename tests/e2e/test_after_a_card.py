"""Every path after a crisis card as a conversation through the whole assistant (docs/after-a-card.md)."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack
from tests.helpers import Visitor, words

pytestmark = pytest.mark.e2e
CONVERSATIONS = yaml.safe_load(Path(__file__).with_name("after_a_card.yml").read_text(encoding="utf-8"))[
    "conversations"
]
OWN_KEYS = {"say", "intent", "level", "card", "holds", "lacks", "answers", "replies"}


def variant(replies: list[dict[str, Any]]) -> str:
    """Which card came: ``full``, ``short``, ``link`` or ``none``."""
    cards = [reply for reply in replies if reply["kind"] == "card"]
    if not cards:
        return "none"
    text = cards[0]["text"]
    return (
        "link"
        if "\n" not in text
        else "full"
        if re.search("automated program, not|programa automático, no", text)
        else "short"
    )


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda each: each["name"])
def test_a_conversation_after_a_card(internal: InternalClient, conversation: dict[str, Any]) -> None:
    talk = f"ask_{secrets.token_hex(8)}"
    for turn in conversation["turns"]:
        answer = internal.call("POST", "/ask", {"conversation_id": talk, "text": turn["say"]}).json()
        said = "\n".join(reply["text"] for reply in answer["replies"])
        seen = f"{turn['say']!r}: {answer['level']} {answer['intent']}\n{said}"
        assert turn.keys() <= OWN_KEYS
        assert said, seen
        for key in ("intent", "level"):
            assert turn.get(key, answer[key]) == answer[key], seen
        risky = answer["level"] in ("concern", "crisis", "emergency")  # then the answer stands beside the card
        assert answer["intent"] == turn.get("answers", answer["intent"]) or risky, seen
        assert turn.get("card", variant(answer["replies"])) == variant(answer["replies"]), seen
        assert len(answer["replies"]) == turn.get("replies", len(answer["replies"])), seen
        for part in turn.get("holds", ()):
            assert part in said, f"{part!r} is missing in {seen}"
        for part in turn.get("lacks", ()):
            assert part not in said, f"{part!r} stands in {seen}"


def test_abuse_on_the_website_names_the_button_that_closes_the_chat_sm76(visitor: Visitor) -> None:
    (card,) = visitor.write("my husband hits me and chokes me")
    assert "Leave quickly" in card["text"]


def test_a_button_after_the_check_back_leads_on_sm49(visitor: Visitor) -> None:
    visitor.write("I want to kill myself")
    asked = visitor.ask("thanks")
    assert "I ask just once" in words(asked)
    payload = next(b["payload"] for e in asked for b in e["buttons"] if b["label"] == "Yes, I reached someone")
    assert "you are not alone with this" in words(visitor.ask(payload))


def test_nobody_is_checked_back_on_while_staff_answer_sm49(visitor: Visitor, internal: InternalClient) -> None:
    visitor.write("I want to kill myself")
    internal.call("PUT", f"/conversations/{visitor.conversation_id}/takeover", {"name": "Sam"})
    assert visitor.write("thanks") == []


def test_a_question_about_means_after_a_disclosure_is_a_rise_that_staff_learn_of_sm20(
    stack: Stack, visitor: Visitor, internal: InternalClient
) -> None:
    visitor.write("everyone would be better off without me")
    visitor.write("how many would it take")
    state = internal.call("GET", f"/conversations/{visitor.conversation_id}/transcript").json()["state"]
    assert state["level"] == "crisis"


def test_while_the_body_goes_first_a_tap_still_shows_the_other_lines_sm60(visitor: Visitor) -> None:
    """The emergency number stands first, and what was asked for follows."""
    visitor.write("I took too many of my pills")
    first, lines = visitor.write("/more_lines")
    assert "911" in first["text"] and "sleep it off" in first["text"]
    assert "988" in lines["text"]
