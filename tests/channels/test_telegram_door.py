"""Telegram from end to end: updates at the webhook of a real door, messages at a strict Bot API."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.channels.conformance.stub_rasa import ANSWER, GREETING, StubRasa
from tests.channels.conformance.telegram import TelegramDriver
from tests.channels.door_process import DoorProcess
from tests.channels.fake_telegram import BOT_ID, BOT_NAME, TOKEN
from tests.channels.telegram_person import HOOK, TelegramPerson
from tests.helpers import eventually

CRISIS = "I want to kill myself"
GROUP = -1001234567890


class Scene:
    """A door, the fake, and people."""

    def __init__(self, driver: TelegramDriver, door: DoorProcess) -> None:
        self.driver, self.door, self.fake = driver, door, driver.fake

    def person(self, **more: Any) -> TelegramPerson:
        return TelegramPerson(self.door.url, self.fake, **more)

    def in_group(self) -> list[dict[str, Any]]:
        return [message for message in self.fake.sent if message["chat_id"] == GROUP]

    def staff(self, person: TelegramPerson, text: str) -> None:
        path = f"/conversations/{person.conversation_id}/messages"
        assert self.door.internal.call("POST", path, {"text": text, "name": "Sam"}).status_code == 201

    def deliveries(self, person: TelegramPerson) -> list[tuple[str, str | None]]:
        return [(event["kind"], event["delivery"]) for event in self.door.transcript(person.conversation_id)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    driver, rasa = TelegramDriver(), StubRasa()
    folder = tmp_path_factory.mktemp("telegram")
    door = DoorProcess(folder, {"telegram": driver.settings()}, driver.environment(), rasa.url)
    door.start()
    yield Scene(driver, door)
    door.stop()
    driver.close()
    rasa.close()


def hears(person: TelegramPerson, words: str, limit_s: float = 20) -> list[str]:
    def texts() -> list[str] | None:
        heard = person.heard()
        return heard if any(words in text for text in heard) else None

    found: list[str] = eventually(texts, limit_s)
    return found


def settled(scene: Scene, person: TelegramPerson) -> bool:
    """Whether something was said to the person, and all of it has gone out or was refused."""
    states = [state for kind, state in scene.deliveries(person) if kind != "echo"]
    return bool(states) and "waiting" not in states


def test_start_help_and_language(scene: Scene) -> None:
    kim = scene.person(language="es-MX")
    assert kim.write("/start") == 200
    hears(kim, "asistente automático")
    assert kim.write("/help") == 200
    texts = hears(kim, "/stop")
    assert any("988" in text for text in texts)
    french = scene.person(language="fr")
    assert french.write("/start") == 200
    hears(french, "automated assistant")


def test_previews_are_off_and_no_markup_is_parsed(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS)
    hears(kim, "988")
    sent = [message for message in scene.fake.sent if message["chat_id"] == kim.id]
    assert all(message["link_preview_options"] == {"is_disabled": True} for message in sent)
    assert not any("parse_mode" in message for message in sent)


def test_a_tapped_button_is_answered_and_stops_waiting(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS)
    hears(kim, "988")
    sent = next(
        message for message in reversed(scene.fake.sent) if "reply_markup" in message and message["chat_id"] == kim.id
    )
    buttons = [button for row in sent["reply_markup"]["inline_keyboard"] for button in row]
    lines = next(button for button in buttons if button["callback_data"] == "/more_lines")
    before = len(kim.heard())
    assert kim.tap(lines["callback_data"]) == 200
    eventually(lambda: len(kim.heard()) > before)
    eventually(lambda: kim.last["callback_query"]["id"] in scene.fake.acknowledged)


def test_a_button_that_was_never_sent_is_no_command_and_no_silence(scene: Scene) -> None:
    kim = scene.person()
    assert kim.tap("/stop_numbers") == 200
    hears(kim, "could not see any words")


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "x"}]},
        {"sticker": {"emoji": "\N{WHITE SMILING FACE}"}},
        {"video": {}},
        {"document": {"file_name": "x.pdf"}},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"contact": {"phone_number": "+1", "first_name": "x"}},
        {"poll": {"question": "x"}},
        {"hologram": {}},
    ],
)
def test_what_cannot_be_read_is_answered_with_a_number(scene: Scene, content: dict[str, Any]) -> None:
    kim = scene.person()
    assert kim.send(**content) == 200
    texts = hears(kim, "only read text")
    assert any("988" in text for text in texts)


def test_a_cry_in_a_caption_is_heard_g6(scene: Scene) -> None:
    kim = scene.person()
    assert kim.send(photo=[{"file_id": "x"}], caption=CRISIS) == 200
    hears(kim, "988")


def test_a_cry_beside_a_command_is_heard_g6(scene: Scene) -> None:
    kim = scene.person()
    assert kim.write(f"/help {CRISIS}") == 200
    assert "Thank you for telling me" in hears(kim, "988")[0]


def test_talk_in_a_group_is_left_alone_and_not_kept_g7(scene: Scene) -> None:
    kim = scene.person(group=GROUP)
    count = len(scene.fake.sent)
    assert kim.write("shall we meet at the lake tomorrow?") == 200
    assert scene.door.transcript(kim.conversation_id) == []
    assert len(scene.fake.sent) == count


def test_a_cry_in_a_group_is_answered_in_private_when_that_is_possible(scene: Scene) -> None:
    kim = scene.person(group=GROUP)
    scene.fake.begun.add(kim.id)
    count = len(scene.in_group())
    assert kim.write(CRISIS) == 200
    hears(kim, "988")
    assert len(scene.in_group()) == count


def test_a_cry_in_a_group_of_somebody_whom_the_bot_may_not_write_to_gets_the_plain_lines_there_g8(scene: Scene) -> None:
    kim = scene.person(group=GROUP)
    count = len(scene.in_group())
    assert kim.write(CRISIS) == 200
    (message,) = eventually(lambda: scene.in_group()[count:])
    assert "988" in message["text"] and f"https://t.me/{BOT_NAME}" in message["text"]
    assert message["reply_parameters"]["message_id"] == kim.last["message"]["message_id"]
    assert "reply_markup" not in message
    for word in ("suicide or", "telling me", "hurt", "kill"):
        assert word not in message["text"], "it must not say what was written"
    scene.staff(kim, "Please call me.")
    eventually(lambda: ("staff", "refused") in scene.deliveries(kim))
    assert not any("Please call me" in message["text"] for message in scene.in_group())


def test_a_question_to_the_bot_in_a_group_is_answered_in_private_when_that_is_possible_g8(scene: Scene) -> None:
    kim = scene.person(group=GROUP)
    scene.fake.begun.add(kim.id)
    count = len(scene.in_group())
    assert kim.write(f"@{BOT_NAME} what are the side effects?") == 200
    hears(kim, ANSWER)
    eventually(lambda: settled(scene, kim))
    assert len(scene.in_group()) == count


def test_a_question_in_a_group_of_somebody_whom_the_bot_may_not_write_to_gets_an_invitation_alone_g8(
    scene: Scene,
) -> None:
    kim, lee = scene.person(group=GROUP), scene.person(group=GROUP)
    to_the_bot = {"message_id": 1, "from": {"id": BOT_ID, "is_bot": True}}
    asked = {
        kim: {"text": f"@{BOT_NAME} what are the side effects?"},
        lee: {"text": "hello", "reply_to_message": to_the_bot},
    }
    for person, content in asked.items():
        count = len(scene.in_group())
        assert person.send(**content) == 200
        eventually(lambda person=person: settled(scene, person))
        (message,) = scene.in_group()[count:]
        assert message["text"].startswith("I am an automated program, and I cannot write to you in private")
        assert f"https://t.me/{BOT_NAME}" in message["text"]
        assert message["reply_parameters"]["message_id"] == person.last["message"]["message_id"]
        assert "reply_markup" not in message, "buttons would say what was asked"
        assert ANSWER not in message["text"] and GREETING not in message["text"]
        assert person.heard() == []


def test_somebody_who_blocked_the_bot_is_asked_no_more_until_writing_again(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS)
    hears(kim, "988")
    scene.fake.blocked.add(kim.id)
    changed = {"chat": kim.chat, "from": kim.user, "date": 1, "new_chat_member": {"status": "kicked"}}
    assert kim.update(my_chat_member=changed) == 200
    calls = len(scene.fake.calls)
    scene.staff(kim, "Are you there?")
    eventually(lambda: ("staff", "refused") in scene.deliveries(kim))
    assert not any(given.get("chat_id") == kim.id for _, given in scene.fake.calls[calls:])
    scene.fake.blocked.discard(kim.id)
    assert kim.write("/start") == 200
    hears(kim, "Are you there?")
    eventually(lambda: ("staff", "sent") in scene.deliveries(kim))


def test_a_block_that_telegram_did_not_tell_of_is_seen_when_sending(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS)
    hears(kim, "988")
    scene.fake.blocked.add(kim.id)
    scene.staff(kim, "Are you there?")
    eventually(lambda: ("staff", "refused") in scene.deliveries(kim))
    (event,) = [each for each in scene.door.transcript(kim.conversation_id) if each["kind"] == "staff"]
    assert "blocked" in event["delivery_problem"]


def test_stop_is_answered_and_holds_until_the_person_writes(scene: Scene) -> None:
    kim = scene.person()
    kim.write("hello")
    hears(kim, GREETING)
    assert kim.write("/stop") == 200
    hears(kim, "until you write again")
    scene.staff(kim, "One more thing.")
    eventually(lambda: ("staff", "refused") in scene.deliveries(kim))
    assert not any("One more thing" in text for text in kim.heard())
    assert kim.write(CRISIS) == 200
    hears(kim, "988")
    hears(kim, "One more thing.")


def test_delete_removes_the_words_for_real_and_says_what_is_kept(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS + " and my secret is heliotrope")
    hears(kim, "988")
    eventually(lambda: "waiting" not in [state for _, state in scene.deliveries(kim)])
    assert kim.write("/delete") == 200
    hears(kim, "I deleted the words")
    assert kim.repeat() == 200
    with sqlite3.connect(scene.door.folder / "holdfast.sqlite3") as database:
        bodies = [body for (body,) in database.execute("SELECT body FROM messages")]
    assert not any("heliotrope" in body for body in bodies)
    assert scene.door.alarms(kim.conversation_id) == 1
    kinds = [event["kind"] for event in scene.door.transcript(kim.conversation_id)]
    assert kinds == ["echo", "reply"], "only the wish itself and its answer are left"
    assert kim.write(CRISIS) == 200
    eventually(lambda: len([text for text in kim.heard() if "988" in text]) >= 3)
    assert scene.door.alarms(kim.conversation_id) == 1, "the episode goes on; it is not a new case"
    assert "heliotrope" not in scene.door.log


def test_a_long_staff_message_comes_in_parts_and_in_order(scene: Scene) -> None:
    kim = scene.person()
    kim.write(CRISIS)
    hears(kim, "988")
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 120 for number in range(12))
    scene.staff(kim, text)
    texts = hears(kim, "Paragraph 11.")
    parts = [part for part in texts if "Paragraph" in part]
    assert len(parts) > 1 and parts[0].startswith("Sam of the clinic writes:")
    assert "".join(parts).index("Paragraph 3.") < "".join(parts).index("Paragraph 9.")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"update_id": 1}', b'{"update_id": 1, "message": {"text": 5}}', b"\xff\xfe"],
)
def test_rubbish_is_never_a_500(scene: Scene, body: bytes) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": HOOK, "Content-Type": "application/json"}
    answer = httpx.post(scene.door.url + "/telegram/webhook", content=body, headers=headers)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "update",
    [
        {"inline_query": {"id": "1"}},
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -9, "type": "channel"}, "text": CRISIS}},
        {"my_chat_member": {"chat": {"id": GROUP, "type": "group"}, "new_chat_member": {"status": "member"}}},
        {"message_reaction": {}},
        {"business_message": {}},
    ],
)
def test_other_updates_are_taken_and_lead_to_nothing(scene: Scene, update: dict[str, Any]) -> None:
    count = len(scene.fake.sent)
    assert scene.person().update(**update) == 200
    assert len(scene.fake.sent) == count


@pytest.mark.parametrize("secret", ["", "guess", HOOK[:-1], HOOK + "x", "\u00e9"])
def test_without_the_secret_token_nothing_is_read(scene: Scene, secret: str) -> None:
    headers = {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
    kim = scene.person()
    body = json.dumps({"update_id": 1, "message": kim.message(text=CRISIS)}).encode()
    answer = httpx.post(scene.door.url + "/telegram/webhook", content=body, headers=headers)
    assert answer.status_code == 401
    assert scene.door.transcript(kim.conversation_id) == []


def test_neither_the_token_nor_a_persons_number_nor_words_stand_in_the_log_g7(scene: Scene) -> None:
    kim = scene.person()
    with scene.fake.being_down():
        kim.write("I want to kill myself with purple elephants")
        eventually(lambda: kim.conversation_id in scene.door.log)
    hears(kim, "988", 60)
    assert TOKEN not in scene.door.log
    assert str(kim.id) not in scene.door.log
    assert "elephants" not in scene.door.log


def test_an_edit_into_distress_is_answered_although_no_card_is_due(scene: Scene) -> None:
    kim = scene.person()
    kim.write("hello")
    hears(kim, GREETING)
    before = len(kim.heard())
    assert kim.edit("I have been so sad and lonely since my divorce, I cry every day") == 200
    eventually(lambda: len(kim.heard()) > before)
    own = [event for event in scene.door.transcript(kim.conversation_id) if event["author"] == "user"]
    assert own[-1]["detection"]["level"] == "distress"
