"""Whatever a person can be shown exists in English and in Spanish, alike in everything but the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.languages import other_languages
from holdfast.content.reading import DATA
from holdfast.content.wording import LANGUAGES, Wording, placeholders
from holdfast.paths import ROOT
from tests.content.conftest import edit

STRINGS = (ROOT / "widget" / "strings.js").read_text(encoding="utf-8")


def raw(name: str) -> dict[str, dict[str, Any]]:
    """A file of both languages, as it stands there."""
    return {
        language: yaml.safe_load((DATA / name / f"{language}.yml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }


def test_these_are_the_languages() -> None:
    assert LANGUAGES == ("en", "es")
    assert not set(LANGUAGES) & set(other_languages())


def test_cards_have_the_same_texts_facts_and_sources() -> None:
    decks = raw("cards")
    en, es = decks["en"]["entries"], decks["es"]["entries"]
    assert list(en) == list(es)
    assert {key: en[key]["source"] for key in en} == {key: es[key]["source"] for key in es}
    assert [key for key in en if placeholders(en[key]["text"]) != placeholders(es[key]["text"])] == []


def test_replies_are_alike_in_everything_but_the_words() -> None:
    replies = raw("replies")
    en, es = ({each["name"]: each for each in replies[language]["replies"]} for language in LANGUAGES)
    assert list(en) == list(es)
    for name in en:
        one, two = en[name], es[name]
        assert set(one) == set(two), name
        assert (one["tags"], one["source"]) == (two["tags"], two["source"]), name
        assert placeholders(one["text"]) == placeholders(two["text"]), name
        assert one["text"].count("\n\n") == two["text"].count("\n\n"), name
        assert [each["payload"] for each in one["buttons"]] == [each["payload"] for each in two["buttons"]], name


def test_a_button_has_one_label_for_what_it_does() -> None:
    """The same payload reads the same wherever it stands, in both languages."""
    labels: dict[tuple[str, str], set[str]] = {}
    for language, replies in Wording.load().replies.items():
        for reply in replies.values():
            for button in reply.buttons:
                labels.setdefault((language, button["payload"]), set()).add(button["label"])
    differing = {key: found for key, found in labels.items() if len(found) > 1}
    assert {payload for _, payload in differing} <= {"/affirm", "/deny"}
    assert {payload for language, payload in labels if language == "en"} == {
        payload for language, payload in labels if language == "es"
    }


@pytest.mark.parametrize("topic", sorted(Wording.load().answers))
def test_answers_are_alike_in_everything_but_the_words(topic: str) -> None:
    words = Wording.load().answers[topic].languages
    assert tuple(words) == LANGUAGES
    one, two = words["en"], words["es"]
    assert one.parts.keys() == two.parts.keys()
    for part in one.parts:
        assert placeholders(one.parts[part]) == placeholders(two.parts[part]), part
        assert one.parts[part].count("%") == two.parts[part].count("%"), part


def texts() -> Iterator[tuple[str, str, str]]:
    """Every text of both languages: where, English, Spanish."""
    wording = Wording.load()
    for key, english in wording.decks["en"].entries.items():
        yield key, english, wording.decks["es"].entries[key]
    for name, reply in wording.replies["en"].items():
        yield name, reply.text, wording.replies["es"][name].text
        for one, two in zip(reply.buttons, wording.replies["es"][name].buttons, strict=True):
            yield f"{name} {one['payload']}", one["label"], two["label"]
    for topic, answer in wording.answers.items():
        for part, english in answer.languages["en"].parts.items():
            yield f"{topic}.{part}", english, answer.languages["es"].parts[part]
    for _, line in Directory.load().lines().values():
        for both in filter(None, (line.audience, line.note, *line.notes_for.values())):
            yield line.id, both["en"], both["es"]
    for key, told in load_clinic(ROOT / "clinic.yml").about.items():
        yield f"about.{key}", told["en"], told["es"]


def test_no_english_text_stands_in_for_a_spanish_one() -> None:
    """A copied text passes every other check. Names of places and of services, and "No", are the same in both."""
    copied = [
        where
        for where, english, spanish in texts()
        if english == spanish and len(re.findall(r"[a-z]{3,}", re.sub(r"\{\w+\}", "", english))) > 1
    ]
    assert copied == []


def test_facts_of_the_clinic_are_told_in_every_language_it_has() -> None:
    clinic = load_clinic(ROOT / "clinic.yml")
    for told in (*clinic.about.values(), clinic.chat.readers, clinic.chat.policy):
        assert set(told) == set(clinic.languages)


def strings(language: str) -> dict[str, str]:
    """The interface's words out of the widget's module."""
    block = re.search(rf"^const {language} = {{\n(.*?)^}};", STRINGS, re.MULTILINE | re.DOTALL)
    assert block is not None
    return dict(re.findall(r"^  (\w+): *\n?(.*?),\n(?=  \w+:|\Z)", block.group(1), re.MULTILINE | re.DOTALL))


def test_the_widget_has_the_same_words_with_the_same_facts() -> None:
    en, es = strings("en"), strings("es")
    assert len(en) > 30
    assert list(en) == list(es)
    assert [key for key in en if placeholders(en[key]) != placeholders(es[key])] == []
    assert [key for key in en if en[key] == es[key] and key != "otherLanguage"] == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("cards/es.yml", "button.more:", "button.mas:"),
        ("replies/es.yml", "{chat_readers}", ""),
        ("replies/es.yml", "payload: /call_what_happens", "payload: /more_lines"),
        ("replies/es.yml", "tags: [after_risk:keep, disclosure]", "tags: [after_risk:keep]"),
        ("answers/ask_hours.yml", "{clinic_hours}", ""),
    ],
)
def test_a_difference_stops_the_start(data: Path, file: str, old: str, new: str) -> None:
    edit(data / file, old, new)
    with pytest.raises(ContentError):
        Wording.load(data)
