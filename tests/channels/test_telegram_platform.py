"""What goes out to Telegram for one event: who gets it, what is said in a group, what happens half way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.telegram.api import BotApi
from holdfast.channels.telegram.platform import TelegramPlatform
from holdfast.door.messages import Button, Outbound
from tests.channels.fake_telegram import BOT_NAME, TOKEN, FakeTelegram

GROUP, KIM = -100, 7
IN_GROUP = f"u1@{GROUP}.33"


class Words:
    """The part of the door that the platform uses."""

    def phrase(self, name: str, language: str, **facts: str) -> str:
        return f"<{name} {language} {facts.get('staff_name', '')}>"

    def lines(self, country: str | None, language: str) -> Mapping[str, Any]:
        return {"text": "plain lines"}


@pytest.fixture
async def scene() -> AsyncIterator[tuple[FakeTelegram, TelegramPlatform]]:
    fake = FakeTelegram(groups={GROUP})
    api = BotApi(TOKEN, fake.url)
    yield fake, TelegramPlatform(api, Words(), BOT_NAME)  # type: ignore[arg-type]
    await api.close()
    fake.close()


def event(kind: str, text: str = "words", *, reply_to: str | None = None, author: str = "bot", number: int = 1) -> Any:
    buttons = (Button("Yes", "/affirm"),)
    name = "Sam" if author == "staff" else None
    return Outbound(number, kind, text, datetime.now(UTC), (), buttons, author, name, reply_to)  # type: ignore[arg-type]


async def test_staff_never_write_into_a_group_even_in_reply_to_something_there_g8(scene: Any) -> None:
    fake, platform = scene
    with pytest.raises(Refused):
        await platform.send({"user": KIM}, event("staff", author="staff", reply_to=IN_GROUP))
    with pytest.raises(Refused):
        await platform.send({"user": None}, event("staff", author="staff", reply_to=IN_GROUP))
    assert fake.sent == []


async def test_what_follows_a_card_in_a_group_is_not_for_others_to_read_g8(scene: Any) -> None:
    fake, platform = scene
    await platform.send({"user": KIM}, event("card", "you wrote of suicide", reply_to=IN_GROUP))
    with pytest.raises(Refused) as refusal:
        await platform.send({"user": KIM}, event("reply", "you wrote of suicide", reply_to=IN_GROUP, number=2))
    assert refusal.value.whole is False
    (message,) = fake.sent
    assert message["text"].startswith("plain lines") and "suicide" not in message["text"]


async def test_an_answer_in_a_group_is_an_invitation_once_and_a_card_still_comes_after_it(scene: Any) -> None:
    fake, platform = scene
    await platform.send({"user": KIM}, event("reply", "you told me about your husband", reply_to=IN_GROUP))
    with pytest.raises(Refused) as refusal:
        await platform.send({"user": KIM}, event("reply", "and more of it", reply_to=IN_GROUP, number=2))
    assert refusal.value.whole is False
    await platform.send({"user": KIM}, event("card", "you wrote of suicide", reply_to=IN_GROUP, number=3))
    invitation, card = (message["text"] for message in fake.sent)
    assert invitation.startswith("<group_private") and "husband" not in invitation and BOT_NAME in invitation
    assert card.startswith("plain lines") and "suicide" not in card


async def test_after_a_failure_half_way_the_rest_follows_and_nothing_comes_twice(scene: Any) -> None:
    fake, platform = scene
    fake.begun.add(KIM)
    long = event("reply", "\n\n".join(f"Paragraph {number} " + "x" * 1500 for number in range(6)))
    calls = 0
    really = platform._one

    async def failing(message: dict[str, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RetryLater("down")
        await really(message)

    platform._one = failing
    with pytest.raises(RetryLater):
        await platform.send({"user": KIM}, long)
    assert len(fake.sent) == 1
    await platform.send({"user": KIM}, long)
    whole = "\n\n".join(message["text"] for message in fake.sent)
    assert [whole.count(f"Paragraph {number} ") for number in range(6)] == [1] * 6
    assert ["reply_markup" in message for message in fake.sent] == [False] * (len(fake.sent) - 1) + [True]


async def test_a_card_goes_out_without_its_buttons_when_telegram_does_not_like_them(scene: Any) -> None:
    fake, platform = scene
    fake.begun.add(KIM)
    odd = Outbound(1, "card", "call 988", datetime.now(UTC), (), (Button("", "/affirm"),))
    await platform.send({"user": KIM}, odd)
    (message,) = fake.sent
    assert message["text"] == "call 988" and "reply_markup" not in message
