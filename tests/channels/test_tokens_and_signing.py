"""Only its owner opens a conversation (G8); only a signed, fresh, new request enters the internal interface."""

import pytest

from holdfast.channels.tokens import Tokens
from holdfast.signing import WINDOW_S, Verifier, sign

TOKENS = Tokens(b"session-secret", b"drill-secret", days=30)


def test_a_token_opens_its_own_conversation() -> None:
    conversation_id, token = TOKENS.new_conversation()
    assert TOKENS.conversation_of(token) == conversation_id


def test_no_two_conversations_share_an_id() -> None:
    assert len({TOKENS.new_conversation()[0] for _ in range(1000)}) == 1000


def test_a_forged_cut_or_foreign_token_opens_nothing_g8() -> None:
    _, token = TOKENS.new_conversation()
    _, foreign = Tokens(b"another", b"drill-secret", days=30).new_conversation()
    for bad in (token[:-1], token + "x", foreign, "", "w_1"):
        assert TOKENS.conversation_of(bad) is None


def test_an_old_token_opens_nothing() -> None:
    _, token = Tokens(b"session-secret", b"d", days=30).new_conversation()
    assert Tokens(b"session-secret", b"d", days=-1).conversation_of(token) is None


def test_a_drill_mark_counts_only_when_it_is_genuine() -> None:
    assert TOKENS.is_drill(TOKENS.drill_mark())
    _, token = TOKENS.new_conversation()
    for bad in (None, "drill", token, Tokens(b"session-secret", b"other", days=1).drill_mark()):
        assert not TOKENS.is_drill(bad)


def headers(secret: bytes = b"key", now: float = 1000.0) -> dict[str, str]:
    return {name.lower(): value for name, value in sign(secret, "POST", "/a?b=1", b"body", now=now).items()}


def test_a_signed_request_enters_once_and_a_replay_does_not() -> None:
    verifier, signed = Verifier(b"key"), headers()
    assert verifier.problem(signed, "POST", "/a?b=1", b"body", now=1001.0) is None
    assert verifier.problem(signed, "POST", "/a?b=1", b"body", now=1002.0) == "replayed"


@pytest.mark.parametrize(
    ("signed", "method", "path", "body", "now", "problem"),
    [
        ({}, "POST", "/a?b=1", b"body", 1000.0, "unsigned"),
        (headers(b"other"), "POST", "/a?b=1", b"body", 1000.0, "wrong signature"),
        (headers(), "GET", "/a?b=1", b"body", 1000.0, "wrong signature"),
        (headers(), "POST", "/a?b=2", b"body", 1000.0, "wrong signature"),
        (headers(), "POST", "/a?b=1", b"other", 1000.0, "wrong signature"),
        (headers(), "POST", "/a?b=1", b"body", 1001.0 + WINDOW_S, "time stamp"),
        (headers(now=2000.0), "POST", "/a?b=1", b"body", 1000.0, "time stamp"),
    ],
)
def test_anything_that_was_changed_or_is_late_is_refused(
    signed: dict, method: str, path: str, body: bytes, now: float, problem: str
) -> None:
    assert (Verifier(b"key").problem(signed, method, path, body, now=now) or "").startswith(problem)


def test_nonces_are_forgotten_only_when_their_time_stamp_is_no_longer_good() -> None:
    verifier, signed = Verifier(b"key"), headers()
    verifier.problem(signed, "POST", "/a?b=1", b"body", now=1000.0)
    late = 1000.0 + WINDOW_S
    assert verifier.problem(headers(now=late), "POST", "/a?b=1", b"body", now=late) is None
    assert verifier.problem(signed, "POST", "/a?b=1", b"body", now=late) == "replayed"


def test_what_was_signed_before_the_process_began_is_refused_since_the_one_before_may_have_seen_it() -> None:
    restarted = Verifier(b"key", since=1000.5)
    assert "sign it again" in (restarted.problem(headers(now=1000.0), "POST", "/a?b=1", b"body", now=1001.0) or "")
    assert restarted.problem(headers(now=1001.0), "POST", "/a?b=1", b"body", now=1001.0) is None
