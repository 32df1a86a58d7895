"""Whether an answer helped: two discreet buttons under an information answer, counted without a word of the person."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from holdfast.crisis.types import Assessment, Level
from holdfast.door.state import ConversationState

#: What the payloads of the two buttons begin with.
PREFIX = "/feedback "
_PAYLOAD = re.compile(r"/feedback (yes|no) (ask_[a-z_]{1,40})")


@dataclass(frozen=True)
class Rating:
    """What a person said of the answer on a topic."""

    topic: str
    helpful: bool


def payload(rating: Rating) -> str:
    """The button's payload; `read` reverses it."""
    return f"{PREFIX}{'yes' if rating.helpful else 'no'} {rating.topic}"


def read(command: str | None) -> Rating | None:
    """The rating that a tapped button stands for, None for any other button."""
    found = _PAYLOAD.fullmatch(command or "")
    return Rating(found[2], found[1] == "yes") if found else None


def may_ask(
    topic: str | None, tags: Collection[str], state: ConversationState, assessment: Assessment | None, *, carded: bool
) -> bool:
    """Whether to ask if the answer on ``topic`` helped: once a topic, and never near a risk or in a form.

    ``tags`` are those of the replies that go out; ``assessment`` is that of the question, None when nobody assessed it.
    """
    if topic is None or f"topic:{topic}" not in tags or "withheld" in tags or carded:
        return False
    if state.after_risk or state.episode_open or (state.callback is not None and state.callback.status == "asking"):
        return False
    calm = assessment is not None and assessment.level is Level.NONE and not assessment.flags
    return calm and payload(Rating(topic, True)) not in state.issued
