"""Which platforms `clinic.yml` switches on, and what each must offer to be mounted on the public application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from fastapi import APIRouter

from holdfast.channels.delivery import Delivery
from holdfast.channels.platform import Platform
from holdfast.clinic import Clinic, ClinicError
from holdfast.door.messages import Service
from holdfast.paths import clinic_file
from holdfast.secrets import given_secret


class Channel(Protocol):
    """A platform's two directions: what it is pushed through, and the routes at which its events arrive."""

    @property
    def platform(self) -> Platform:
        """The way out."""
        ...

    def router(self, delivery: Delivery) -> APIRouter:
        """The way in. ``delivery`` lets the channel close the line to somebody who has left."""
        ...

    async def close(self) -> None:
        """Closes connections."""
        ...


#: Makes a channel from the clinic's settings, the door, and the session secret. Raises ClinicError; uses no network.
Maker = Callable[[Clinic, Service, bytes], Channel]


def channels_of(clinic: Clinic, service: Service, secret: bytes, makers: Mapping[str, Maker]) -> list[Channel]:
    """The channels that `clinic.yml` names under ``channels``. Raises ClinicError."""
    return [makers[name](clinic, service, secret) for name in clinic.channels if name in makers]


def needed_secret(name: str, channel: str, where: str) -> str:
    """A secret that the platform gave. Raises ClinicError when it is missing; ``where`` says where one gets it."""
    value = given_secret(name)
    if value is None:
        raise ClinicError(
            f"{clinic_file()}: channels.{channel}: the secret {name} is missing. {where} Then put it into the file "
            f"var/secrets/{name} (mode 0600) or the environment variable HOLDFAST_SECRET_{name.upper()}; or remove "
            f"channels.{channel}. docs/channels/{channel}.md leads through it."
        )
    return value
