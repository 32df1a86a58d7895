"""`holdfast ask`: messages through the whole assistant, JSON Lines in and out; starts what is not running."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import httpx

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.jsonl import InputError, requests
from holdfast.cli.processes import CORE, Ports
from holdfast.cli.stack import StackError, running_stack
from holdfast.secrets import secret


def ask(source: TextIO, target: TextIO) -> int:
    """Answers each line in order. Returns 2 on bad input, 1 when the assistant cannot be started."""
    try:
        with _client() as client:
            for request in requests(source):
                conversation = "ask_" + secrets.token_hex(8)
                answers = [_ask(client, conversation, turn) for turn in request.turns]
                print(json.dumps(answers[0] if request.single else {"turns": answers}), file=target, flush=True)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except (StackError, httpx.HTTPError) as error:
        print(f"the assistant cannot be asked: {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _client() -> Iterator[InternalClient]:
    ports = Ports.from_environment()
    url = f"http://127.0.0.1:{ports.internal}"
    try:
        running = httpx.get(url + "/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        running = False
    if running:
        yield InternalClient(url, secret("internal"))
        return
    print("nothing is running; starting the assistant for these questions", file=sys.stderr)
    key = secrets.token_urlsafe(24)
    with running_stack(only=CORE, extra={"HOLDFAST_SECRET_INTERNAL": key}) as stack:
        yield InternalClient(stack.internal_url, key.encode())


def _ask(client: InternalClient, conversation: str, text: str) -> dict[str, Any]:
    answer = client.call("POST", "/ask", {"conversation_id": conversation, "text": text})
    answer.raise_for_status()
    data: dict[str, Any] = answer.json()
    replies = [{"kind": reply["kind"], "text": reply["text"]} for reply in data["replies"]]
    return {"level": data["level"], "intent": data["intent"], "topic": data["topic"], "replies": replies}
