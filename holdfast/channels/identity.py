"""Conversation ids of platforms: stable, unguessable, and without the platform's own ids, which logs must not hold."""

from __future__ import annotations

import hashlib
import hmac


def conversation_id(secret: bytes, prefix: str, *parts: str | int) -> str:
    """The id of the conversation with whom ``parts`` name, such as team and user: ``t_<40 hex digits>``.

    ``secret`` is the installation's session secret; with another one every person begins a new conversation.
    """
    name = "\x00".join(("platform", prefix, *map(str, parts)))
    return f"{prefix}_{hmac.new(secret, name.encode(), hashlib.sha256).hexdigest()[:40]}"
