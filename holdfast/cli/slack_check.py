"""What `doctor` asks Slack: whether the token is good and whether the app may do what it must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import httpx

from holdfast.clinic import Clinic
from holdfast.secrets import SecretError, given_secret

#: What the channel needs, as in deploy/slack/manifest.yml; a test keeps the two equal.
SCOPES = frozenset({"app_mentions:read", "chat:write", "commands", "im:history", "im:write", "users:read"})


def slack_findings(clinic: Clinic) -> Iterator[tuple[Literal["ok", "warn", "fail"], str]]:
    """Grades and sentences. Uses the network."""
    try:
        given = {name: given_secret(name) for name in ("slack_bot_token", "slack_signing_secret")}
    except SecretError as problem:
        yield "fail", str(problem)
        return
    token = given["slack_bot_token"]
    for name, value in given.items():
        if value is None:
            yield "fail", f"the secret {name} is missing (var/secrets/{name}). docs/channels/slack.md, step 5"
    if token is None:
        return
    address = str(clinic.channels["slack"].get("api", "https://slack.com/api")) + "/auth.test"
    try:
        answer = httpx.post(address, headers={"Authorization": f"Bearer {token}"}, timeout=10)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        yield "warn", f"Slack cannot be asked ({type(error).__name__}); cards wait until it can be reached"
        return
    if not said.get("ok"):
        yield "fail", f"Slack refuses the token ({said.get('error')}). Copy it again: docs/channels/slack.md, step 5"
        return
    yield "ok", f"Slack knows the app in the workspace {said.get('team') or said.get('team_id')}"
    granted = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
    if missing := sorted(SCOPES - granted):
        yield (
            "fail",
            f"the app lacks {', '.join(missing)}. Compare deploy/slack/manifest.yml and reinstall it to the workspace",
        )
    else:
        yield "ok", "the app has every permission that it needs"
