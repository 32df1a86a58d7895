"""What the desk takes from `clinic.yml` and the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from functools import lru_cache
from urllib.parse import urlsplit

from desk.alerts.rota import Rota, rota_of
from holdfast.clinic import Clinic, load_clinic
from holdfast.paths import var
from holdfast.secrets import secret

DEFAULT_PORT = 8610
#: When this process began, in seconds since the epoch; read with the settings, before any request.
STARTED = time.time()


@lru_cache(maxsize=1)
def clinic() -> Clinic:
    """The clinic's settings. Raises ClinicError."""
    return load_clinic()


@lru_cache(maxsize=1)
def rota() -> Rota:
    """The on-call rota."""
    return rota_of(clinic())


def port() -> int:
    """Where the desk listens: ``HOLDFAST_DESK_PORT``."""
    return int(os.environ.get("HOLDFAST_DESK_PORT", DEFAULT_PORT))


def host() -> str:
    """The address it listens on: ``HOLDFAST_DESK_HOST``."""
    return os.environ.get("HOLDFAST_DESK_HOST", "127.0.0.1")


def public_url() -> str:
    """The address that staff open: ``HOLDFAST_DESK_URL``, or ``desk.url`` of `clinic.yml`, or the port on loopback."""
    given = os.environ.get("HOLDFAST_DESK_URL") or clinic().desk_url
    return (given or f"http://127.0.0.1:{port()}").rstrip("/")


def allowed_hosts() -> list[str]:
    """Names under which the desk answers."""
    return sorted({"127.0.0.1", "localhost", "[::1]", urlsplit(public_url()).hostname or "localhost"})


def database() -> str:
    """The database: ``HOLDFAST_DESK_DATABASE`` or a SQLite file in the data folder."""
    return os.environ.get("HOLDFAST_DESK_DATABASE") or f"sqlite:///{var() / 'desk.sqlite3'}"


def door_url() -> str:
    """The door's internal interface: ``HOLDFAST_INTERNAL_URL`` or the port on loopback."""
    internal_port = os.environ.get("HOLDFAST_INTERNAL_PORT", "8601")
    return os.environ.get("HOLDFAST_INTERNAL_URL", f"http://127.0.0.1:{internal_port}")


def signing_key() -> str:
    """Django's key, made of the installation's session secret so that there is one secret less to keep."""
    return hmac.new(secret("session"), b"holdfast desk", hashlib.sha512).hexdigest()
