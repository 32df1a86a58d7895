"""Asks the whole assistant the sealed questions and counts which topic it answered with."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from evaluation import sets
from evaluation.intervals import Share
from holdfast.cli.internal_client import InternalClient
from holdfast.cli.processes import CORE
from holdfast.cli.stack import running_stack

#: The label of questions that the assistant should say it cannot answer.
OUT_OF_SCOPE = "out_of_scope"
#: Intents by which the assistant says that it did not understand or cannot answer.
FALLBACKS = frozenset({OUT_OF_SCOPE, "nlu_fallback"})
#: The intent by which it offers topics to choose from.
IN_DOUBT = "unsure_between"
#: Levels at which a question was taken for an alarm.
ALARMS = frozenset({"concern", "crisis", "emergency"})
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Heard:
    """What came back on one question. ``intent`` is None when Rasa did not answer in time; ``offered`` are the
    topics to choose from when it was in doubt. Holds no text."""

    level: str
    intent: str | None
    topic: str | None
    replies: int
    offered: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the question was taken for: a topic, an intent, ``out_of_scope``, ``alarm`` or ``no answer``."""
        if self.level in ALARMS:
            return "alarm"
        if self.intent is None:
            return "no answer"
        if self.intent in FALLBACKS:
            return OUT_OF_SCOPE
        return self.topic or self.intent

    @property
    def confident_topic(self) -> bool:
        """Whether an information answer was given."""
        return self.label.startswith("ask_")


@dataclass(frozen=True)
class TopicFigures:
    """Shares over the questions; what each counts stands in `topic_figures`."""

    topics: Share
    first_choice: Share
    chat: Share
    out_of_scope: Share
    fallback: Share
    offered: Share
    offered_rightly: Share
    wrong_in_scope: Share
    wrong_out_of_scope: Share
    alarms: Share
    unanswered: Share
    by_topic: Mapping[str, Share]


def topic_figures(pairs: Sequence[tuple[str, Heard]]) -> TopicFigures:
    """Figures over (labeled topic, what was heard).

    ``topics``: information questions answered with their own topic; ``first_choice``: the same, or their topic offered
    before another one; ``chat``: greetings and the like, the same; ``out_of_scope``: questions out of scope that were
    told so; ``fallback``: questions in scope told that they are not; ``offered``: those in scope that got two topics to
    choose from, ``offered_rightly`` with theirs among them; ``wrong_...``: an information answer on another topic;
    ``alarms``: taken for an alarm; ``unanswered``: no reply at all, or Rasa silent.
    """
    scope = [pair for pair in pairs if pair[0] != OUT_OF_SCOPE]
    beyond = [pair for pair in pairs if pair[0] == OUT_OF_SCOPE]
    asked = [pair for pair in scope if pair[0].startswith("ask_")]
    return TopicFigures(
        topics=_right(asked),
        first_choice=Share.of(topic in (heard.label, *heard.offered[:1]) for topic, heard in asked),
        chat=_right(pair for pair in scope if not pair[0].startswith("ask_")),
        out_of_scope=_right(beyond),
        fallback=Share.of(heard.label == OUT_OF_SCOPE for _, heard in scope),
        offered=Share.of(bool(heard.offered) for _, heard in scope),
        offered_rightly=Share.of(topic in heard.offered for topic, heard in scope),
        wrong_in_scope=Share.of(heard.confident_topic and heard.label != topic for topic, heard in scope),
        wrong_out_of_scope=Share.of(heard.confident_topic for _, heard in beyond),
        alarms=Share.of(heard.label == "alarm" for _, heard in pairs),
        unanswered=Share.of(heard.replies == 0 or heard.label == "no answer" for _, heard in pairs),
        by_topic={
            name: _right(pair for pair in pairs if pair[0] == name) for name in dict.fromkeys(t for t, _ in pairs)
        },
    )


class Asker(Protocol):
    """Whoever answers a question with the JSON of the internal interface's `/ask`."""

    def __call__(self, text: str) -> Mapping[str, Any]: ...


def heard(answer: Mapping[str, Any]) -> Heard:
    """What the answer of `/ask` says, without its words."""
    buttons = [button["payload"] for reply in answer["replies"] for button in reply.get("buttons") or ()]
    topics = tuple(payload[1:] for payload in buttons if payload.startswith("/ask_"))
    offered = topics if answer["intent"] == IN_DOUBT else ()
    return Heard(answer["level"], answer["intent"], answer["topic"], len(answer["replies"]), offered)


def ask_all(questions: Sequence[sets.Question], ask: Asker, progress: Progress = lambda _: None) -> dict[str, Heard]:
    """Each question in a conversation of its own, one after the other."""
    found = {}
    for number, question in enumerate(questions, 1):
        found[question.id] = heard(ask(question.text))
        if number % 20 == 0 or number == len(questions):
            progress(f"topics: {number} of {len(questions)} questions")
    return found


def run(progress: Progress = lambda _: None) -> dict[str, Heard]:
    """Starts the assistant away from the installation's data and asks. Raises StackError, httpx.HTTPError, SetError."""
    questions = sets.questions()
    key = secrets.token_urlsafe(24)
    progress("topics: starting the assistant")
    with running_stack(only=CORE, extra={"HOLDFAST_SECRET_INTERNAL": key}) as stack:
        client = InternalClient(stack.internal_url, key.encode(), timeout_s=30)
        return ask_all(questions, lambda text: _ask(client, text), progress)


def to_dict(found: Mapping[str, Heard]) -> dict[str, Any]:
    """JSON-ready data."""
    return {key: [each.level, each.intent, each.topic, each.replies, list(each.offered)] for key, each in found.items()}


def from_dict(data: Mapping[str, Any]) -> dict[str, Heard]:
    """Reverses `to_dict`."""
    return {key: Heard(*row[:4], tuple(row[4]) if len(row) > 4 else ()) for key, row in data.items()}


def _ask(client: InternalClient, text: str) -> Mapping[str, Any]:
    conversation = "evaluation_" + secrets.token_hex(8)
    answer: httpx.Response = client.call("POST", "/ask", {"conversation_id": conversation, "text": text})
    answer.raise_for_status()
    data: dict[str, Any] = answer.json()
    return data


def _right(pairs: Any) -> Share:
    return Share.of(heard.label == topic for topic, heard in pairs)
