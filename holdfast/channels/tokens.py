"""Signed tokens of the web channel: who may read and write which conversation (G8)."""

from __future__ import annotations

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer


class Tokens:
    """Makes and checks session tokens and drill marks. ``days`` is how long a session token is good."""

    def __init__(self, secret: bytes, drill_secret: bytes, *, days: int) -> None:
        self._sessions = URLSafeTimedSerializer(secret, salt="web-session")
        self._drills = URLSafeTimedSerializer(drill_secret, salt="drill")
        self.max_age_s = days * 86_400

    def new_conversation(self) -> tuple[str, str]:
        """A new conversation id, which nobody can guess, and its token."""
        conversation_id = "w_" + secrets.token_urlsafe(18).replace("-", "A").replace("_", "B")
        return conversation_id, self._sessions.dumps(conversation_id)

    def conversation_of(self, token: str) -> str | None:
        """The conversation that the token opens; None when it is forged or too old."""
        try:
            value = self._sessions.loads(token, max_age=self.max_age_s)
        except BadSignature:
            return None
        return value if isinstance(value, str) else None

    def drill_mark(self) -> str:
        """A mark that makes a session a drill; good for a minute."""
        return self._drills.dumps("drill")

    def is_drill(self, mark: str | None) -> bool:
        """Whether the mark is genuine and fresh; anything else is ignored."""
        try:
            return mark is not None and self._drills.loads(mark, max_age=60) == "drill"
        except BadSignature:
            return False
