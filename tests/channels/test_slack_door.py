"""Slack against a real door: in private, once, whatever breaks, for the right country (G1, G3, G6, G7, G8)."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.conformance.slack import SlackDriver
from tests.channels.conformance.stub_rasa import ANSWER, StubRasa
from tests.channels.door_process import DoorProcess
from tests.channels.slack_person import SlackPerson
from tests.helpers import eventually

CRISIS = "I want to kill myself"
CARD = "Thank you for telling me"


@pytest.fixture(scope="module")
def driver() -> Iterator[SlackDriver]:
    driver = SlackDriver()
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def door(driver: SlackDriver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorProcess]:
    rasa = StubRasa()
    process = DoorProcess(tmp_path_factory.mktemp("door"), {"slack": driver.settings()}, driver.environment(), rasa.url)
    process.start()
    driver.start(process.url)
    yield process
    process.stop()
    rasa.close()


@pytest.fixture
def kim(driver: SlackDriver, door: DoorProcess) -> SlackPerson:
    return driver.person()


def in_channel(driver: SlackDriver, channel: str) -> SlackPerson:
    return SlackPerson(driver.url, driver.fake, channel=channel)


def cards(person: SlackPerson) -> list[str]:
    return [text for text in person.heard() if CARD in text or text.startswith("Help in")]


def events(door: DoorProcess, person: SlackPerson) -> list[dict[str, Any]]:
    return door.transcript(person.conversation_id)


def settled(check: Any, quiet_s: float = 1.0) -> Any:
    """The value once it has not changed for a moment; for things that must not happen."""
    value, since = check(), time.monotonic()
    while time.monotonic() - since < quiet_s:
        time.sleep(0.1)
        if (now := check()) != value:
            value, since = now, time.monotonic()
    return value


def test_the_same_event_again_is_answered_once(kim: SlackPerson, door: DoorProcess) -> None:
    assert (kim.write(CRISIS), kim.repeat(), kim.repeat("http_error")) == (200, 200, 200)
    eventually(lambda: cards(kim))
    assert settled(lambda: len(cards(kim))) == 1
    assert door.alarms(kim.conversation_id) == 1


def test_an_edit_into_a_cry_for_help_is_answered_g6(kim: SlackPerson, door: DoorProcess) -> None:
    kim.write("what are the side effects?")
    eventually(lambda: ANSWER in kim.heard())
    assert kim.edit(CRISIS) == 200
    eventually(lambda: cards(kim))
    assert kim.repeat() == 200
    assert settled(lambda: len(cards(kim))) == 1


def test_a_preview_that_slack_adds_to_a_message_is_no_edit(kim: SlackPerson, door: DoorProcess) -> None:
    kim.write(CRISIS)
    eventually(lambda: cards(kim))
    before = len(events(door, kim))
    assert kim.edit(CRISIS, author_edited=False) == 200
    assert settled(lambda: len(events(door, kim))) == before


def test_a_crisis_in_a_mention_is_answered_to_that_person_only(driver: SlackDriver, door: DoorProcess) -> None:
    kim = in_channel(driver, "C-mention")
    assert kim.mention(CRISIS) == 200
    eventually(lambda: cards(kim))
    (whisper,) = eventually(lambda: driver.fake.whispers("C-mention", kim.user))
    assert html.unescape(whisper) == cards(kim)[0]
    assert settled(driver.fake.open_words) == []


def test_the_mention_and_the_message_that_it_is_are_answered_once(driver: SlackDriver, door: DoorProcess) -> None:
    kim = in_channel(driver, "C-both")
    kim.mention(CRISIS)
    event = {**kim.last["event"], "type": "message", "channel_type": "channel"}
    assert kim.event(event) == 200
    eventually(lambda: cards(kim))
    assert settled(lambda: len(cards(kim))) == 1


def test_a_crisis_overheard_in_a_channel_is_answered_to_that_person_only(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = in_channel(driver, "C-overheard")
    assert kim.write("who is coming to lunch?") == 200
    assert settled(kim.heard) == []
    assert events(door, kim) == [], "what was said to others is not kept"
    assert kim.write(CRISIS) == 200
    eventually(lambda: cards(kim))
    eventually(lambda: driver.fake.whispers("C-overheard", kim.user))
    assert settled(driver.fake.open_words) == []


def test_an_edit_in_a_channel_into_a_cry_for_help_is_answered_to_that_person_only(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = in_channel(driver, "C-edit")
    kim.write("who is coming to lunch?")
    assert kim.edit(CRISIS) == 200
    eventually(lambda: cards(kim))
    assert settled(driver.fake.open_words) == []


def test_a_question_in_a_channel_is_answered_in_private_too(driver: SlackDriver, door: DoorProcess) -> None:
    kim = in_channel(driver, "C-question")
    kim.mention("what are the side effects?")
    eventually(lambda: ANSWER in kim.heard())
    eventually(lambda: ANSWER in driver.fake.whispers("C-question", kim.user))
    assert settled(driver.fake.open_words) == []


def test_other_peoples_conversations_stay_theirs_g8(driver: SlackDriver, door: DoorProcess) -> None:
    kim, lee = in_channel(driver, "C-two"), in_channel(driver, "C-two")
    kim.mention(CRISIS)
    eventually(lambda: cards(kim))
    assert kim.conversation_id != lee.conversation_id
    assert settled(lee.heard) == [] and driver.fake.whispers("C-two", lee.user) == []


def test_staff_reach_the_person_in_direct_messages_after_a_crisis_in_a_channel(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = in_channel(driver, "C-staff")
    kim.mention(CRISIS)
    eventually(lambda: cards(kim))
    said = {"text": "Can I call you?", "name": "Sam"}
    path = f"/conversations/{kim.conversation_id}/messages"
    assert door.internal.call("POST", path, said).status_code == 201
    (text,) = eventually(lambda: [text for text in kim.heard() if "Can I call you?" in text])
    assert "Sam" in text
    assert not any("Can I call you?" in text for text in driver.fake.whispers("C-staff", kim.user))
    assert driver.fake.open_words() == []


def test_the_slash_command_brings_the_card_at_once_and_keeps_it_in_direct_messages(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = in_channel(driver, "C-command")
    assert kim.command(CRISIS) == 200
    assert kim.answer.json()["response_type"] == "ephemeral" and CARD in kim.answer.json()["text"]
    eventually(lambda: cards(kim))
    assert kim.command("") == 200
    assert "automated" in kim.answer.json()["text"]
    assert settled(driver.fake.open_words) == []


def test_the_slash_command_in_the_apps_own_direct_messages_shows_the_card_once(
    driver: SlackDriver, kim: SlackPerson, door: DoorProcess
) -> None:
    assert kim.command(CRISIS) == 200 and kim.answer.text == ""
    assert len(cards(kim)) == 1, "it stands there by the time of the answer"
    before = settled(kim.heard)
    assert len([text for text in before if CARD in text]) == 1
    assert kim.command("") == 200 and kim.answer.text == ""
    assert len(settled(kim.heard)) == len(before) + 1


def test_while_slack_takes_posts_slowly_the_slash_command_brings_the_card_in_its_own_answer_g1(
    driver: SlackDriver, kim: SlackPerson, door: DoorProcess
) -> None:
    driver.fake.slow["chat.postMessage"] = 3.0
    try:
        assert kim.command(CRISIS) == 200
        assert CARD in kim.answer.json()["text"] and kim.heard() == []
    finally:
        driver.fake.slow.clear()
    eventually(lambda: cards(kim))


def test_the_slash_command_in_direct_messages_with_somebody_else_is_answered_there_too(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = in_channel(driver, "D-with-a-friend")
    assert kim.command(CRISIS) == 200
    assert CARD in kim.answer.json()["text"]
    eventually(lambda: cards(kim))


def test_a_button_works_where_it_was_sent_and_only_payloads_that_the_server_issued_count(
    driver: SlackDriver, kim: SlackPerson, door: DoorProcess
) -> None:
    kim.write(CRISIS)
    eventually(lambda: cards(kim))
    blocks = next(each["blocks"] for each in driver.fake.sent if each["channel"] == kim.dm)
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    more = next(element for element in elements if element["value"] == "/more_lines")
    assert kim.tap(more["value"], more["action_id"]) == 200
    eventually(lambda: any("Veterans" in text for text in kim.heard()))
    lee = driver.person()
    lee.write("hello")
    eventually(lee.heard)
    assert lee.tap("/country MX") == 200
    settled(lee.heard)
    state = door.internal.call("GET", f"/conversations/{lee.conversation_id}/transcript").json()["state"]
    assert state["country"] == "US"


@pytest.mark.parametrize(
    ("locale", "tz", "country", "words"),
    [
        ("en-US", "America/Toronto", "CA", "Canada"),
        ("en-GB", None, "GB", "United Kingdom"),
        ("es-LA", "America/Mexico_City", "MX", "México"),
        ("es-LA", None, "US", "Estados Unidos"),
        ("xx", "Nowhere/Else", "US", "United States"),
    ],
)
def test_country_and_language_come_from_the_profile_and_the_card_names_the_country(
    driver: SlackDriver, door: DoorProcess, locale: str, tz: str | None, country: str, words: str
) -> None:
    kim = SlackPerson(driver.url, driver.fake, locale=locale, tz=tz)
    kim.write("suicidio" if locale == "es-LA" else "suicide")
    kim.write("quiero morir" if locale == "es-LA" else CRISIS)
    (first, *_) = eventually(lambda: cards(kim) or [text for text in kim.heard() if words in text])
    assert words in first
    assert {event["country"] for event in events(door, kim)} == {country}


def test_a_slow_profile_delays_no_card_and_the_right_one_follows_g1(driver: SlackDriver, door: DoorProcess) -> None:
    kim = SlackPerson(driver.url, driver.fake, tz="Europe/London")
    driver.fake.slow["users.info"] = 2.0
    try:
        assert kim.write(CRISIS) == 200
        (first,) = eventually(lambda: cards(kim))
        assert "United States" in first, "the card waited for the profile"
        eventually(lambda: len(cards(kim)) == 2)
        assert "United Kingdom" in cards(kim)[1]
    finally:
        driver.fake.slow.clear()
    assert door.alarms(kim.conversation_id) == 1
    kim.write(CRISIS)
    assert "United Kingdom" in eventually(lambda: cards(kim)[2:])[0]


def test_what_the_person_says_of_the_country_is_not_undone_by_a_late_profile(
    driver: SlackDriver, door: DoorProcess
) -> None:
    kim = SlackPerson(driver.url, driver.fake, tz="Europe/London")
    driver.fake.slow["users.info"] = 1.5
    try:
        kim.write("I live in the United States and I want to kill myself")
        eventually(lambda: cards(kim))
        assert settled(lambda: len(cards(kim)), 2.5) == 1
    finally:
        driver.fake.slow.clear()
    assert {event["country"] for event in events(door, kim)} == {"US"}


def test_a_profile_that_cannot_be_had_delays_no_card(driver: SlackDriver, door: DoorProcess) -> None:
    kim = driver.person()
    driver.fake.errors["users.info"] = "missing_scope"
    try:
        assert kim.write(CRISIS) == 200
        assert "United States" in eventually(lambda: cards(kim))[0]
    finally:
        driver.fake.errors.clear()


def test_a_throttling_slack_is_not_asked_before_its_time_and_gets_the_card_then(
    driver: SlackDriver, kim: SlackPerson, door: DoorProcess
) -> None:
    kim.write("hello")
    eventually(kim.heard)
    with driver.throttled(2):
        assert kim.write(CRISIS) == 200
        time.sleep(1)
        assert cards(kim) == []
    eventually(lambda: cards(kim))
    assert driver.fake.too_early == 0
    assert settled(lambda: len(cards(kim))) == 1


def test_no_words_of_anybody_are_in_the_log_g7(driver: SlackDriver, kim: SlackPerson, door: DoorProcess) -> None:
    secret = "the blue lighthouse in my chest"
    kim.write(f"{secret} {CRISIS}")
    kim.forge(secret)
    kim.command(secret)
    eventually(lambda: cards(kim))
    assert "lighthouse" not in door.log
    assert "slack_signing_secret" in door.log
