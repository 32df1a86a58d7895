"""Slack down, slow, throttling, refusing: what is tried again, what is left, and what nobody else may see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.slack.api import MENDING_S, SlackApi
from holdfast.channels.slack.people import REST_S, People, Profile, profile_of
from holdfast.channels.slack.sender import SlackPlatform
from holdfast.door.messages import Kind, Outbound
from tests.channels.fake_slack import BOT, TOKEN, FakeSlack

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
U1 = {"user": "U1"}


def event(number: int = 1, text: str = "words", kind: Kind = "card", to: str | None = None) -> Outbound:
    return Outbound(number, kind, text, AT, in_reply_to=to)


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack()
    server.add_person("U1", tz="America/Denver")
    yield server
    server.close()


@pytest.fixture
async def api(fake: FakeSlack) -> AsyncIterator[SlackApi]:
    api = SlackApi(TOKEN, fake.url)
    yield api
    await api.close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
async def platform(api: SlackApi, slept: list[float]) -> AsyncIterator[SlackPlatform]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    platform = SlackPlatform(api, lambda name, language, **facts: f"{facts['staff_name']} writes:", sleep=sleep)
    yield platform
    await platform.close()


async def settled(platform: SlackPlatform) -> None:
    await asyncio.gather(*platform._whispers, return_exceptions=True)


async def test_an_event_goes_to_the_direct_messages_without_previews_of_links(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    await platform.send(U1, event())
    await platform.send(U1, event(2))
    assert [name for name, _ in fake.calls] == ["conversations.open", "chat.postMessage", "chat.postMessage"]
    assert all(each["unfurl_links"] is False and each["unfurl_media"] is False for each in fake.sent)


async def test_a_known_channel_of_direct_messages_needs_no_question(fake: FakeSlack, platform: SlackPlatform) -> None:
    await platform.send({"user": "U1", "dm": "D1"}, event())
    assert [name for name, _ in fake.calls] == ["chat.postMessage"]


async def test_a_channel_of_direct_messages_that_is_gone_is_opened_anew(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    await platform.send({"user": "U1", "dm": "D-old"}, event())
    assert fake.texts("U1") == ["words"]


@pytest.mark.parametrize("seconds", [1, 7, 30])
async def test_429_is_tried_again_after_the_time_that_slack_names(
    fake: FakeSlack, platform: SlackPlatform, seconds: int
) -> None:
    with fake.throttling(seconds), pytest.raises(RetryLater) as caught:
        await platform.send(U1, event())
    assert caught.value.after_s == seconds


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
async def test_a_busy_slack_is_tried_again(fake: FakeSlack, platform: SlackPlatform, error: str) -> None:
    fake.errors["chat.postMessage"] = error
    with pytest.raises(RetryLater):
        await platform.send(U1, event())


async def test_a_slack_that_is_down_or_away_is_tried_again(fake: FakeSlack, platform: SlackPlatform) -> None:
    with fake.being_down(), pytest.raises(RetryLater):
        await platform.send(U1, event())
    nowhere = SlackPlatform(SlackApi(TOKEN, "http://127.0.0.1:9/api"), lambda *_: "")
    with pytest.raises(RetryLater):
        await nowhere.send(U1, event())


@pytest.mark.parametrize(
    "error", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope", "messages_tab_disabled"]
)
async def test_a_broken_installation_loses_nothing_and_the_log_names_the_remedy(
    fake: FakeSlack, platform: SlackPlatform, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    fake.errors["chat.postMessage"] = error
    with pytest.raises(RetryLater) as caught:
        await platform.send(U1, event())
    assert caught.value.after_s == MENDING_S
    assert error in caplog.text and "docs/channels/slack.md" in caplog.text


async def test_a_person_who_left_the_workspace_is_not_tried_again(fake: FakeSlack, platform: SlackPlatform) -> None:
    fake.disabled.add("U1")
    with pytest.raises(Refused) as caught:
        await platform.send(U1, event())
    assert caught.value.whole and caught.value.reason == "user_disabled"


async def test_blocks_that_slack_does_not_take_cost_the_blocks_not_the_words(
    fake: FakeSlack, platform: SlackPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.channels.slack.blocks.LABEL", 500)
    from holdfast.door.messages import Button

    long = Outbound(1, "card", "words", AT, (), (Button("x" * 100, "/more_lines"),))
    await platform.send(U1, long)
    assert fake.refused == [("chat.postMessage", "invalid_blocks")]
    assert fake.texts("U1") == ["words"] and "blocks" not in fake.sent[0]


async def test_a_fault_that_text_alone_does_not_mend_is_a_fault_and_not_a_person_who_cannot_be_reached(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    fake.errors["chat.postMessage"] = "something_new"
    with pytest.raises(RuntimeError, match="something_new"):
        await platform.send(U1, event())


async def test_a_long_event_goes_on_where_it_stopped(fake: FakeSlack, platform: SlackPlatform) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(60))
    taken = fake._take

    def refuse_second(given: dict[str, Any]) -> dict[str, Any]:
        if len(fake.sent) == 1 and not fake.refused:
            from tests.channels.slack_rules import SlackError

            raise SlackError("internal_error")
        return taken(given)

    fake._take = refuse_second  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        await platform.send(U1, event(text=text))
    await platform.send(U1, event(text=text))
    assert len(fake.sent) == 2
    assert "Paragraph 0." in fake.texts("U1")[0] and "Paragraph 59." in fake.texts("U1")[1]


async def test_an_answer_to_a_channel_is_seen_by_the_person_alone_there_and_in_direct_messages(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    fake.channels["C1"] = {BOT, "U1", "U2"}
    await platform.send(U1, event(to="C1/1.1/0.9"))
    await settled(platform)
    assert fake.whispers("C1", "U1") == ["words"] == fake.texts("U1")
    assert fake.open_words() == []
    (whisper,) = [each for each in fake.sent if each["channel"] == "C1"]
    assert whisper["thread_ts"] == "0.9"


async def test_what_is_shown_in_a_channel_is_shown_once_however_often_the_direct_message_is_tried(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    fake.channels["C1"] = {BOT, "U1"}
    fake.errors["chat.postMessage"] = "internal_error"
    for _ in range(3):
        with pytest.raises(RetryLater):
            await platform.send(U1, event(to="C1/1.1/"))
    await settled(platform)
    fake.errors.clear()
    await platform.send(U1, event(to="C1/1.1/"))
    assert fake.whispers("C1", "U1") == ["words"] == fake.texts("U1")


async def test_429_in_a_channel_is_waited_for_and_does_not_hold_up_the_direct_message(
    fake: FakeSlack, platform: SlackPlatform, slept: list[float]
) -> None:
    fake.channels["C1"] = {BOT, "U1"}
    fake.retry_after = 3
    with pytest.raises(RetryLater):
        await platform.send({"user": "U1", "dm": "D1"}, event(to="C1/1.1/"))
    await settled(platform)
    assert slept and set(slept) == {3.0}


@pytest.mark.parametrize("members", [{"U1"}, {BOT}])
async def test_where_slack_shows_nothing_in_the_channel_the_direct_message_is_enough(
    fake: FakeSlack, platform: SlackPlatform, members: set[str]
) -> None:
    fake.channels["C1"] = members
    await platform.send(U1, event(to="C1/1.1/"))
    await settled(platform)
    assert fake.texts("U1") == ["words"] and fake.open_words() == []


async def test_an_answer_in_a_thread_of_direct_messages_is_in_the_thread_and_a_card_beside_it_too(
    fake: FakeSlack, platform: SlackPlatform
) -> None:
    address = {"user": "U1", "dm": "D1"}
    await platform.send(address, event(1, to="D1/1.1/0.9"))
    await platform.send(address, event(2, kind="reply", to="D1/1.1/0.9"))
    await platform.send(address, event(3, kind="staff"))
    assert [(each.get("thread_ts"), each.get("reply_broadcast")) for each in fake.sent] == [
        ("0.9", True),
        ("0.9", False),
        (None, None),
    ]


async def test_a_message_of_staff_says_who_writes(fake: FakeSlack, platform: SlackPlatform) -> None:
    await platform.send(U1, Outbound(1, "staff", "Call me.", AT, author="staff", staff_name="Sam"))
    assert fake.texts("U1") == ["Sam writes:\n\nCall me."]


@pytest.mark.parametrize(
    ("user", "profile"),
    [
        ({"locale": "en-GB", "tz": "Europe/London"}, Profile("en", "GB", "Europe/London")),
        ({"locale": "es-LA", "tz": "America/Bogota"}, Profile("es", None, "America/Bogota")),
        ({"locale": "es-ES"}, Profile("es", "ES", None)),
        ({"tz": "America/Denver"}, Profile(None, None, "America/Denver")),
        ({"locale": "nonsense", "tz": None}, Profile()),
        ({}, Profile()),
    ],
)
def test_a_profile_tells_language_country_and_time_zone(user: dict[str, Any], profile: Profile) -> None:
    assert profile_of(user) == profile


async def test_a_slow_profile_is_not_waited_for_but_kept_when_it_comes(fake: FakeSlack, api: SlackApi) -> None:
    fake.slow["users.info"] = 0.5
    people = People(api)
    assert await people.profile("U1", 0.05) is None
    assert await people.profile("U1", 20) == Profile("en", "US", "America/Denver")
    assert people.known("U1") == Profile("en", "US", "America/Denver")
    assert sum(name == "users.info" for name, _ in fake.calls) == 1


async def test_after_a_failure_nobody_is_asked_about_for_a_while(fake: FakeSlack, api: SlackApi) -> None:
    now = [0.0]
    people = People(api, clock=lambda: now[0])
    with fake.being_down():
        assert await people.profile("U1", 20) is None
    assert await people.profile("U1", 20) is None
    assert fake.calls == []
    now[0] = REST_S
    assert await people.profile("U1", 20) is not None
