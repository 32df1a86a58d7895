"""Replies and information answers: what each must hold, what is withheld, how mistakes are explained."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.errors import ContentError
from holdfast.content.facts import facts
from holdfast.content.lint import REPLACED
from holdfast.content.reading import DATA
from holdfast.content.review_texts import review_texts
from holdfast.content.wording import PLACEHOLDERS, Wording, placeholders
from tests.content.conftest import NOW, edit, signed_by

FACTS = {name: f"<{name}>" for name in PLACEHOLDERS}
TOPICS = tuple(sorted(file.stem for file in (DATA / "answers").glob("*.yml")))
NAMES = (
    "greeting", "disclosure", "greet", "thanks", "goodbye", "static", "quiet_line", "distress", "are_you_human",
    "who_reads", "call_police", "talk_to_person", "out_of_scope", "unsure", "fallback", "after_risk_replaced",
    "direct_yes", "direct_no", "direct_unsure", "call_what_happens", "someone_to_be_with", "means_distance",
    "check_back",
    "stop_numbers_ack", "other_country_ask", "country_set", "more_lines", "takeover_started", "takeover_ended",
    "staff_silent", "desk_silent", "spanish_switch", "harm_to_others", "abuse", "voices", "bereaved", "treat_tonight",
    "after_session", "unreadable", "too_long", "empty", "rate_limited", "withheld",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_reply_exists_in_every_language(wording: Wording, name: str, language: str) -> None:
    reply = wording.reply(name, language, **FACTS)
    assert reply.text and "{" not in reply.text
    assert reply.tags[0].startswith("after_risk:")


#: Reply, what its English text must hold, the rule.
REPLIES = [
    ("greeting", ("not a person and not a clinician", "adults", "staff may read", "<crisis_hint>"), "SM-46"),
    ("disclosure", ("not a person and not a clinician", "<crisis_hint>"), "SM-46"),
    ("are_you_human", ("I am an automated program, not a person",), "SM-86"),
    ("who_reads", ("cannot promise", "<chat_readers>", "<duty_now>", "<days> days"), "SM-86"),
    ("call_police", ("do not call the police", "<emergency_calls>", "<duty_now>", "<crisis_hint>"), "SM-86"),
    ("static", ("<lines>",), "SM-02"),
    ("rate_limited", ("<lines>",), "SM-02"),
    ("quiet_line", ("<crisis_hint>",), "SM-26"),
    ("distress", ("<crisis_hint>", "doctor or a therapist", "you trust"), "SM-42"),
    ("talk_to_person", ("<notice>", "<clinic_phone>"), "SM-05"),
    ("call_what_happens", ("does not by itself bring the police", "hang up"), "SM-44"),
    ("direct_no", ("<crisis_hint>", "plan for hard days"), "SM-47"),
    ("direct_yes", ("hard to call or text", "<crisis_hint>"), "SM-44"),
    ("means_distance", ("I do not answer that", "hold on to anything", "medication"), "SM-52"),
    ("stop_numbers_ack", ("only one line", "stays with them", "<crisis_hint>"), "SM-85"),
    ("harm_to_others", ("<emergency>", "<country_name>", "<notice>"), "SM-73"),
    ("abuse", ("do not have to face", "may see this chat", "<lines>"), "SM-76"),
    ("voices", ("doctor", "<emergency>", "<country_name>"), "SM-77"),
    ("bereaved", ("sorry for your loss", "Are you having thoughts of suicide yourself"), "SM-81"),
    ("treat_tonight", ("not emergency care", "<crisis_hint>"), "SM-83"),
    ("after_session", ("chest pain", "bad headache", "<emergency>", "<on_call_phone>", "Do not drive"), "SM-64"),
    ("minor", ("adults", "an adult who feels safe"), "SM-74"),
    ("worse_after_treatment", ("today", "prescriber", "<crisis_hint>"), "SM-82"),
    ("after_risk_replaced", ("safety comes first", "<crisis_hint>"), "SM-03"),
    ("check_back", ("just once",), "SM-49"),
    ("callback_begin", ("no request until you say yes", "staff may read", "cancel"), "SM-93"),
    ("callback_confirm", ("May I pass it on", "<days> days", "take it back", "read it with this chat"), "SM-93"),
    ("callback_done", ("<notice>", "<clinic_hours>", "I cannot say when", "do not call me", "<crisis_hint>"), "SM-92"),
    ("callback_done_phone", ("<notice>", "I cannot say when", "<clinic_phone>", "<crisis_hint>"), "SM-92"),
    ("callback_resume", ("You do not have to",), "SM-93"),
    ("callback_withdrawn", ("deleted", "may have read", "stays here for up to <days> days"), "SM-86"),
]


@pytest.mark.parametrize(("name", "parts", "rule"), REPLIES)
def test_a_reply_says_what_its_rule_asks_for(wording: Wording, name: str, parts: tuple[str, ...], rule: str) -> None:
    text = wording.reply(name, "en", **FACTS).text
    for part in parts:
        assert part in text, rule


def test_what_is_an_emergency_after_a_session_is_the_same_wherever_it_is_said(wording: Wording) -> None:
    """SM-64: card, reply and answer; else the mildest list decides for somebody who reads only that one."""
    signs = (
        "chest pain",
        "trouble breathing",
        "fainting",
        "swollen face",
        "stroke",
        "great confusion",
        "cannot be woken",
    )
    deck = wording.deck("en")
    said = {
        "card": deck.say("situation.after_session", emergency="911"),
        "card with the clinic's number": deck.say("situation.after_session.phone", emergency="911", on_call_phone="1"),
        "reply": wording.reply("after_session", "en", **FACTS).text,
        "answer": wording.answer("ask_feeling_worse", "en", **FACTS).text,
    }
    missing = [(where, sign) for where, text in said.items() for sign in signs if sign not in text.lower()]
    assert not missing


def test_voices_are_neither_argued_with_nor_agreed_to(wording: Wording) -> None:
    """SM-77."""
    text = wording.reply("voices", "en", **FACTS).text.lower()
    assert not re.search(r"not real|real voices|imagin|you should obey|they are right", text)


def test_buttons_of_a_country_question_are_commands_for_countries(wording: Wording) -> None:
    buttons = wording.reply("other_country_ask", "en").buttons
    assert {"label": "Canada", "payload": "/country CA"} in buttons
    assert all(button["payload"].startswith("/country ") for button in buttons)


def test_a_language_that_is_not_there_falls_back_to_english(wording: Wording) -> None:
    assert wording.reply("thanks", "de") == wording.reply("thanks", "en")
    assert wording.answer("ask_session", "de").language == "en"


def test_a_missing_fact_or_an_unknown_name_is_said_plainly(wording: Wording) -> None:
    with pytest.raises(ContentError, match="needs lines"):
        wording.reply("static", "en")
    with pytest.raises(ContentError, match="no such reply"):
        wording.reply("sttatic", "en")
    with pytest.raises(ContentError, match="no such answer"):
        wording.answer("ask_weather", "en")


def test_a_fact_with_braces_is_not_filled_a_second_time(wording: Wording) -> None:
    text = wording.reply("staff_silent", "en", staff_name="{lines}", crisis_hint="x").text
    assert text.startswith("{lines} has not written")


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_answer_is_complete(wording: Wording, topic: str, language: str) -> None:
    answer = wording.answer(topic, language, **FACTS)
    assert answer.title and answer.text and answer.more and answer.sources and answer.version
    assert answer.tags[0] == f"topic:{topic}"
    assert ("after_risk:replace" in answer.tags) == (topic in REPLACED), "G5"


#: The points of the article that the clinic's wish came from, and the balanced words that answer each.
POINTS = [
    ("quality of life, work and relationships", "ask_other_options", "work, love and daily life"),
    ("most people want help", "ask_other_options", "most people who have it want to feel better"),
    ("what works for one may not for another", "ask_other_options", "may not work for another"),
    ("talk to a doctor about it", "ask_candidate", "talk with your doctor is a good start"),
    ("infusions in a clinic under supervision", "ask_session", "given at the clinic, not at home"),
    ("SSRIs come first and take time", "ask_how_fast", "SSRIs are often the first medicine"),
    ("serotonin builds up", "ask_antidepressants", "change serotonin within hours, but take weeks"),
    ("not everyone responds to SSRIs", "ask_how_fast", "do not help everyone"),
    ("no time to wait in severe depression", "ask_how_fast", "waiting for them is hard"),
    ("another class of drug", "ask_how_fast", "another class of drug"),
    ("a difference after the first infusion", "ask_how_fast", "even after the first infusion"),
    ("and its balance", "ask_how_fast", "some never feel a change"),
    ("no pharmacy prescription", "ask_home_use", "infusions are given only at the clinic"),
    ("an infusion takes less than an hour", "ask_duration", "about 40 minutes"),
    ("the amount is regulated", "ask_session", "prescriber sets the amount and the staff watch it"),
    ("very safe", "ask_safety", "No treatment is free of risk"),
    ("dizziness, nausea, blood pressure", "ask_side_effects", "dizziness, sleepiness, nausea"),
    ("staff are there", "ask_side_effects", "staff are there to help"),
    ("depression plays tricks", "ask_suicidal_thoughts", "others would be better off without them"),
    ("suicidal thoughts are never to be overlooked", "ask_suicidal_thoughts", "always deserve help from a person"),
    ("studies on suicidal thoughts", "ask_suicidal_thoughts", "In some studies"),
    ("and their limit", "ask_suicidal_thoughts", "not shown to keep people from suicide"),
]


@pytest.mark.parametrize(("point", "topic", "words"), POINTS)
def test_every_point_of_the_article_is_answered_in_balance(
    wording: Wording, point: str, topic: str, words: str
) -> None:
    answer = wording.answer(topic, "en", **FACTS)
    assert words in f"{answer.text} {answer.more}", point


def test_cost_says_only_what_the_clinic_says(wording: Wording) -> None:
    answer = wording.answer("ask_cost", "en", prices="Ask us.", clinic_phone="+1 303 555 0100")
    assert answer.text.startswith("Ask us. That is all I know about prices.")
    assert not re.search(r"[$€]|\d{2,} dollars", f"{answer.text} {answer.more}")


def test_in_production_an_unsigned_answer_is_withheld_and_says_how_to_ask(tmp_path: Path) -> None:
    wording = Wording.load(signatures=tmp_path / "none.yml")
    for topic in TOPICS:
        answer = wording.answer(topic, "en", production=True, **FACTS)
        assert answer.withheld and "withheld" in answer.tags
        assert answer.text == wording.reply("withheld", "en").text and not answer.more
        assert answer.buttons[0]["payload"] == "/talk_to_person"
        assert ("after_risk:replace" in answer.tags) == (topic in REPLACED)


def test_a_signed_answer_is_shown_in_production_in_the_language_that_was_signed(
    data: Path, tmp_path: Path, directory: Directory, wording: Wording
) -> None:
    read = [text for text in review_texts(directory, wording) if text.key == "answers/ask_session/en"]
    signed = Wording.load(data, signed_by(tmp_path / "signatures.yml", read))
    answer = signed.answer("ask_session", "en", production=True)
    assert not answer.withheld and answer.text.startswith("The infusion is given") and answer.signed_by == "Ana Ruiz"
    assert signed.answer("ask_session", "es", production=True).withheld


def test_an_answer_that_changed_after_its_signature_is_withheld_again(
    data: Path, tmp_path: Path, directory: Directory, wording: Wording
) -> None:
    signed = signed_by(tmp_path / "signatures.yml", review_texts(directory, wording))
    edit(data / "answers" / "ask_session.yml", "The infusion is given", "An infusion is given")
    answer = Wording.load(data, signed).answer("ask_session", "en", production=True)
    assert answer.withheld and answer.signed_by is None
    assert not Wording.load(data, signed).answer("ask_session", "es", production=True).withheld


def test_cards_and_replies_are_never_withheld(data: Path, tmp_path: Path) -> None:
    nobody = Wording.load(data, tmp_path / "none.yml")
    assert nobody.reply("static", "en", lines="988").text and nobody.deck("en").say("lead.neutral")


def test_broken_signatures_count_for_nothing_and_stop_no_start(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "signatures.yml"
    broken.write_text("signatures: [", encoding="utf-8")
    wording = Wording.load(data, broken)
    assert wording.signatures.problem and wording.deck("en").say("lead.neutral")
    assert wording.answer("ask_session", "en", production=True).withheld


BROKEN = [
    ("replies/es.yml", "name: thanks", "name: danke", "thanks: is not in every language"),
    ("replies/en.yml", "{crisis_hint}", "{crisis_link}", "crisis_link in braces"),
    ("replies/es.yml", "/talk_to_person", "/stop_numbers", "buttons or tags differ"),
    ("replies/es.yml", '  updated: "', '  reviewed_by: Dr. Example\n  updated: "', "reviewed_by"),
    ("replies/es.yml", "payload: /ask_what_is", "payload: /restart", "payload"),
    ("replies/en.yml", "[after_risk:keep, disclosure]", "[disclosure]", "tags"),
    ("cards/en.yml", "  button.more:", "  button.mroe:", "button.more"),
    ("cards/es.yml", "llama ahora al {emergency}", "llama ahora", "other placeholders"),
    ("answers/ask_cost.yml", "[clinic_settings, clinic_pages]", "[hearsay]", "hearsay is not in sources.yml"),
    ("answers/ask_cost.yml", "after_risk: replace", "after_risk: maybe", "after_risk"),
    ("answers/ask_cost.yml", "topic: ask_cost", "topic: ask_costs", "named after the topic"),
    ("answers/ask_cost.yml", 'next_review: "2027-11-23"', "next_review: soon", "next_review"),
    ("sources.yml", "status: recalled", "status: heard", "status"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN)
def test_a_mistake_in_a_text_file_is_explained_with_file_and_remedy(
    data: Path, file: str, old: str, new: str, words: str
) -> None:
    edit(data / file, old, new)
    with pytest.raises(ContentError) as caught:
        Wording.load(data)
    assert Path(file).name in str(caught.value) and words in str(caught.value)
    assert caught.value.remedy.endswith(".")


def test_every_text_with_source_keeps_to_known_ids() -> None:
    page = (DATA.parents[2] / "docs" / "safe-messaging.md").read_text(encoding="utf-8")
    for language in ("en", "es"):
        deck = yaml.safe_load((DATA / "cards" / f"{language}.yml").read_text(encoding="utf-8"))
        replies = yaml.safe_load((DATA / "replies" / f"{language}.yml").read_text(encoding="utf-8"))["replies"]
        cited = {key for entry in [*deck["entries"].values(), *replies] for key in entry["source"]}
        assert all(f"| {key} |" in page for key in cited), [key for key in cited if f"| {key} |" not in page]


def test_placeholders_are_read_as_names_in_braces() -> None:
    assert placeholders("call {emergency} in {country}") == {"emergency", "country"}


def test_all_schemas_are_valid_json() -> None:
    for file in DATA.glob("*.schema.json"):
        assert json.loads(file.read_text(encoding="utf-8"))["$schema"]


@pytest.mark.parametrize(
    ("language", "there", "away"),
    [
        ("en", "Talk to the clinic's team", "Leave word for the clinic's team"),
        ("es", "Hablar con el equipo de la clínica", "Dejar aviso al equipo de la clínica"),
    ],
)
def test_no_reply_offers_to_talk_to_people_who_are_not_there_g4(
    directory: Directory, wording: Wording, language: str, there: str, away: str
) -> None:
    """SM-05, SM-92."""
    for notice, label in (("recorded", there), ("nobody", away)):
        known = facts(load_clinic(), None, language, directory, wording, NOW, notice=notice)
        for name in wording.replies[language]:
            reply = wording.reply(name, language, **{**FACTS, **known})
            labels = [b["label"] for b in reply.buttons if b["payload"] == "/talk_to_person"]
            assert labels in ([], [label]), name
