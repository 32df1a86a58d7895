"""A conversation's state, the door's own: risk so far, country, language, takeover. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from holdfast.crisis.types import Context, Level, Subject
from holdfast.door.callback.form import CallBack


@dataclass(frozen=True)
class ConversationState:
    """What the door remembers between turns. Times are seconds since the epoch.

    ``episode`` is the number of the current or next episode, from 1; ``level`` and ``subject`` are of the open one. The
    level never falls by itself; only staff close an episode. ``after_risk`` is G5: set with ``concern`` or above and
    lifted by staff. ``address`` is where a platform that must be pushed to reaches the person. ``waits_since``: since
    when the person waits for words of the member of staff who took over; ``staff_silent``: they have not written for so
    long that the bot helps on; ``takeover_id``: the desk's order that they took over by. ``other_language`` is what the
    person writes when the assistant does not speak it, ``"und"`` for a language without a card; ``language`` stays the
    one it would write. ``wrote_at``: of their last message. ``callback`` is the request for a call as far as it has
    come; ``callback_wanted``: staff have been told of it. ``reached``: the person has told that somebody is with them
    or on the line; ``checked_back``: the one check-back of the episode is done (SM-49), ``asked_back`` which one the
    next message may answer. ``denial``: ``open`` while the next message may plainly deny the one alarm so far,
    ``heard`` once it has (`holdfast.door.denial`). ``body_until``: as long as something that was swallowed or injected
    goes before everything else that is said (`holdfast.door.body`). ``forgotten_before``: events below this number
    were deleted at the person's wish, and none comes back.
    """

    channel: str = "web"
    country: str = "US"
    language: str = "en"
    timezone: str | None = None
    episode: int = 1
    episode_open: bool = False
    level: Level = Level.NONE
    subject: Subject | None = None
    flags: frozenset[str] = frozenset()
    context: Context = field(default_factory=Context)
    after_risk: bool = False
    quiet: bool = False
    staff_name: str | None = None
    takeover_id: str | None = None
    waits_since: float | None = None
    staff_silent: bool = False
    staff_wanted: bool = False
    callback_wanted: bool = False
    callback: CallBack | None = None
    notice: str | None = None
    issued: frozenset[str] = frozenset()
    reached: bool = False
    checked_back: bool = False
    asked_back: str | None = None
    denial: Literal["open", "heard"] | None = None
    drill: bool = False
    disclosed_at: float = 0.0
    wrote_at: float = 0.0
    other_language: str | None = None
    address: Mapping[str, Any] | None = None
    forgotten_before: int = 0
    body_until: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        data = asdict(self)
        data["level"], data["flags"], data["issued"] = self.level.label, sorted(self.flags), sorted(self.issued)
        data["context"] = {
            **data["context"],
            "highest": self.context.highest.label,
            "flags": sorted(self.context.flags),
        }
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ConversationState:
        """Reverses `to_dict`; unknown keys of a newer version are dropped."""
        known = {key: value for key, value in data.items() if key in cls.__dataclass_fields__}
        context = {key: value for key, value in known["context"].items() if key in Context.__dataclass_fields__}
        context.setdefault("question_put", data.get("question_put") is True)  # an earlier version kept it here
        context["highest"], context["flags"] = Level.of(context["highest"]), frozenset(context["flags"])
        known["level"], known["context"] = Level.of(known["level"]), Context(**context)
        known["callback"] = CallBack.from_dict(known["callback"]) if known.get("callback") else None
        known["flags"], known["issued"] = frozenset(known["flags"]), frozenset(known["issued"])
        return cls(**known)
