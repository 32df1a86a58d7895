"""The door's internal interface on loopback, as the desk meets it: checks signatures, keeps conversations in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desk.door import DoorClient
from evaluation.loopback import Loopback
from holdfast.signing import Verifier

SECRET = b"a-secret-only-for-tests"


class FakeDoor:
    """``works`` false: every request is answered 503, as are those in ``refuses``. ``loses_answers``: does the work and
    then says nothing.
    """

    def __init__(self) -> None:
        self.works, self.loses_answers, self.knows_notices = True, False, True
        self.refuses = set[str]()
        self.calls: list[tuple[str, str, Any]] = []
        self.talks: dict[str, list[dict[str, Any]]] = {}
        self.state: dict[str, Any] = {"after_risk": True}
        self.texts: dict[str, Any] = {
            "production": False,
            "problem": None,
            "areas": [{"name": "answers", "texts": 4, "signed": 1, "changed": 1, "unsigned": 2}],
            "waiting": 3,
            "changed": ["answers/ask_cost/es"],
        }
        self.feedback: dict[str, Any] = {"days": 90, "answers": []}
        self._verifier, self._replies = Verifier(SECRET), dict[str, int]()
        self._server = Loopback(self._respond)
        self.url = self._server.base

    def _respond(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes] | None:
        status, answer = self.answer(method, path, body, dict(headers.items()))
        return (status, {}, json.dumps(answer).encode()) if status else None

    def client(self) -> DoorClient:
        """A client of this door."""
        return DoorClient(self.url, SECRET, timeout_s=2)

    def say(self, conversation_id: str, text: str, author: str = "user", kind: str = "reply", **more: Any) -> int:
        """Something is said in a conversation; its event id."""
        talk = self.talks.setdefault(conversation_id, [])
        at = more.pop("at", datetime.now(UTC)).isoformat()
        talk.append(
            {
                "event_id": len(talk) + 1,
                "kind": "echo" if author == "user" else kind,
                "text": text,
                "blocks": [],
                "buttons": [],
                "author": author,
                "staff_name": None,
                "at": at,
                **more,
            }
        )
        return len(talk)

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Status and JSON for a request; status 0 hangs up."""
        if path == "/health":
            return (200, {"status": "up"}) if self.works else (503, {})
        lower = {key.lower(): value for key, value in headers.items()}
        if problem := self._verifier.problem(lower, method, path, body):
            return 401, {"error": problem}
        if not self.works:
            return 503, {}
        if path == "/health/texts":
            return 200, self.texts
        given = json.loads(body) if body else None
        if path == "/feedback":
            return 200, self.feedback
        _, _, conversation, what = path.split("/")
        if what in self.refuses:
            return 503, {}
        self.calls.append((what, conversation, given))
        if what == "transcript":
            if conversation not in self.talks:
                return 404, {}
            return 200, {"conversation_id": conversation, "state": self.state, "events": self.talks[conversation]}
        if what == "notice" and not self.knows_notices:
            return 404, {}
        answer: dict[str, Any] = {}
        if what == "messages":
            event_id = self._replies.get(given["id"]) or self.say(
                conversation, given["text"], "staff", "staff", staff_name=given["name"]
            )
            self._replies[given["id"]] = event_id
            answer = self.talks[conversation][event_id - 1]
        return (0, None) if self.loses_answers else (201 if what == "messages" else 200, answer)

    def told(self, what: str) -> list[Any]:
        """The bodies of all calls of one kind."""
        return [body for kind, _, body in self.calls if kind == what]

    def names(self) -> list[str | None]:
        """Who was said to answer, in order; None where the chat was handed back."""
        return [body["name"] for body in self.told("takeover")]

    def close(self) -> None:
        """Stops answering."""
        self._server.close()
