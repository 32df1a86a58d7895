"""What a crisis card says and shows: each test cites the id in docs/safe-messaging.md that it checks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from holdfast.content.types import Card
from holdfast.content.wording import Wording

Render = Callable[..., Card]


def kinds(card: Card) -> list[str]:
    return [block["type"] for block in card.blocks]


def line_ids(card: Card) -> list[str]:
    return [block["id"] for block in card.blocks if block["type"] == "line"]


def payloads(card: Card) -> list[str]:
    return [button["payload"] for button in card.buttons]


def situations(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_the_american_card_in_full(card: Render) -> None:
    """SM-01, SM-40, SM-41, SM-42, SM-44, SM-46: what a person in the United States sees."""
    shown = card(ask_question=True, notice="recorded")
    assert shown.title == "Help in the United States"
    assert kinds(shown) == ["text", "line", "line", "text", "emergency", "text", "notice", "question"]
    assert shown.blocks[1] == {
        "type": "line",
        "id": "us-988",
        "name": "988 Suicide & Crisis Lifeline",
        "phone": {"display": "988", "tel": "tel:988"},
        "text": {"display": "988", "sms": "sms:988"},
        "chat_url": "https://988lifeline.org/chat/",
        "hours_label": "24 hours a day",
        "note": None,
    }
    assert shown.blocks[4]["display"] == "911" and "United States" in shown.blocks[4]["label"]
    assert "someone you trust" in shown.text and "doctor or therapist" in shown.text
    assert "automated program, not a person and not a clinician" in shown.text
    assert "you can text or chat" in shown.text
    assert payloads(shown) == [
        "/affirm", "/deny", "/call_what_happens", "/grounding", "/talk_to_person", "/other_country", "/more_lines",
    ]  # fmt: skip


#: Country, language, the lines on the card at noon in Denver, the emergency number.
CARDS = [
    ("US", "en", ["us-988", "us-ctl"], "911"),
    ("US", "es", ["us-988-es", "us-ctl"], "911"),
    ("PR", "es", ["pr-988"], "911"),
    ("PR", "en", ["pr-988-en"], "911"),
    ("CA", "en", ["ca-988"], "911"),
    ("GB", "en", ["gb-sam", "gb-111", "gb-shout"], "999"),
    ("IE", "en", ["ie-pieta", "ie-50808"], "112"),
    ("AU", "en", ["au-lifeline", "au-scbs"], "000"),
    ("NZ", "en", ["nz-1737"], "111"),
    ("IN", "en", ["in-telemanas"], "112"),
    ("DE", "en", ["de-ts1"], "112"),
    ("FR", "en", ["fr-3114"], "15"),
    ("ES", "es", ["es-024"], "112"),
    ("MX", "es", ["mx-vida"], "911"),
]


@pytest.mark.parametrize(("country", "language", "lines", "emergency"), CARDS)
def test_the_first_class_countries_show_their_confirmed_open_lines(
    card: Render, country: str, language: str, lines: list[str], emergency: str
) -> None:
    """SM-01: valid in the country and open now."""
    shown = card(country=country, language=language)
    assert line_ids(shown) == lines
    assert [block["display"] for block in shown.blocks if block["type"] == "emergency"] == [emergency]


@pytest.mark.parametrize("name", ["voices", "after_session", "overdose", "injury", "harm_to_others"])
def test_where_danger_is_present_the_emergency_number_comes_before_any_line(card: Render, name: str) -> None:
    """SM-60, SM-64, SM-73, SM-77."""
    shown = kinds(card(situations=situations(name)))
    assert shown.index("emergency") < shown.index("line")


def test_at_emergency_the_card_urges_the_call_a_person_nearby_and_distance(card: Render) -> None:
    """SM-43, SM-33: all three, and no question."""
    shown = card(level="emergency", ask_question=True)
    assert kinds(shown)[:2] == ["text", "emergency"]
    assert "call 911 now" in shown.text
    assert "stay with you" in shown.text and "Put distance" in shown.text
    assert "question" not in kinds(shown) and "/affirm" not in payloads(shown)
    assert "/someone_to_be_with" in payloads(shown)


def test_an_overdose_card_tells_the_few_safe_things_and_shows_the_poison_line_below_the_emergency_number(
    card: Render,
) -> None:
    """SM-60, SM-61, SM-62."""
    shown = card(level="emergency", situations=situations("overdose"))
    for words in [
        "even if you feel all right",
        "Unlock the door",
        "speaker",
        "container",
        "not try to vomit",
        "Do not eat",
    ]:
        assert words in shown.text
    assert line_ids(shown) == ["us-poison", "us-988", "us-ctl"]
    assert kinds(shown).index("emergency") < kinds(shown).index("line")


def test_somebody_elses_overdose_speaks_of_them(card: Render) -> None:
    """SM-61, SM-70."""
    text = card(level="emergency", subject="other", situations=situations("overdose")).text
    assert "Do not make them vomit" in text and "Stay with them" in text
    assert "hurt yourself" not in text


@pytest.mark.parametrize("subject", ["self", "other"])
def test_while_the_body_goes_first_only_the_numbers_for_it_are_shown(card: Render, subject: str) -> None:
    """SM-60: one sentence, the emergency number, the line for poisons; no calming exercise."""
    shown = card(variant="body", level="emergency", subject=subject, situations=situations("overdose"))
    assert kinds(shown) == ["text", "emergency", "line"]
    assert line_ids(shown) == ["us-poison"]
    assert "sleep it off" in shown.blocks[0]["text"]
    assert "/grounding" not in payloads(shown)


def test_the_direct_question_goes_only_to_the_person_at_risk(card: Render) -> None:
    """SM-32: asked once, directly, and one may decline."""
    asked = card(ask_question=True)
    assert "are you thinking about killing yourself? You do not have to answer" in asked.text
    assert "question" not in kinds(card(ask_question=False))
    assert "question" not in kinds(card(ask_question=True, subject="other"))


def test_a_worried_person_gets_the_steps_in_their_order_and_learns_that_the_line_is_for_them_too(card: Render) -> None:
    """SM-70: ask, be there, help keep them safe, help them connect, follow up; no secrecy."""
    text = card(subject="other").text
    places = [
        text.index(words)
        for words in ["Ask them directly", "Be there", "out of reach", "Help them reach", "Check on them"]
    ]
    assert places == sorted(places)
    assert "do not promise to keep it secret" in text
    assert "call for advice about someone else" in text
    assert "advice about someone else" not in card(subject="other", country="AU").text, "not read for that line"


NOTICES = [
    ("recorded", None, "I am passing this to the clinic's team."),
    ("notified", None, "The clinic's team has been alerted."),
    ("claimed", "Sam", "Sam of the clinic is reading this."),
    ("claimed", None, "Someone of the clinic's team is reading this."),
    ("nobody", None, "Nobody at the clinic reads this chat now."),
]


@pytest.mark.parametrize(("notice", "staff_name", "sentence"), NOTICES)
def test_the_notice_says_what_is_true_about_people_and_nothing_else(
    card: Render, wording: Wording, notice: str, staff_name: str | None, sentence: str
) -> None:
    """G4, SM-05."""
    shown = card(notice=notice, staff_name=staff_name)
    texts = [block["text"] for block in shown.blocks if block["type"] == "notice"]
    assert len(texts) == 1 and texts[0].startswith(sentence)
    assert wording.notice(notice, "en", staff_name) == sentence
    others = {words for _, _, words in NOTICES} - {sentence}
    assert not any(words in shown.text for words in others)


def test_with_nobody_there_the_button_does_not_offer_to_talk(card: Render) -> None:
    """SM-92."""
    labels = {button["label"] for button in card(notice="nobody").buttons}
    assert "Leave word for the clinic's team" in labels and "Talk to the clinic's team" not in labels


SPECIAL = [
    ("voices", "Voices that tell you", "SM-77"),
    ("harm_to_others", "away from anything that could cause harm", "SM-73"),
    ("treat_tonight", "not emergency care", "SM-83"),
    ("bereaved", "I am sorry for your loss", "SM-81"),
    ("minor", "an adult who feels safe to you", "SM-74"),
    ("abuse", "You do not have to face that person", "SM-76"),
    ("abuse", "may see this chat", "SM-76"),
    ("deaf", "You do not need to speak", "SM-78"),
    ("intoxicated", "take no more", "SM-63"),
    ("injury", "about the wound", "SM-72"),
    ("after_session", "call the clinic", "SM-64"),
    ("after_session", "Do not drive", "SM-64"),
]


@pytest.mark.parametrize(("name", "words", "rule"), SPECIAL)
def test_a_special_situation_adds_its_words(card: Render, name: str, words: str, rule: str) -> None:
    assert words in card(situations=situations(name)).text, rule
    assert words not in card().text, rule


def test_after_a_session_the_clinics_own_line_is_given_as_a_fact(card: Render) -> None:
    """SM-64."""
    text = card(situations=situations("after_session"), on_call_phone="+1 303 555 0100").text
    assert "call the clinic at +1 303 555 0100" in text


FRONT = [
    ("US", ("veteran",), "us-vcl", "SM-75"),
    ("US", ("abuse",), "us-ndvh", "SM-76"),
    ("US", ("abuse", "minor"), "us-childhelp", "SM-74"),
    ("CA", ("minor",), "ca-khp", "SM-74"),
    ("GB", ("minor",), "gb-papyrus", "SM-74"),
    ("AU", ("minor",), "au-khl", "SM-74"),
    ("ES", ("minor",), "es-anar", "SM-74"),
    ("BG", ("minor",), "bg-116111", "SM-74"),
    ("GB", ("deaf",), "gb-shout", "SM-78"),
]


@pytest.mark.parametrize(("country", "names", "first", "rule"), FRONT)
def test_the_line_that_a_situation_asks_for_comes_first(
    card: Render, country: str, names: tuple[str, ...], first: str, rule: str
) -> None:
    shown = card(country=country, situations=frozenset(names))
    assert line_ids(shown)[0] == first, rule
    assert len(line_ids(shown)) <= 3


def test_lines_for_the_young_are_not_offered_to_adults(card: Render) -> None:
    for country in ("CA", "GB", "AU", "ES", "BG", "AT"):
        assert not {"ca-khp", "gb-papyrus", "au-khl", "es-anar", "bg-116111", "at-147"} & set(
            line_ids(card(country=country))
        )


def test_veterans_read_press_1_and_their_text_number(card: Render) -> None:
    """SM-75."""
    line = next(block for block in card(situations=situations("veteran")).blocks if block["type"] == "line")
    assert line["phone"]["display"] == "988, then press 1" and line["text"]["display"] == "838255"


def test_deaf_people_read_text_and_chat_before_the_phone_and_the_way_in_sign_language(card: Render) -> None:
    """SM-78."""
    shown = card(situations=situations("deaf")).text
    first = next(row for row in shown.splitlines() if row.startswith("988 "))
    assert first.index("text 988") < first.index("call 988") and first.index("chat at") < first.index("call 988")
    assert "ASL Now" in shown and "videophone" in shown
    assert "text 114" in card(country="FR", situations=situations("deaf")).text


def test_harm_to_others_names_the_police_where_they_have_a_number_of_their_own(card: Render) -> None:
    """SM-73."""
    shown = card(country="JP", situations=situations("harm_to_others"))
    numbers = [block["display"] for block in shown.blocks if block["type"] == "emergency"]
    assert numbers == ["110", "119"] and "call 110" in shown.text
