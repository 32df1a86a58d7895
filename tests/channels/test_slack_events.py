"""Which of Slack's requests are a person's message, whose, in which words, and under which name."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.channels.slack.events import Came, Origin, came, origin
from holdfast.channels.slack.markup import bold, escape, linked, typed

BOT = "U0BOT"


def envelope(**event: Any) -> dict[str, Any]:
    base = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.1", "text": "hello"}
    kept = {name: value for name, value in {**base, **event}.items() if value is not None}
    authorizations = [{"user_id": BOT, "team_id": "T1", "is_bot": True}]
    return {"type": "event_callback", "api_app_id": "A1", "authorizations": authorizations, "event": kept}


def changed(text: str, before: str, **inner: Any) -> dict[str, Any]:
    message = {"type": "message", "user": "U1", "text": text, "ts": "1.1", "edited": {"user": "U1", "ts": "2.2"}}
    return envelope(
        subtype="message_changed", user=None, text=None, message={**message, **inner}, previous_message={"text": before}
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (envelope(), Came("U1", "D1/1.1/", "hello", dm="D1")),
        (envelope(channel_type=None), Came("U1", "D1/1.1/", "hello", dm="D1")),
        (envelope(thread_ts="0.9"), Came("U1", "D1/1.1/0.9", "hello", dm="D1")),
        (envelope(subtype="thread_broadcast", thread_ts="0.9"), Came("U1", "D1/1.1/0.9", "hello", dm="D1")),
        (envelope(subtype="me_message"), Came("U1", "D1/1.1/", "hello", dm="D1")),
        (envelope(bot_id="B9", app_id="A9"), Came("U1", "D1/1.1/", "hello", dm="D1")),  # an app that writes for U1
        (envelope(channel="C1", channel_type="channel"), Came("U1", "C1/1.1/", "hello", addressed=False)),
        (envelope(channel="C1", channel_type="channel", text=f"<@{BOT}> hi"), Came("U1", "C1/1.1/", "hi")),
        (
            envelope(type="app_mention", channel="C1", channel_type=None, text=f"<@{BOT}|h> hi"),
            Came("U1", "C1/1.1/", "hi"),
        ),
        (
            envelope(subtype="file_share", text="", files=[{"mimetype": "audio/mp4", "subtype": "slack_audio"}]),
            Came("U1", "D1/1.1/", None, unreadable="voice", dm="D1"),
        ),
        (
            envelope(subtype="file_share", text="", files=[{"mimetype": "image/png"}]),
            Came("U1", "D1/1.1/", None, unreadable="photo", dm="D1"),
        ),
        (
            envelope(subtype="file_share", text="look", files=[{"mimetype": "image/png"}]),
            Came("U1", "D1/1.1/", "look", dm="D1"),
        ),
        (envelope(text=""), Came("U1", "D1/1.1/", None, dm="D1")),
        (
            envelope(text="", attachments=[{"is_share": True, "text": "I want to die"}, {"text": "a preview"}]),
            Came("U1", "D1/1.1/", "I want to die", dm="D1"),
        ),
        (changed("new", "old"), Came("U1", "D1/1.1//edit:2.2", "new", edit=True, dm="D1")),
    ],
)
def test_what_a_person_wrote_is_a_message(body: dict[str, Any], expected: Came) -> None:
    assert came(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        envelope(user=BOT),
        envelope(bot_id="B1", app_id="A1"),
        envelope(subtype="bot_message", user=None, bot_id="B9"),
        envelope(channel="C1", channel_type="channel", bot_id="B9"),
        envelope(subtype="channel_join"),
        envelope(subtype="channel_topic"),
        envelope(subtype="message_deleted", user=None),
        envelope(subtype="message_replied"),
        envelope(subtype="a_kind_of_tomorrow"),
        changed("same", "same"),
        changed("card", "older card", user=BOT),
        changed("gone", "before", subtype="tombstone"),
        envelope(type="reaction_added"),
        {"type": "app_rate_limited"},
        {"type": "view_submission", "user": {"id": "U1"}},
        {"type": "block_actions", "user": {"id": "U1"}, "channel": {"id": "D1"}, "actions": []},
        {},
    ],
)
def test_everything_else_is_none(body: dict[str, Any]) -> None:
    assert came(body) is None


def tap(**action: str) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "channel": {"id": "D1"},
        "container": {"thread_ts": "0.9"},
        "actions": [{"action_id": "holdfast:1:0", "action_ts": "3.3", **action}],
    }


def test_a_tap_is_a_message_with_the_buttons_payload() -> None:
    assert came(tap(value="/affirm")) == Came("U1", "D1/3.3/0.9/tap", "/affirm", dm="D1")
    assert came(tap(value="/affirm", action_id="someone:else")) is None
    assert came(tap(url="https://example.org")) is None


def test_a_slash_command_is_a_message_and_without_words_a_greeting() -> None:
    body = {"command": "/holdfast", "user_id": "U1", "trigger_id": "7.8", "channel_id": "C1", "text": "I &lt;3 it"}
    assert came(body) == Came("U1", "command/7.8", "I <3 it", command=True)
    assert came({**body, "text": " "}) == Came("U1", "command/7.8", None, command=True)
    assert came({**body, "channel_id": "D1"}) == Came("U1", "command/7.8", "I <3 it", command=True, at="D1")


def test_a_messages_name_says_where_it_was_written() -> None:
    assert origin("C1/1.1/") == Origin("C1")
    assert origin("D1/1.1/0.9/tap") == Origin("D1", "0.9")
    assert origin("D1/1.1//edit:2.2") == Origin("D1")
    assert (Origin("D1").private, Origin("C1").private) == (True, False)
    assert origin("command/7.8") is None
    assert origin(None) is None


def test_a_mention_and_the_message_that_it_is_have_one_name() -> None:
    seen = envelope(channel="C1", channel_type="channel", text=f"<@{BOT}> hi")
    called = envelope(type="app_mention", channel="C1", channel_type=None, text=f"<@{BOT}> hi")
    assert came(seen) == came(called)


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
        ("&amp;lt;", "&lt;"),
        (f"<@{BOT}> I want to die", "I want to die"),
        ("my friend <@U2> wants to die", "my friend @someone wants to die"),
        ("<@U2|kim> in <#C1|walks>", "@kim in #walks"),
        ("<!channel> <!subteam^S1|@nurses> <!date^1^x|today>", "@channel @nurses today"),
        ("<https://example.org/a|example.org/a> <https://example.org>", "example.org/a https://example.org"),
        ("<https://example.org|read this>", "read this https://example.org"),
        ("<mailto:a@b.org|a@b.org>", "a@b.org"),
        (":pill: and :knife: :wave::skin-tone-3:", "💊 and 🔪 👋"),
        ("at 10:30:00 sharp", "at 10:30:00 sharp"),
    ],
)
def test_markup_is_read_as_typed(wire: str, words: str) -> None:
    assert typed(wire, [BOT]) == words


def test_our_words_are_escaped_and_addresses_become_links() -> None:
    assert escape("a < b & c > d <!channel>") == "a &lt; b &amp; c &gt; d &lt;!channel&gt;"
    assert linked("see https://x.org/a?b=1&c=2. Or <x>") == "see <https://x.org/a?b=1&amp;c=2>. Or &lt;x&gt;"
    assert (bold("A & B"), bold("2*3"), bold("")) == ("*A &amp; B*", "2*3", "")
