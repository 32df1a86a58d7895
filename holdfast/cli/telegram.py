"""`holdfast telegram register URL | status | remove`: tells Telegram where to send updates, and shows what it says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.telegram.api import DEFAULT_API, request_of, result_of
from holdfast.channels.telegram.channel import PATH, bot_token
from holdfast.channels.telegram.update import ALLOWED
from holdfast.clinic import Clinic, ClinicError, load_clinic
from holdfast.paths import clinic_file
from holdfast.secrets import secret

_REGISTER = "Run: python -m holdfast telegram register https://YOUR-ADDRESS"
_COMMANDS = {
    "en": {
        "start": "Begin",
        "help": "Help and crisis lines",
        "stop": "Stop writing to me",
        "delete": "Delete my words",
    },
    "es": {
        "start": "Empezar",
        "help": "Ayuda y líneas de crisis",
        "stop": "Dejar de escribirme",
        "delete": "Borrar mis palabras",
    },
}


def telegram(action: str, url: str | None) -> int:
    """Carries out one action. Returns 0, or 1 when Telegram refuses or cannot be reached. Raises ClinicError."""
    clinic = load_clinic()
    settings = clinic.channels.get("telegram")
    if settings is None:
        raise ClinicError(
            f"{clinic_file()}: channels.telegram: not configured. Add the key bot; see docs/channels/telegram.md."
        )
    bot = _Bot(str(settings.get("api", DEFAULT_API)), bot_token())
    try:
        if action == "register":
            return _register(bot, str(settings["bot"]), url or "")
        return _remove(bot) if action == "remove" else _status(bot, str(settings["bot"]))
    except Refused as problem:
        print(f"Telegram refused it: {problem.reason}", file=sys.stderr)
    except RetryLater as problem:
        hint = "Correct the secret telegram_token." if problem.reason == "wrong token" else "Try again later."
        print(f"Telegram did not answer: {problem.reason}. {hint}", file=sys.stderr)
    return 1


def telegram_findings(clinic: Clinic) -> Iterator[tuple[Literal["ok", "warn", "fail"], str]]:
    """What `doctor` says of Telegram: grades and sentences. Uses the network."""
    settings = clinic.channels["telegram"]
    try:
        bot = _Bot(str(settings.get("api", DEFAULT_API)), bot_token())
        found, info = str(bot.call("getMe").get("username", "")), bot.call("getWebhookInfo")
    except ClinicError as problem:
        yield "fail", str(problem)
        return
    except (RetryLater, Refused) as problem:
        grade: Literal["warn", "fail"] = "fail" if problem.reason == "wrong token" else "warn"
        yield grade, f"Telegram cannot be asked ({problem.reason}); cards wait until it can be reached"
        return
    right = found.lower() == str(settings["bot"]).lower()
    yield ("ok" if right else "fail"), f"the token is of @{found}" + ("" if right else f". Write bot: {found}")
    hook = str(info.get("url") or "")
    yield ("ok", f"updates go to {hook}") if hook.endswith(PATH) else ("fail", "no webhook leads here. " + _REGISTER)
    if info.get("last_error_message"):
        yield "warn", f"Telegram's last complaint: {info['last_error_message']}"


class _Bot:
    def __init__(self, api: str, token: str) -> None:
        self._api, self._token = api, token

    def call(self, method: str, **parameters: Any) -> Any:
        try:
            answer = httpx.post(request_of(self._api, self._token, method), json=parameters, timeout=20)
        except httpx.HTTPError as error:
            raise RetryLater(type(error).__name__) from None
        return result_of(answer)


def _register(bot: _Bot, name: str, url: str) -> int:
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname:
        print(f"{url!r} will not do: Telegram needs the public https address of the door.", file=sys.stderr)
        return 1
    if not _is_named(bot, name):
        return 1
    hook = url.rstrip("/") + ("" if address.path.endswith(PATH) else PATH)
    given = secret("telegram_webhook").decode()
    bot.call("setWebhook", url=hook, secret_token=given, allowed_updates=list(ALLOWED), max_connections=20)
    for language, commands in _COMMANDS.items():
        listed = [{"command": command, "description": text} for command, text in commands.items()]
        bot.call("setMyCommands", commands=listed, **({} if language == "en" else {"language_code": language}))
    print(f"Telegram now sends updates of @{name} to {hook}")
    return 0


def _remove(bot: _Bot) -> int:
    bot.call("deleteWebhook")
    print("Telegram sends no more updates.")
    return 0


def _status(bot: _Bot, name: str) -> int:
    named = _is_named(bot, name)
    info = bot.call("getWebhookInfo")
    if not info.get("url"):
        print(f"No webhook is registered. {_REGISTER}")
        return 1
    print(f"Bot: @{name}\nWebhook: {info['url']}\nUpdates that wait: {info.get('pending_update_count', 0)}")
    if info.get("last_error_message"):
        at = datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC).isoformat(timespec="minutes")
        print(f"Last failure: {at} {info['last_error_message']}")
    missing = sorted(set(ALLOWED) - set(info.get("allowed_updates") or ALLOWED))
    if missing:
        print(f"Not sent: {json.dumps(missing)}. Register again.")
    return 0 if named and not missing else 1


def _is_named(bot: _Bot, name: str) -> bool:
    found = str(bot.call("getMe").get("username", ""))
    if found.lower() == name.lower():
        return True
    print(f"{clinic_file()}: channels.telegram.bot: the token is of @{found}. Write bot: {found}", file=sys.stderr)
    return False
