"""Rasa's settings, the training data, the rules and the content agree with each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.content.reading import DATA
from holdfast.content.wording import LANGUAGES, Wording
from holdfast.dialogue.after_card import ASKS_MEANS, UNTRAINED, situations
from holdfast.dialogue.decision import CRISIS_SIDE, LEVEL_INTENTS, SPECIAL
from holdfast.dialogue.request import read_request

ROOT = Path(__file__).resolve().parents[2]
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS: set[str] = set(DOMAIN["intents"])
KEYS = {name: templates[0]["text"] for name, templates in DOMAIN["responses"].items()}
TOPICS = sorted(intent for intent in INTENTS if intent.startswith("ask_"))
#: Set by the guard from the detector's view of the conversation; a message by itself never has them.
WITHOUT_MESSAGES = {
    "direct_yes", "direct_no", "direct_unsure", "two_questions", "more_questions", "unsure_between", "where_from",
    "nothing_more", ASKS_MEANS, *UNTRAINED, *(situation.name for situation in situations()),
}  # fmt: skip


def parts(folder: str, key: str) -> Iterator[dict[str, Any]]:
    for file in sorted((ROOT / "data" / folder).glob("*.yml")):
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))[key]


RULES: dict[str, list[str]] = {}
for rule in parts("rules", "rules"):
    first, *rest = rule["steps"]
    RULES.setdefault(first["intent"], []).extend(step["action"] for step in rest)
TRAINED = {part["intent"] for part in parts("nlu", "nlu")}
FURTHER = {part["intent"] for part in parts("nlu/topics", "nlu")}


def test_every_intent_has_training_messages_and_every_label_is_an_intent() -> None:
    assert TRAINED | WITHOUT_MESSAGES == INTENTS
    assert {*TOPICS, "out_of_scope"} <= FURTHER <= INTENTS - LEVEL_INTENTS - set(SPECIAL)


def test_every_intent_has_a_rule() -> None:
    assert set(RULES) == INTENTS | {"nlu_fallback"}


def test_every_action_of_a_rule_exists() -> None:
    actions = {action for steps in RULES.values() for action in steps}
    assert actions <= set(KEYS) | set(DOMAIN["actions"])
    assert set(KEYS) - actions == {"utter_default"}


@pytest.mark.parametrize("intent", sorted((LEVEL_INTENTS | set(SPECIAL)) & INTENTS))
def test_a_risk_gets_the_card_first_and_then_staff_learn_of_it(intent: str) -> None:
    """SM-01."""
    assert RULES[intent][:2] == ["utter_crisis_card", "utter_escalate"]


def test_all_crisis_side_intents_are_in_the_domain() -> None:
    assert CRISIS_SIDE <= INTENTS


def test_a_yes_to_the_direct_question_gets_card_and_escalation_before_words() -> None:
    assert RULES["direct_yes"] == ["utter_crisis_card", "utter_escalate", "utter_direct_yes", "utter_beside"]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_messages_a_rule_and_an_answer(topic: str) -> None:
    assert topic in TRAINED
    assert RULES[topic] == [f"utter_{topic}"]
    assert KEYS[f"utter_{topic}"] == f"answer/{topic}"
    assert topic in Wording.load().answers


def test_no_answer_is_without_its_topic() -> None:
    assert sorted(Wording.load().answers) == TOPICS


#: How many messages a topic is trained from at least, by language.
FEWEST = {"en": 30, "es": 8}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_trained_from_enough_different_messages(topic: str) -> None:
    for language, fewest in FEWEST.items():
        file = "topics_es.yml" if language == "es" else f"{topic}.yml"
        blocks = yaml.safe_load((ROOT / "data" / "nlu" / file).read_text(encoding="utf-8"))["nlu"]
        lines = [line for block in blocks if block["intent"] == topic for line in block["examples"].splitlines()]
        assert len({line.lower() for line in lines}) >= fewest, language


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_can_be_offered_as_a_button(topic: str) -> None:
    """The payload of a button is a command to the content's schema and to Rasa."""
    schema = json.loads((DATA / "replies.schema.json").read_text(encoding="utf-8"))
    button = schema["properties"]["replies"]["items"]["properties"]["buttons"]["items"]["properties"]["payload"]
    assert re.fullmatch(button["pattern"], f"/{topic}")
    assert read_request({"sender": "a", "text": "", "payload": f"/{topic}"}, INTENTS).command == topic


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_response_names_content_that_exists(name: str) -> None:
    kind, _, key = KEYS[name].partition("/")
    wording = Wording.load()
    known = {
        "reply": all(key in wording.replies[language] for language in LANGUAGES),
        "answer": key in wording.answers,
        "card": key in ("full", "short", "link"),
        "request": key == "escalate",
        "beside": key == "card",
        "country": key == "named_or_ask",
        "language": key in LANGUAGES,
        "asked": key in ("1", "2"),
        "offer": key == "topics",
        "sources": key == "last",
    }
    assert known[kind]


def test_every_intent_of_a_button_in_the_content_is_in_the_domain() -> None:
    wording = Wording.load()
    payloads = {
        button["payload"]
        for replies in wording.replies.values()
        for reply in replies.values()
        for button in reply.buttons
    }
    of_the_door = ("/country ", "/callback ")
    commands = {payload[1:] for payload in payloads if not payload.startswith(of_the_door)}
    assert commands <= INTENTS


def test_no_response_needs_the_action_server() -> None:
    """Actions come last in their rules, so that nothing that is said waits for them."""
    for steps in RULES.values():
        said = [action.startswith("utter_") for action in steps]
        assert said[0] and said == sorted(said, reverse=True)
