"""The link in an alert: signed, so that whoever got the alert can say "I have seen it" without signing in first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from desk import configuration

GOOD_FOR = timedelta(hours=24)
_SALT = "desk.alert"


@dataclass(frozen=True)
class Ticket:
    """What a link is for: one alarm round of a case, sent to one target."""

    case_id: int
    round: int
    target: str


def link(ticket: Ticket) -> str:
    """The address to put into the alert."""
    token = signing.dumps([ticket.case_id, ticket.round, ticket.target], salt=_SALT, compress=True)
    return f"{configuration.public_url()}/a/{token}"


def read(token: str) -> Ticket | None:
    """The ticket in a link, None when it is forged or older than 24 hours."""
    try:
        case_id, round_number, target = signing.loads(token, salt=_SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(int(case_id), int(round_number), str(target))
