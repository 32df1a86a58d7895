"""Text that was never meant for a chat."""

from __future__ import annotations

from evaluation.intervals import Share
from evaluation.plain_text import alarmed, paragraphs
from holdfast.crisis.detector import Detector


def test_paragraphs_are_divided_by_empty_lines_and_by_percent_signs_and_bounded_in_length() -> None:
    text = "One saying that is\nlong enough.\n%\nshort\n%\nAnother one, 5 % longer.\n\n" + "x" * 401 + "\n"
    assert paragraphs(text) == ["One saying that is long enough.", "Another one, 5 % longer."]


def test_what_is_taken_for_an_alarm_is_counted_at_both_levels() -> None:
    detector = Detector.load(lexicon_only=True)
    texts = ["The train leaves at nine.", "I want to kill myself", "i wish i was dead", "Snow fell on the hills."]
    assert alarmed(texts, detector) == (Share(2, 4), Share(1, 4))
