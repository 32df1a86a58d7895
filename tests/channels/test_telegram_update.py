"""Each kind of update has its treatment, and none is an error."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.channels.telegram.update import UNREADABLE, Left, Nothing, Said, Tap, group_of, meaning

USER = {"id": 7, "is_bot": False, "first_name": "Kim", "language_code": "es-MX"}
PRIVATE, GROUP = {"id": 7, "type": "private"}, {"id": -100, "type": "supergroup", "title": "Walks"}


def of(update: Any) -> Any:
    return meaning(update, bot_name="clinic_bot", bot_id=99)


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"update_id": 5, "message": {"message_id": 3, "date": 1, "chat": chat, "from": USER, **content}}


def test_a_text_in_private() -> None:
    said = of(message(text="hello"))
    assert said == Said("u5", 7, 7, 7, True, "hello", language="es")


def test_a_caption_is_read_as_text() -> None:
    said = of(message(photo=[{}], caption="what is this?"))
    assert said.text == "what is this?" and said.unreadable is None


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_says_what_it_is(kind: str) -> None:
    said = of(message(**{kind: {}}))
    assert said.text is None and said.unreadable == kind and said.addressed


def test_a_kind_that_telegram_invents_tomorrow_still_gets_an_answer_in_private() -> None:
    assert of(message(hologram={})).unreadable == "message"


@pytest.mark.parametrize(
    "content",
    [
        {"new_chat_members": []},
        {"left_chat_member": {}},
        {"pinned_message": {}},
        {"group_chat_created": True},
        {"migrate_to_chat_id": -1},
        {"video_chat_started": {}},
        {"forum_topic_created": {}},
    ],
)
def test_what_telegram_itself_says_in_a_chat_is_nothing(content: dict[str, Any]) -> None:
    assert isinstance(of(message(GROUP, **content)), Nothing)


def test_an_edit_has_an_id_of_its_own_each_time() -> None:
    edited = {**message(text="x")["message"], "edit_date": 44}
    said = of({"update_id": 6, "edited_message": edited})
    assert said.edit and said.key == "u6:edit:44"


@pytest.mark.parametrize(
    ("text", "command", "words"),
    [
        ("/start", "start", "/start"),
        ("/start group", "start", "/start group"),
        ("/HELP", "help", "/HELP"),
        ("/stop", "stop", "/stop"),
        ("/delete@clinic_bot", "delete", "/delete@clinic_bot"),
        ("/start I want to die", None, "I want to die"),
        ("/help me please", None, "me please"),
        ("/unknown thing", None, "/unknown thing"),
        ("/helpless", None, "/helpless"),
    ],
)
def test_commands_are_commands_only_alone_and_words_beside_them_are_read_g6(
    text: str, command: str | None, words: str
) -> None:
    said = of(message(text=text))
    assert (said.command, said.text) == (command, words)


def test_an_edit_is_never_a_command() -> None:
    edited = {**message(text="/delete")["message"], "edit_date": 44}
    assert of({"update_id": 6, "edited_message": edited}).command is None


@pytest.mark.parametrize(
    ("content", "addressed"),
    [
        ({"text": "good morning all"}, False),
        ({"text": "@clinic_bot what does it cost?"}, True),
        ({"text": "hey @Clinic_Bot"}, True),
        ({"text": "@clinic_bottle is someone else"}, False),
        ({"text": "thanks", "reply_to_message": {"from": {"id": 99}}}, True),
        ({"text": "thanks", "reply_to_message": {"from": {"id": 8}}}, False),
        ({"text": "/help"}, True),
        ({"text": "/help@other_bot"}, False),
        ({"photo": [{}]}, False),
    ],
)
def test_in_a_group_only_what_is_meant_for_the_bot_is_addressed(content: dict[str, Any], addressed: bool) -> None:
    said = of(message(GROUP, **content))
    assert said.addressed is addressed and not said.private
    assert group_of(said.key) == (-100, 3)


def test_the_bots_name_is_no_part_of_the_words() -> None:
    assert of(message(GROUP, text="@clinic_bot what does it cost?")).text == "what does it cost?"


def test_somebody_who_writes_in_the_groups_name_has_no_private_chat() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    said = of(message(GROUP, text="hello", **{"from": anonymous, "sender_chat": GROUP}))
    assert said.person is None and said.writer == -100


def test_other_bots_and_posts_in_channels_are_nothing() -> None:
    assert isinstance(of(message(text="x", **{"from": {"id": 1, "is_bot": True}})), Nothing)
    assert isinstance(of({"update_id": 5, "channel_post": message(text="x")["message"]}), Nothing)
    assert isinstance(of(message({"id": -5, "type": "channel"}, text="x")), Nothing)


def test_a_tap_and_a_block() -> None:
    tapped = {"id": "q", "from": USER, "message": {"message_id": 2, "chat": PRIVATE}, "data": "/affirm"}
    assert of({"update_id": 5, "callback_query": tapped}) == Tap("u5", 7, True, "q", "/affirm", "es")
    kicked = {"chat": PRIVATE, "from": USER, "date": 1, "new_chat_member": {"status": "kicked"}}
    assert of({"update_id": 5, "my_chat_member": kicked}) == Left(7)
    added = {**kicked, "chat": GROUP, "new_chat_member": {"status": "member"}}
    assert isinstance(of({"update_id": 5, "my_chat_member": added}), Nothing)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_anything_at_all_is_no_error(raw: Any) -> None:
    assert isinstance(of(raw), Nothing)


@given(st.sampled_from(["caption", "reply_to_message", "sender_chat", "date", "edit_date", "entities"]), JSON)
def test_a_field_of_an_unknown_shape_loses_no_words_g6(field: str, value: Any) -> None:
    said = of(message(**{"text": "I want to die", field: value}))
    assert isinstance(said, Said) and said.text == "I want to die"
    in_group = of(message(GROUP, text="I want to die", reply_to_message={field: value}))
    assert isinstance(in_group, Said) and in_group.text == "I want to die"


@given(st.sampled_from(["text", "from", "chat"]), JSON)
def test_a_message_without_words_or_writer_is_no_error(field: str, value: Any) -> None:
    assert isinstance(of(message(**{"text": "hello", field: value})), Said | Nothing)


@given(st.sampled_from(["chat", "message_id", "date"]), JSON)
def test_a_tap_on_an_odd_message_is_still_a_tap(field: str, value: Any) -> None:
    for under in (value, {field: value}):
        tapped = {"id": "q", "from": USER, "message": under, "data": "x"}
        assert isinstance(of({"update_id": 5, "callback_query": tapped}), Tap)
