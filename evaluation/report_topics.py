"""The scorecard's part on topics. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation import markdown
from evaluation.sets import Question
from evaluation.topics import Heard, topic_figures


def topics_report(found: Mapping[str, Heard], questions: Sequence[Question]) -> str:
    """Accuracy over all and by topic, out of scope, fallbacks, wrong answers."""
    figures = topic_figures([(question.topic, found[question.id]) for question in questions])
    lines = {
        "information questions answered with their own topic (top 1)": figures.topics,
        "the same, or their topic offered first of two": figures.first_choice,
        "greetings, thanks and other talk understood": figures.chat,
        "out of scope, and told so": figures.out_of_scope,
        "in scope, but told that it is not (fallback)": figures.fallback,
        "in scope, in doubt: two topics offered": figures.offered,
        "in scope, in doubt: the right topic among those offered": figures.offered_rightly,
        "in scope, answered with another topic": figures.wrong_in_scope,
        "out of scope, answered with a topic": figures.wrong_out_of_scope,
        "taken for an alarm": figures.alarms,
        "without any answer of Rasa": figures.unanswered,
    }
    return markdown.paragraphs(
        "Each question in a conversation of its own, through the whole assistant.",
        markdown.table(["", "share"], [[name, markdown.share(share)] for name, share in lines.items()]),
        "By topic, answered rightly:",
        markdown.table(["topic", "share"], [[name, markdown.share(each)] for name, each in figures.by_topic.items()]),
    )
