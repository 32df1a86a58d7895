"""Stands for Rasa: answers a greeting and a question about side effects; to the rest the door answers by itself."""

from __future__ import annotations

import json
from typing import Any

from evaluation.loopback import Loopback

ANSWER = "Ketamine can cause dizziness, nausea and a rise in blood pressure. A clinician watches you during a session."
GREETING = "What would you like to talk about today?"


class StubRasa:
    """The turn interface of docs/architecture.md."""

    def __init__(self) -> None:
        self._server = Loopback(
            lambda _method, _path, _headers, body: (200, {}, json.dumps(_turn(json.loads(body))).encode())
        )
        self.url, self.close = self._server.base, self._server.close


def _turn(turn: dict[str, Any]) -> dict[str, Any]:
    if "side effects" in str(turn["text"]).lower():
        reply = {"text": ANSWER, "buttons": [], "action": "utter_ask_side_effects", "tags": [], "custom": None}
        return {
            "intent": {"name": "ask_side_effects", "confidence": 0.9},
            "topic": "ask_side_effects",
            "replies": [reply],
        }
    if "hello" in str(turn["text"]).lower():
        reply = {"text": GREETING, "buttons": [], "action": "utter_greet", "tags": [], "custom": None}
        return {"intent": {"name": "greet", "confidence": 0.9}, "topic": None, "replies": [reply]}
    return {"intent": {"name": "nlu_fallback", "confidence": 0.3}, "topic": None, "replies": []}
