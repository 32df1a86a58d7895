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
    assert figures.topics == figures.first_choice == Share(1, 3)
    assert figures.chat == Share(1, 2)
    assert figures.out_of_scope == Share(1, 3)
    assert figures.fallback == Share(1, 5)
    assert figures.wrong_in_scope == Share(1, 5)
    assert figures.wrong_out_of_scope == Share(1, 3)
    assert figures.unanswered == Share(1, 8)
    assert figures.by_topic["ask_cost"] == Share(1, 2)


def test_an_offer_counts_as_doubt_and_never_as_an_answer() -> None:
    buttons = [{"label": "a", "payload": f"/{name}"} for name in ("ask_cost", "ask_insurance", "talk_to_person")]
    reply = {"kind": "reply", "text": "Which?", "buttons": buttons}
    offer = heard({"level": "none", "intent": "unsure_between", "topic": None, "replies": [reply]})
    assert offer.offered == ("ask_cost", "ask_insurance")
    figures = topic_figures([("ask_cost", offer), ("ask_heart", offer), ("out_of_scope", offer)])
    assert (figures.offered, figures.offered_rightly) == (Share(2, 2), Share(1, 2))
    assert (figures.topics, figures.fallback, figures.wrong_in_scope) == (Share(0, 2), Share(0, 2), Share(0, 2))
    assert topic_figures([("ask_cost", offer), ("ask_insurance", offer)]).first_choice == Share(1, 2)
    assert from_dict(to_dict({"k": offer})) == {"k": offer}
    menu = heard({"level": "none", "intent": "nlu_fallback", "topic": None, "replies": [reply]})
    assert menu.offered == ()


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
