"""What the door remembers of a request for a call. Pure data; the details are the person's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Stage = Literal["name", "contact", "time", "confirm", "change"]
Status = Literal["asking", "left", "noted", "withdrawn"]
#: The fields in the order in which they are asked for; ``contact`` comes with ``way``, ``phone`` or ``email``.
FIELDS: tuple[Stage, ...] = ("name", "contact", "time")


@dataclass(frozen=True)
class CallBack:
    """A request for a call. Times are seconds since the epoch.

    ``asking``: the question of ``stage`` is put. ``left``: something more important came, or too much time passed.
    ``noted``: the person has said yes to passing it on, at ``noted_at``. ``withdrawn``: taken back, without details.
    ``misses`` counts answers that could not be read; ``calm`` messages without risk since the form was left;
    ``offered``: going on was offered, ``offer_open`` by the last thing that was said.
    """

    status: Status = "asking"
    stage: Stage = "name"
    name: str = ""
    way: str = ""
    contact: str = ""
    time: str = ""
    episode: int = 1
    asked_at: float = 0.0
    noted_at: float | None = None
    misses: int = 0
    calm: int = 0
    offered: bool = False
    offer_open: bool = False

    @property
    def open_stage(self) -> Stage:
        """The first question without an answer; the check of all of them once there is none."""
        return next((field for field in FIELDS if not getattr(self, field)), "confirm")

    def without(self, field: str) -> CallBack:
        """The form with that field to be asked for again."""
        gone = {"contact": "", "way": ""} if field == "contact" else {field: ""}
        return replace(self, **gone)  # type: ignore[arg-type]

    def for_staff(self) -> dict[str, Any]:
        """What the desk may show: the details only while the person's consent stands."""
        shown = {"status": self.status, "episode": self.episode, "noted_at": self.noted_at}
        if self.status != "noted":
            return shown
        return {**shown, "name": self.name, "way": self.way, "contact": self.contact, "time": self.time}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CallBack:
        """Reverses `to_dict`; unknown keys of a newer version are dropped."""
        return cls(**{key: value for key, value in data.items() if key in cls.__dataclass_fields__})


def left(form: CallBack | None) -> CallBack | None:
    """The form after something more important came in between; one that is not being filled in stays as it is."""
    if form is None or form.status not in ("asking", "left"):
        return form
    return replace(form, status="left", calm=0, offered=False, offer_open=False)


def withdrawn(form: CallBack) -> CallBack:
    """The form taken back: that it was there is kept, so that staff do not call; the details are gone."""
    return CallBack(status="withdrawn", episode=form.episode, noted_at=form.noted_at)


def erased(form: CallBack | None) -> CallBack | None:
    """The form after the person had their words deleted."""
    return withdrawn(form) if form is not None and form.noted_at is not None else None
