"""What the desk takes from `clinic.yml` and the environment."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import yaml

from desk.alerts.rota import Rota, read_rota
from holdfast.clinic import Clinic, load_clinic
from holdfast.paths import clinic_file, var
from holdfast.secrets import secret

DEFAULT_PORT = 8610


@lru_cache(maxsize=1)
def clinic() -> Clinic:
    """The clinic's settings. Raises ClinicError."""
    return load_clinic()


@lru_cache(maxsize=1)
def _raw() -> Mapping[str, Any]:
    raw = yaml.safe_load(clinic_file().read_text(encoding="utf-8"))
    return raw if isinstance(raw, dict) else {}


@lru_cache(maxsize=1)
def rota() -> tuple[Rota, tuple[str, ...]]:
    """The on-call rota and what is wrong with it."""
    return read_rota(_raw(), clinic())


def port() -> int:
    """Where the desk listens: ``HOLDFAST_DESK_PORT``."""
    return int(os.environ.get("HOLDFAST_DESK_PORT", DEFAULT_PORT))


def host() -> str:
    """The address it listens on: ``HOLDFAST_DESK_HOST``."""
    return os.environ.get("HOLDFAST_DESK_HOST", "127.0.0.1")


def public_url() -> str:
    """The address that staff open: ``HOLDFAST_DESK_URL``, ``desk.public_url`` or ``desk.url`` of `clinic.yml`."""
    section = _raw().get("desk") or {}
    given = os.environ.get("HOLDFAST_DESK_URL") or section.get("public_url") or section.get("url")
    return str(given or f"http://127.0.0.1:{port()}").rstrip("/")


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
