"""Nobody is told the same sentences twice in a row, and who complains of the answers is heard (SM-34, SM-45)."""

from __future__ import annotations

import secrets

import pytest

from holdfast.cli.internal_client import InternalClient

pytestmark = pytest.mark.e2e


class Talk:
    """A conversation through the whole assistant; what is said in one string."""

    def __init__(self, internal: InternalClient) -> None:
        self._internal, self._id = internal, f"ask_{secrets.token_hex(8)}"

    def say(self, text: str) -> str:
        answer = self._internal.call("POST", "/ask", {"conversation_id": self._id, "text": text}).json()
        return "\n".join(reply["text"] for reply in answer["replies"])


@pytest.fixture
def talk(internal: InternalClient) -> Talk:
    return Talk(internal)


def test_an_answer_is_not_given_twice_in_a_row(talk: Talk) -> None:
    first = talk.say("where can I park my car?")
    more = talk.say("where do I leave my car")  # who asks again reads the rest of it
    again = talk.say("where to put the car")
    assert "only repeat my last answer" in again and first not in again and more not in again
    assert "only repeat" not in talk.say("how long does a session take?")
    assert talk.say("where can I park my car?") == first


def test_a_price_after_a_risk_is_held_back_in_its_own_words_each_time(talk: Talk) -> None:
    talk.say("I want to kill myself")
    for _ in range(2):
        assert "Your safety comes first" in talk.say("what would one infusion cost me")


def test_a_sad_person_reads_new_words_and_the_line_not_in_every_answer_sm34(talk: Talk) -> None:
    first = talk.say("I am so sad and lonely these days")
    assert "988" in first
    assert talk.say("I just cry all day and feel miserable") != first


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("you keep giving me the same useless text", "my answer did not fit"),
        ("eso no es lo que te pregunté", "no te sirviera"),
    ],
)
def test_a_complaint_of_the_answers_is_heard(talk: Talk, text: str, words: str) -> None:
    assert words in talk.say(text)
