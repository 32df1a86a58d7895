"""Which requests enter, when Slack gets its 2xx, and what the log does not hold."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from holdfast.channels.delivery import Delivery
from holdfast.channels.slack.channel import MAX_BODY, Slack
from holdfast.clinic import Clinic, ClinicError, load_clinic
from holdfast.door.messages import Inbound, Opening, Outbound, Receipt
from tests.channels.fake_book import MemoryBook
from tests.channels.fake_slack import SIGNING, TOKEN
from tests.channels.slack_person import signed

WORDS = "a secret of mine"


class StubDoor:
    """Takes messages as the door does; ``answer`` decides what becomes of one."""

    def __init__(self) -> None:
        self.opened: list[Opening] = []
        self.taken: list[Inbound] = []
        self.said: list[str] = []
        self.answer: Callable[[Inbound], Any] = lambda _: Receipt((), duplicate=False, safe=True)

    async def open(self, _name: str, opening: Opening) -> tuple[Outbound, ...]:
        self.opened.append(opening)
        return ()

    async def handle(self, message: Inbound) -> Receipt:
        self.taken.append(message)
        answer = self.answer(message)
        receipt: Receipt = await answer if asyncio.iscoroutine(answer) else answer
        return receipt

    async def say(self, _name: str, reply: str, _message_id: str, _words: str) -> Receipt:
        self.said.append(reply)
        return Receipt((Outbound(1, "reply", "hello", datetime.now(UTC)),), duplicate=False, safe=True)

    async def learn(self, _name: str, _opening: Opening) -> None:
        """Nothing to learn."""

    def phrase(self, name: str, _language: str, **_facts: str) -> str:
        return name


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("HOLDFAST_VAR", str(tmp_path))
    monkeypatch.setenv("HOLDFAST_SECRET_SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("HOLDFAST_SECRET_SLACK_SIGNING_SECRET", SIGNING)
    file = tmp_path / "clinic.yml"
    nowhere = "http://127.0.0.1:9/api"  # no network: everything here must work without
    file.write_text(Path("clinic.yml").read_text() + f"\nchannels:\n  slack:\n    api: {nowhere}\n", encoding="utf-8")
    return load_clinic(file)


@pytest.fixture
def stub() -> StubDoor:
    return StubDoor()


@pytest.fixture
async def client(clinic: Clinic, stub: StubDoor, caplog: pytest.LogCaptureFixture) -> AsyncIterator[httpx.AsyncClient]:
    caplog.set_level(logging.DEBUG)  # bolt reads the level once, when it is made
    slack = Slack(clinic, stub, b"secret")  # type: ignore[arg-type]
    app = FastAPI()
    app.include_router(slack.router(Delivery([slack.platform], MemoryBook())))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as client:
        yield client
    await slack.close()


def body(text: str = WORDS, **changes: Any) -> str:
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.1", "text": text}
    return json.dumps({"type": "event_callback", "api_app_id": "A1", "event_id": "Ev1", "event": event, **changes})


async def post(client: httpx.AsyncClient, raw: str | bytes, headers: dict[str, str], kind: str = "") -> httpx.Response:
    given = {"Content-Type": kind or "application/json; charset=utf-8", **headers}
    return await client.post("/slack/events", content=raw, headers=given)


async def test_a_genuine_message_enters_with_its_words(client: httpx.AsyncClient, stub: StubDoor) -> None:
    answer = await post(client, body(), signed(body()))
    assert (answer.status_code, answer.text) == (200, "")
    assert [message.text for message in stub.taken] == [WORDS]
    assert stub.taken[0].address == {"user": "U1", "dm": "D1"}


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (body(), lambda: {}, 401),
        (body(), lambda: signed(body(), secret="0" * 32), 401),
        (body(), lambda: signed(body("other words")), 401),
        (body(), lambda: signed(body(), age_s=310), 401),
        (body(), lambda: signed(body(), age_s=-310), 401),
        (body(), lambda: {**signed(body()), "X-Slack-Request-Timestamp": "soon"}, 401),
        (body(), lambda: {**signed(body()), "X-Slack-Request-Timestamp": "-1"}, 401),
        (body(), lambda: {**signed(body()), "X-Slack-Signature": "v0="}, 401),
        ("[]", lambda: signed("[]"), 400),
        ("{", lambda: signed("{"), 400),
        (b"\xff\xfe", lambda: signed("x"), 400),
        ("x" * (MAX_BODY + 1), lambda: signed("x"), 413),
        (json.dumps({"type": "url_verification", "challenge": "c"}), lambda: {}, 401),
    ],
)
async def test_anything_else_is_refused_and_reaches_nobody(
    client: httpx.AsyncClient, stub: StubDoor, raw: str | bytes, headers: Callable[[], dict[str, str]], status: int
) -> None:
    assert (await post(client, raw, headers())).status_code == status
    assert stub.taken == []


async def test_a_request_just_within_five_minutes_is_good(client: httpx.AsyncClient, stub: StubDoor) -> None:
    assert (await post(client, body(), signed(body(), age_s=290))).status_code == 200
    assert len(stub.taken) == 1


async def test_slack_can_verify_the_address(client: httpx.AsyncClient) -> None:
    raw = json.dumps({"type": "url_verification", "token": "t", "challenge": "c-1"})
    answer = await post(client, raw, signed(raw))
    assert answer.status_code == 200 and answer.json() == {"challenge": "c-1"}


async def test_slack_gets_its_2xx_only_after_the_message_is_safe(client: httpx.AsyncClient, stub: StubDoor) -> None:
    committed = asyncio.Event()

    async def slowly() -> Receipt:
        await committed.wait()
        return Receipt((), duplicate=False, safe=True)

    stub.answer = lambda _: slowly()
    asking = asyncio.ensure_future(post(client, body(), signed(body())))
    done, _ = await asyncio.wait((asking,), timeout=1.0)
    assert not done and len(stub.taken) == 1
    committed.set()
    assert (await asking).status_code == 200


async def test_a_message_that_is_not_safe_gets_no_2xx(client: httpx.AsyncClient, stub: StubDoor) -> None:
    stub.answer = lambda _: Receipt((), duplicate=False, safe=False)
    assert (await post(client, body(), signed(body()))).status_code == 503


async def test_a_fault_of_the_door_gets_no_2xx(client: httpx.AsyncClient, stub: StubDoor) -> None:
    def fail(_: Inbound) -> Receipt:
        raise RuntimeError("boom")

    stub.answer = fail
    assert (await post(client, body(), signed(body()))).status_code == 503


async def test_a_retried_event_is_given_to_the_door_again(client: httpx.AsyncClient, stub: StubDoor) -> None:
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert (await post(client, body(), {**signed(body()), **retry})).status_code == 200
    assert len(stub.taken) == 1  # whether it was handled before is the door's knowledge


async def test_an_app_that_sends_without_a_profile_waits_for_nobody(client: httpx.AsyncClient, stub: StubDoor) -> None:
    await post(client, body(), signed(body()))
    assert (stub.opened[0].country, stub.opened[0].language, stub.opened[0].timezone) == (None, None, None)


def form(text: str) -> str:
    return urlencode({"command": "/holdfast", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2", "text": text})


async def test_the_slash_command_is_answered_at_once_for_the_persons_eyes(
    client: httpx.AsyncClient, stub: StubDoor
) -> None:
    card = Outbound(1, "card", "Call 911 & wait", datetime.now(UTC))
    stub.answer = lambda _: Receipt((card,), duplicate=False, safe=True)
    answer = await post(client, form(WORDS), signed(form(WORDS)), "application/x-www-form-urlencoded")
    assert answer.json()["response_type"] == "ephemeral"
    assert answer.json()["text"] == "Call 911 &amp; wait"
    assert stub.taken[0].text == WORDS


async def test_a_bare_slash_command_is_greeted(client: httpx.AsyncClient, stub: StubDoor) -> None:
    answer = await post(client, form(""), signed(form("")), "application/x-www-form-urlencoded")
    assert stub.said == ["greeting"] and answer.json()["text"] == "hello"


async def test_no_word_of_a_slash_command_makes_it_vanish(client: httpx.AsyncClient, stub: StubDoor) -> None:
    raw = form("the payload of my life: I want to die")
    await post(client, raw, signed(raw), "application/x-www-form-urlencoded")
    assert [message.text for message in stub.taken] == ["the payload of my life: I want to die"]


async def test_no_words_are_logged_whatever_the_level_g7(
    client: httpx.AsyncClient, stub: StubDoor, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Inbound) -> Receipt:
        raise RuntimeError("boom")

    with caplog.at_level(logging.DEBUG):
        await post(client, body(), signed(body(), secret="0" * 32))
        await post(client, body(), signed(body()))
        await post(client, body(), signed(body(type="unknown")))
        unhandled = body(type="unknown")
        await post(client, unhandled, signed(unhandled))
        stub.answer = fail
        await post(client, body(), signed(body()))
    assert WORDS not in caplog.text
    assert "slack_signing_secret" in caplog.text, "a refused request must be seen"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BOT_TOKEN", None, "slack_bot_token is missing"),
        ("SIGNING_SECRET", None, "slack_signing_secret is missing"),
        ("BOT_TOKEN", "xapp-1-wrong", "no bot token"),
    ],
)
def test_a_missing_or_wrong_secret_stops_the_start_with_the_remedy(
    clinic: Clinic, stub: StubDoor, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, words: str
) -> None:
    monkeypatch.delenv(f"HOLDFAST_SECRET_SLACK_{name}")
    if value:
        monkeypatch.setenv(f"HOLDFAST_SECRET_SLACK_{name}", value)
    with pytest.raises(ClinicError) as caught:
        Slack(clinic, stub, b"secret")  # type: ignore[arg-type]
    assert words in str(caught.value) and "channels.slack" in str(caught.value)
