"""Stands for Rasa: answers a greeting and a question about side effects; to the rest the door answers by itself."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Ketamine can cause dizziness, nausea and a rise in blood pressure. A clinician watches you during a session."
GREETING = "What would you like to talk about today?"


class StubRasa:
    """The turn interface of docs/architecture.md."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                content = json.dumps(_turn(turn)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Stays silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, for ``HOLDFAST_RASA_URL``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()


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
