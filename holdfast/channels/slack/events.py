"""What a request of Slack says: whose words, where, and under which name the door knows the message. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.channels.slack.markup import mentions, typed

#: Kinds of messages that carry a person's own words. Joins, topics, deletions and the like do not.
_SPOKEN = frozenset({None, "file_share", "thread_broadcast", "me_message", "ekm_access_denied"})
#: What the buttons of a card are called.
ACTION_PREFIX = "holdfast:"


@dataclass(frozen=True)
class Came:
    """One message of a person. ``user`` is Slack's user id; ``text`` is None when there are no words in it.

    ``message_id`` says where it was written (`origin`). ``dm`` is the channel of the direct messages, if it came there.
    ``at`` is where a command was given, if in direct messages: the app's, or the person's with somebody else.
    """

    user: str
    message_id: str
    text: str | None
    unreadable: str | None = None
    edit: bool = False
    addressed: bool = True
    dm: str | None = None
    command: bool = False
    at: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where a message was written. ``thread`` is the time stamp of the thread's first message."""

    channel: str
    thread: str | None = None

    @property
    def private(self) -> bool:
        """Whether only the person and the assistant write there."""
        return self.channel.startswith("D")


def message_name(channel: str, stamp: str, thread: str | None = None, kind: str = "") -> str:
    """The door's name of a message. A mention comes as two events with the same channel and time stamp: one message."""
    return "/".join((channel, stamp, thread or "", *([kind] if kind else [])))


def origin(message_id: str | None) -> Origin | None:
    """Where the message with this name was written; None for a slash command, which has its own answer."""
    parts = (message_id or "").split("/")
    if len(parts) < 3 or not parts[0]:
        return None
    return Origin(parts[0], parts[2] or None)


def came(body: Mapping[str, Any]) -> Came | None:
    """The person's message in a request's body, None when there is none: other events, bots, our own messages."""
    if body.get("type") == "event_callback":
        return _event(body)
    if body.get("type") == "block_actions":
        return _tap(body)
    return _command(body) if body.get("command") and body.get("user_id") else None


def _event(body: Mapping[str, Any]) -> Came | None:
    event: Mapping[str, Any] = body.get("event") or {}
    if event.get("type") not in ("message", "app_mention"):
        return None
    bots = [each["user_id"] for each in body.get("authorizations") or () if each.get("user_id")]
    channel, edit = event.get("channel"), event.get("subtype") == "message_changed"
    message: Mapping[str, Any] = (event.get("message") or {}) if edit else event
    private = _private(event)
    if not channel or message.get("subtype") not in _SPOKEN or not _person(message, body, bots, private=private):
        return None
    raw = message.get("text") or ""
    if edit and raw == ((event.get("previous_message") or {}).get("text") or ""):
        return None  # Slack only added the preview of a link, or counted a reply
    words = "\n".join(filter(None, (typed(raw, bots), *_forwarded(message, bots))))
    stamp, thread = str(message.get("ts") or event.get("ts")), message.get("thread_ts")
    edited = str((message.get("edited") or {}).get("ts") or event.get("event_ts") or "")
    return Came(
        user=message["user"],
        message_id=message_name(channel, stamp, thread, f"edit:{edited}" if edit else ""),
        text=words or None,
        unreadable=None if words else _unreadable(message),
        edit=edit,
        addressed=private or event["type"] == "app_mention" or mentions(raw, bots),
        dm=channel if private else None,
    )


def _person(message: Mapping[str, Any], body: Mapping[str, Any], bots: Sequence[str], *, private: bool) -> bool:
    """Whether a person wrote it. In direct messages there is nobody else; a program may write there for its owner."""
    user, app = message.get("user"), message.get("app_id")
    if not user or user in bots or (app and app == body.get("api_app_id")):
        return False
    return private or not message.get("bot_id")


def _private(event: Mapping[str, Any]) -> bool:
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def _forwarded(message: Mapping[str, Any], bots: Sequence[str]) -> list[str]:
    """The words of messages that the person passes on."""
    shared = (each for each in message.get("attachments") or () if each.get("is_share"))
    return [typed(each.get("text") or each.get("fallback") or "", bots) for each in shared]


def _unreadable(message: Mapping[str, Any]) -> str | None:
    if message.get("subtype") == "ekm_access_denied":
        return "message"
    files = message.get("files") or ()
    if not files:
        return None
    kind = str(files[0].get("mimetype") or "").split("/")[0]
    if files[0].get("subtype") == "slack_audio":
        kind = "audio"
    return {"audio": "voice", "image": "photo", "video": "video"}.get(kind, "file")


def _tap(body: Mapping[str, Any]) -> Came | None:
    user = (body.get("user") or {}).get("id")
    place: Mapping[str, Any] = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or place.get("channel_id")
    for action in body.get("actions") or ():
        if str(action.get("action_id", "")).startswith(ACTION_PREFIX) and action.get("value") and user and channel:
            thread = place.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
            name = message_name(channel, str(action.get("action_ts") or body.get("trigger_id")), thread, "tap")
            return Came(user, name, action["value"], dm=channel if channel.startswith("D") else None)
    return None


def _command(body: Mapping[str, Any]) -> Came:
    # No time stamp comes with a command; its trigger id is Slack's own name for it.
    words, channel = typed(body.get("text") or ""), str(body.get("channel_id") or "")
    name = f"command/{body.get('trigger_id', '')}"
    return Came(body["user_id"], name, words or None, command=True, at=channel if channel.startswith("D") else None)
