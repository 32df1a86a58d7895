"""What is counted of the assistant's answers to questions."""

from __future__ import annotations

import pytest

from evaluation.intervals import Share
from evaluation.sets import Question
from evaluation.topics import Heard, ask_all, from_dict, heard, to_dict, topic_figures


def said(intent: str | None, topic: str | None = None, *, level: str = "none", replies: int = 1) -> Heard:
    return Heard(level, intent, topic, replies)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        (said("ask_cost", "ask_cost"), "ask_cost"),
        (said("greet"), "greet"),
        (said("nlu_fallback"), "out_of_scope"),
        (said("out_of_scope"), "out_of_scope"),
        (said(None), "no answer"),
        (said("ask_safety", "ask_safety", level="concern"), "alarm"),
    ],
)
def test_an_answer_has_one_label(answer: Heard, label: str) -> None:
    assert answer.label == label


def test_the_figures_tell_right_fallback_and_wrong_apart() -> None:
    figures = topic_figures(
        [
            ("ask_cost", said("ask_cost", "ask_cost")),
            ("ask_cost", said("ask_safety", "ask_safety")),
            ("ask_safety", said("nlu_fallback")),
            ("greet", said("greet")),
            ("thanks", said("greet")),
            ("out_of_scope", said("out_of_scope")),
            ("out_of_scope", said("ask_cost", "ask_cost")),
            ("out_of_scope", said(None, replies=1)),
        ]
    )
    assert figures.topics == Share(1, 3)
    assert figures.chat == Share(1, 2)
    assert figures.out_of_scope == Share(1, 3)
    assert figures.fallback == Share(1, 5)
    assert figures.wrong_in_scope == Share(1, 5)
    assert figures.wrong_out_of_scope == Share(1, 3)
    assert figures.unanswered == Share(1, 8)
    assert figures.by_topic["ask_cost"] == Share(1, 2)


def test_questions_are_asked_one_by_one_and_results_survive_json() -> None:
    asked: list[str] = []

    def ask(text: str) -> dict[str, object]:
        asked.append(text)
        return {"level": "none", "intent": "greet", "topic": None, "replies": [{"kind": "reply", "text": "Hello."}]}

    found = ask_all([Question("k1", "a", "greet"), Question("k2", "b", "greet")], ask)
    assert asked == ["a", "b"]
    assert found["k1"] == heard(ask("a")) == Heard("none", "greet", None, 1)
    assert from_dict(to_dict(found)) == found
    assert "Hello" not in str(to_dict(found))
