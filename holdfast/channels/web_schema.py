"""The web channel's bodies, as they stand in its OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class SessionRequest(BaseModel):
    """What the page knows of its visitor; all of it optional."""

    model_config = ConfigDict(extra="ignore")
    language: str | None = Field(None, max_length=35, examples=["en"])
    country: str | None = Field(None, pattern="^[A-Z]{2}$", examples=["US"])
    timezone: str | None = Field(None, max_length=64, examples=["America/Denver"])


class MessageRequest(BaseModel):
    """One message. ``id`` is made by the client and makes repeating it harmless."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1, max_length=100, pattern="^[A-Za-z0-9._:-]+$")
    text: str
    language: Literal["en", "es"] | None = Field(
        None,
        description="chosen in the interface since the last message; plain words of another language win over it",
    )


class ButtonModel(BaseModel):
    """A tap target; send ``payload`` as the text of a message."""

    label: str
    payload: str


class EventModel(BaseModel):
    """One message of the conversation."""

    event_id: int
    kind: Literal["card", "reply", "notice", "staff", "echo"]
    text: str
    blocks: list[dict[str, Any]]
    buttons: list[ButtonModel]
    author: Literal["bot", "staff", "user"]
    staff_name: str | None
    in_reply_to: str | None
    language: str
    country: str | None
    at: str


class SessionResponse(BaseModel):
    """A new conversation. ``country`` and ``language`` are what its cards will use until the person says otherwise."""

    token: str
    conversation_id: str
    country: str | None
    language: str
    expires_at: str
    events: list[EventModel]


class MessageResponse(BaseModel):
    """What is answered at once; the rest follows as events."""

    id: str
    duplicate: bool
    events: list[EventModel]


class LinesResponse(BaseModel):
    """The crisis lines of a country."""

    country: str
    language: str
    text: str
    blocks: list[dict[str, Any]]


class ErrorBody(BaseModel):
    """What went wrong; ``lines`` are crisis lines, so that nobody is left without a number."""

    code: str
    message: str
    lines: str


class ErrorResponse(BaseModel):
    """Any answer that is not a success."""

    error: ErrorBody
