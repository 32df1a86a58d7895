"""A person who writes another language gets the card in it, or learns which languages the assistant writes (SM-28)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from holdfast.content.language import other_language
from holdfast.content.languages import other_languages
from holdfast.crisis.types import Level
from tests.door.alone import Alone

SAID = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "crisis" / "other_languages.yml").read_text(encoding="utf-8")
)
#: An everyday question in each language.
HARMLESS = {
    "ar": "مرحبا، كم تكلفة العلاج في العيادة؟", "de": "Guten Tag, wie lange dauert eine Sitzung und was kostet das?",
    "fr": "Bonjour, combien coûte une séance et où êtes-vous ?", "hi": "नमस्ते, इलाज का खर्च कितना है?",
    "it": "Buongiorno, quanto dura una seduta e dove siete?", "ja": "こんにちは。治療の費用はいくらですか。",
    "ko": "안녕하세요, 치료 비용이 얼마인가요?", "nl": "Hallo, hoeveel kost het en wat gebeurt er met mij?",
    "pl": "Dzień dobry, ile kosztuje terapia i gdzie jest klinika?",
    "pt": "Olá, quanto custa o tratamento e onde fica?",
    "ru": "Здравствуйте, сколько стоит лечение и где вы?", "tl": "Kumusta po, magkano ang gamutan at saan kayo?",
    "tr": "Merhaba, tedavi ne kadar sürüyor ve ücreti ne?", "uk": "Добрий день, скільки коштує лікування?",
    "vi": "Xin chào, chi phí điều trị là bao nhiêu?", "zh": "你好，治疗要多少钱？",
}  # fmt: skip
CODES = sorted(other_languages())


@pytest.mark.parametrize("code", CODES)
def test_a_risk_gets_the_full_card_in_its_language_with_the_lines_of_the_country(alone: Alone, code: str) -> None:
    """SM-01, SM-28, G1."""
    deck = other_languages()[code].deck
    alone.open(country="US")
    events = alone.say(SAID[code]["risk"][0])
    assert [event.kind for event in events] == ["card"]
    card = events[0]
    assert (card.language, card.country) == (code, "US")
    assert deck.say("lead.self") in card.text
    assert deck.say("safety.self") in card.text
    assert deck.say("automated") in card.text
    assert "988" in card.text
    assert "911" in card.text
    assert deck.say("g4.nobody") in card.text
    assert card.blocks[0] == {"type": "title", "text": f"{deck.say('title')} (United States)"}
    assert {button.payload for button in card.buttons} == {"/talk_to_person", "/other_country", "/more_lines"}
    assert alone.rasa.asked == []
    assert alone.state().after_risk


@pytest.mark.parametrize("code", CODES)
def test_an_overdose_gets_the_emergency_number_first(alone: Alone, code: str) -> None:
    """SM-60, SM-61."""
    deck = other_languages()[code].deck
    alone.open(country="US")
    (card,) = alone.say(SAID[code]["overdose"][0])
    assert alone.state().level is Level.EMERGENCY
    kinds = [block["type"] for block in card.blocks]
    assert kinds.index("emergency") < kinds.index("line")
    assert deck.say("lead.self.emergency", emergency="911") in card.text
    assert deck.say("overdose") in card.text


@pytest.mark.parametrize("code", CODES)
def test_a_message_without_risk_learns_which_languages_are_written(alone: Alone, code: str) -> None:
    """SM-28: in its own language and in English, with the lines; and Rasa, which cannot read it, is not asked."""
    deck = other_languages()[code].deck
    alone.open(country="US")
    (reply,) = alone.say(HARMLESS[code])
    assert (reply.kind, reply.language) == ("reply", code)
    assert deck.say("unsupported") in reply.text
    assert "I can only write in English and Spanish" in reply.text
    assert "988" in reply.text
    assert alone.rasa.asked == []
    assert not alone.state().after_risk


def test_what_was_said_once_is_short_the_second_time(alone: Alone) -> None:
    """SM-34."""
    alone.open(country="US")
    first, again = alone.say(HARMLESS["fr"])[0], alone.say("Et qui êtes-vous pour moi ?")[0]
    lines = [sum(block["type"] == "line" for block in event.blocks) for event in (first, again)]
    assert lines[0] > lines[1] == 1
    alone.say(SAID["fr"]["risk"][0])
    (card,) = alone.say(SAID["fr"]["risk"][1])
    assert sum(block["type"] == "line" for block in card.blocks) == 1


def test_a_language_without_a_card_is_answered_in_english_and_spanish(alone: Alone) -> None:
    alone.open(country="US")
    (reply,) = alone.say("Γεια σας, πόσο κοστίζει η θεραπεία;")
    assert "I can only write in English and Spanish" in reply.text
    assert "inglés" in reply.text
    assert "988" in reply.text


def test_the_language_follows_the_person_back(alone: Alone) -> None:
    alone.open()
    alone.say(HARMLESS["de"])
    assert alone.say("ok")[0].language == "de"
    english = alone.say("sorry, I can write English too, how much does it cost")
    assert [event.text for event in english] == ["Rasa's answer."]
    spanish = alone.say("¿cuánto cuesta el tratamiento?")
    assert (spanish[0].language, alone.state().other_language) == ("es", None)


def test_letters_that_do_not_tell_the_language_follow_the_words_of_risk(alone: Alone) -> None:
    alone.open()
    (card,) = alone.say("marne ka mann karta hai")
    assert card.language == "hi"


def test_an_english_message_with_a_foreign_sentence_in_it_gets_the_english_card(alone: Alone) -> None:
    alone.open()
    card = alone.say("my grandmother only speaks French and she told me je veux mourir and I do not know what to do")[0]
    assert (card.kind, card.language) == ("card", "en")


def test_buttons_of_the_card_answer_in_its_language(alone: Alone) -> None:
    deck = other_languages()["ru"].deck
    alone.open(country="US")
    alone.say(SAID["ru"]["risk"][0])
    (lines,) = alone.say("/more_lines")
    assert lines.language == "ru"
    assert deck.say("label.emergency") in lines.text
    (noted,) = alone.say("/talk_to_person")
    assert deck.say("noted") in noted.text
    assert deck.say("g4.nobody") in noted.text
    assert alone.state().staff_wanted


def test_the_lines_are_those_of_the_country_and_not_of_the_language(alone: Alone) -> None:
    """SM-01."""
    alone.open(country="GB", timezone="Europe/London")
    (card,) = alone.say(SAID["ar"]["risk"][0])
    assert "116 123" in card.text
    assert "999" in card.text


def test_staff_learn_which_language_it_is(alone: Alone) -> None:
    alone.open()
    alone.say(SAID["vi"]["risk"][0])
    (record,) = alone.records()
    assert (record.language, record.level) == ("vi", "crisis")


@pytest.mark.parametrize("code", CODES)
def test_the_disclosure_is_part_of_the_answer_in_that_language(alone: Alone, code: str) -> None:
    """SM-46: not a second one in a language that the person may not read."""
    alone.open()
    alone.now += 4 * 3600
    (reply,) = alone.say(HARMLESS[code])
    assert other_languages()[code].deck.say("unsupported") in reply.text
    alone.now += 60
    assert len(alone.say("how long does a session take")) == 1


@pytest.mark.parametrize("code", CODES)
def test_the_questions_above_are_told_by_their_words(code: str) -> None:
    assert other_language(HARMLESS[code]) == code
    for text in SAID[code]["calm"] + SAID[code]["risk"]:
        assert other_language(text) in {code, "und", None}, text
