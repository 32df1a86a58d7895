"""Each way in which the Bot API fails is told apart: come again, this message never, this person never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from holdfast.channels.platform import Refused, RetryLater
from holdfast.channels.telegram.api import BotApi, result_of
from holdfast.cli.main import main
from holdfast.cli.telegram import telegram_findings
from holdfast.clinic import load_clinic
from holdfast.paths import ROOT
from tests.channels.fake_telegram import BOT_NAME, TOKEN, FakeTelegram


def answer(status: int, description: str = "", **parameters: Any) -> httpx.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return httpx.Response(status, json=body | ({"parameters": parameters} if parameters else {}))


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        (answer(429, "Too Many Requests: retry after 9", retry_after=9), 9.0),
        (answer(429, "Too Many Requests"), 5.0),
        (answer(500, "Internal Server Error"), None),
        (httpx.Response(502, text="<html>"), None),
        (httpx.Response(200, text="not json"), None),
        (answer(401, "Unauthorized"), 60.0),
        (answer(404, "Not Found"), 60.0),
    ],
)
def test_come_again(given: httpx.Response, wait: float | None) -> None:
    with pytest.raises(RetryLater) as later:
        result_of(given)
    assert later.value.after_s == wait


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        (answer(403, "Forbidden: bot was blocked by the user"), True),
        (answer(403, "Forbidden: user is deactivated"), True),
        (answer(400, "Bad Request: chat not found"), True),
        (answer(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1), True),
        (answer(400, "Bad Request: message is too long"), False),
        (answer(400, "Bad Request: BUTTON_DATA_INVALID"), False),
    ],
)
def test_never(given: httpx.Response, whole: bool) -> None:
    with pytest.raises(Refused) as refusal:
        result_of(given)
    assert refusal.value.whole is whole


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    fake = FakeTelegram()
    yield fake
    fake.close()


async def test_without_network_and_with_a_slow_platform_the_event_comes_again(fake: FakeTelegram) -> None:
    nowhere = BotApi(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(RetryLater):
        await nowhere.call("getMe")
    fake.slow_s = 0.5
    slow = BotApi(TOKEN, fake.url, timeout_s=0.05)
    with pytest.raises(RetryLater) as later:
        await slow.call("getMe")
    assert TOKEN not in str(later.value)
    await nowhere.close()
    await slow.close()


@pytest.mark.parametrize(
    ("method", "parameters", "says"),
    [
        ("sendMessage", {"chat_id": 1}, "text is missing"),
        ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, "too long"),
        ("sendMessage", {"chat_id": 1, "text": "\U0001f33f" * 2049}, "too long"),
        ("sendMessage", {"chat_id": 1, "text": " "}, "empty"),
        ("sendMessage", {"chat_id": 1, "text": "x", "disable_web_page_preview": True}, "not known"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "wrong type"),
        ("sendMessage", {"chat_id": -7, "text": "x"}, "chat not found"),
        (
            "sendMessage",
            {
                "chat_id": 1,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "y" * 65}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_the_fake_is_strict(fake: FakeTelegram, method: str, parameters: dict[str, Any], says: str) -> None:
    fake.begun.add(1)
    api = BotApi(TOKEN, fake.url)
    with pytest.raises(Refused) as refusal:
        await api.call(method, **parameters)
    assert says in refusal.value.reason
    with pytest.raises(RetryLater):
        await api.call("sendMesage", chat_id=1, text="x")
    await api.close()


@pytest.fixture
def clinic(fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    raw["channels"] = {"telegram": {"bot": BOT_NAME, "api": fake.url}}
    file = tmp_path / "clinic.yml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    monkeypatch.setenv("HOLDFAST_CLINIC", str(file))
    monkeypatch.setenv("HOLDFAST_VAR", str(tmp_path))
    monkeypatch.setenv("HOLDFAST_SECRET_TELEGRAM_TOKEN", TOKEN)
    return file


def test_register_status_and_remove(fake: FakeTelegram, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["telegram", "status"]) == 1
    assert "register" in capsys.readouterr().out
    assert main(["telegram", "register", "https://chat.example.org/"]) == 0
    assert fake.webhook["url"] == "https://chat.example.org/telegram/webhook"
    assert fake.webhook["secret_token"] == (clinic.parent / "secrets" / "telegram_webhook").read_text(encoding="utf-8")
    assert {"message", "edited_message", "my_chat_member", "callback_query"} <= set(fake.webhook["allowed_updates"])
    assert main(["telegram", "status"]) == 0
    assert "chat.example.org" in capsys.readouterr().out
    assert [grade for grade, _ in telegram_findings(load_clinic())] == ["ok", "ok"]
    assert main(["telegram", "remove"]) == 0
    (grade, text) = list(telegram_findings(load_clinic()))[-1]
    assert grade == "fail" and "telegram register" in text
    fake.down = True
    assert [grade for grade, _ in telegram_findings(load_clinic())] == ["warn"]
    fake.down = False
    assert fake.webhook == {}


def test_what_is_wrong_is_said_with_its_remedy(
    fake: FakeTelegram, clinic: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["telegram", "register", "http://chat.example.org"]) == 1
    assert "https" in capsys.readouterr().err
    clinic.write_text(clinic.read_text(encoding="utf-8").replace(BOT_NAME, "another_bot"), encoding="utf-8")
    assert main(["telegram", "register", "https://chat.example.org"]) == 1
    assert f"Write bot: {BOT_NAME}" in capsys.readouterr().err
    monkeypatch.setenv("HOLDFAST_SECRET_TELEGRAM_TOKEN", "1:wrong")
    assert main(["telegram", "status"]) == 1
    assert "telegram_token" in capsys.readouterr().err
    monkeypatch.delenv("HOLDFAST_SECRET_TELEGRAM_TOKEN")
    assert main(["telegram", "status"]) == 2
    assert "@BotFather" in capsys.readouterr().err
