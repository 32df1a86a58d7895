"""Reads an update of the Bot API and says what it is to us. Pure; unknown fields and kinds are never an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

#: The kinds of update that we ask Telegram for.
ALLOWED = ("message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "callback_query")
#: What a message can hold that we cannot read, by the name of its field.
UNREADABLE = (
    "voice", "audio", "photo", "sticker", "video", "video_note", "animation", "document", "location", "venue",
    "contact", "poll", "dice", "game", "story", "paid_media", "checklist", "gift", "invoice",
)  # fmt: skip
#: Fields of messages that Telegram itself makes: somebody joined, a title changed. Nobody said anything.
SERVICE = re.compile(
    r"new_chat_.*|left_chat_member|delete_chat_photo|.*_chat_created|message_auto_delete_timer_changed|migrate_.*"
    r"|pinned_message|forum_topic_.*|general_forum_topic_.*|video_chat_.*|boost_added|chat_background_set|.*_shared"
    r"|write_access_allowed|connected_website|proximity_alert_triggered|giveaway.*|web_app_data|passport_data"
    r"|successful_payment|refunded_payment|chat_owner_.*"
)
COMMANDS = ("start", "help", "stop", "delete")


class _Open(BaseModel):
    """Takes fields that it does not know, and lets an optional one of an unknown shape go: the words still count."""

    model_config = ConfigDict(extra="allow")

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return handler(value)
        except ValidationError:
            field = cls.model_fields[info.field_name or ""]
            if field.is_required():
                raise
            return field.get_default()


class User(_Open):
    """Who sent it."""

    id: int
    is_bot: bool = False
    language_code: str | None = None


class Chat(_Open):
    """Where. A private chat has the person's own id."""

    id: int
    type: str


class Message(_Open):
    """A message; other fields tell what else it holds."""

    message_id: int
    date: int = 0
    chat: Chat
    sender: User | None = Field(None, alias="from")
    sender_chat: Chat | None = None
    text: str | None = None
    caption: str | None = None
    edit_date: int | None = None
    reply_to_message: dict[str, Any] | None = None


class Tapped(_Open):
    """A tapped button."""

    id: str
    sender: User = Field(alias="from")
    message: dict[str, Any] | None = None
    data: str | None = None


class MemberChange(_Open):
    """The bot was added, removed or blocked."""

    chat: Chat
    new_chat_member: dict[str, Any]


class Update(_Open):
    """What Telegram posts."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    my_chat_member: MemberChange | None = None
    callback_query: Tapped | None = None


@dataclass(frozen=True)
class Said:
    """Somebody wrote. ``person`` is None for somebody who writes in a group's own name and cannot be reached.

    ``text`` is None when ``unreadable`` says what it was instead. ``command`` is one of `COMMANDS`, without words.
    """

    key: str
    person: int | None
    writer: int
    chat: int
    private: bool
    text: str | None
    unreadable: str | None = None
    command: str | None = None
    language: str | None = None
    edit: bool = False
    addressed: bool = True


@dataclass(frozen=True)
class Tap:
    """Somebody tapped a button."""

    key: str
    person: int
    private: bool
    callback: str
    data: str
    language: str | None = None


@dataclass(frozen=True)
class Left:
    """A person blocked the bot."""

    person: int


@dataclass(frozen=True)
class Nothing:
    """Nothing that anybody said to us; ``why`` is for the log."""

    why: str


Meaning = Said | Tap | Left | Nothing


def meaning(raw: Any, *, bot_name: str, bot_id: int) -> Meaning:
    """What the update means. Never raises; one that cannot be understood is `Nothing`."""
    try:
        update = Update.model_validate(raw)
    except ValidationError as error:
        return Nothing(f"an update that cannot be read: {error.errors()[0]['loc']}")
    if update.callback_query is not None:
        return _tap(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _member(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        known = sorted((update.model_extra or {}).keys())
        return Nothing(f"an update of kind {', '.join(known) or 'unknown'}")
    return _said(update.update_id, message, edit=update.message is None, bot_name=bot_name, bot_id=bot_id)


def group_of(key: str | None) -> tuple[int, int] | None:
    """Chat and message of a group to which the message with this key belongs; None for a private one."""
    match = re.search(r"@(-?\d+)\.(\d+)", key or "")
    return (int(match[1]), int(match[2])) if match else None


def base_language(code: str | None) -> str | None:
    """The language of a ``language_code`` such as ``es-MX``; its region tells nothing about where somebody is."""
    return code.split("-")[0].lower() if code else None


def _said(update_id: int, message: Message, *, edit: bool, bot_name: str, bot_id: int) -> Meaning:
    sender, private = message.sender, message.chat.type == "private"
    if message.chat.type == "channel":
        return Nothing("a post in a channel")
    if sender is not None and not sender.is_bot:
        person: int | None = sender.id
        writer = sender.id
    elif message.sender_chat is not None and not private:
        person, writer = None, message.sender_chat.id
    else:
        return Nothing("a message of a bot")
    extra = message.model_extra or {}
    text = message.text if message.text is not None else message.caption
    unreadable = None if text else next((name for name in UNREADABLE if name in extra), None)
    if text is None and unreadable is None:
        if any(SERVICE.fullmatch(name) for name in extra):
            return Nothing("a message that Telegram made")
        unreadable = "message"
    said = Said(
        key=f"u{update_id}" + ("" if private else f"@{message.chat.id}.{message.message_id}"),
        person=person,
        writer=writer,
        chat=message.chat.id,
        private=private,
        text=text,
        unreadable=unreadable,
        language=base_language(sender.language_code if sender and person else None),
        edit=edit,
    )
    if edit:
        said = replace(said, key=f"{said.key}:edit:{message.edit_date or 0}")
    return _to_us(said, message, bot_name, bot_id)


def _to_us(said: Said, message: Message, bot_name: str, bot_id: int) -> Said:
    """Whether it is meant for the bot, which command it is, and its words without the bot's name."""
    mention = re.compile(rf"@{re.escape(bot_name)}\b", re.IGNORECASE)
    words = said.text or ""
    command = re.match(r"/([A-Za-z]+)(?:@(\w+))?(?:\s+|$)", words)
    for_other = command is not None and command[2] is not None and command[2].lower() != bot_name.lower()
    ours = command is not None and command[1].lower() in COMMANDS and not for_other
    replied = _dict(_dict(message.reply_to_message).get("from")).get("id") == bot_id
    addressed = said.private or ours or replied or bool(mention.search(words))
    text = said.text
    name = None
    if command is not None and ours:
        rest = words[command.end() :].strip()
        link = command[1].lower() == "start" and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", rest)
        name = command[1].lower() if not said.edit and (not rest or link) else None
        text = text if name else rest or text  # words beside a command are read as words (G6)
    elif text is not None and not said.private:
        text = mention.sub(" ", text).strip()
    return replace(said, text=text, command=name, addressed=addressed)


def _tap(update_id: int, tapped: Tapped) -> Tap:
    chat = _dict(_dict(tapped.message).get("chat"))
    private = chat.get("type", "private") == "private"
    message_id = (tapped.message or {}).get("message_id", 0)
    key = f"u{update_id}" + ("" if private else f"@{chat.get('id')}.{message_id}")
    language = base_language(tapped.sender.language_code)
    return Tap(key, tapped.sender.id, private, tapped.id, tapped.data or "", language)


def _member(change: MemberChange) -> Meaning:
    status = change.new_chat_member.get("status")
    if change.chat.type == "private" and status in ("kicked", "left"):
        return Left(change.chat.id)
    return Nothing(f"the bot is {status} of a {change.chat.type} chat")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
