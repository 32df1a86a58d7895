"""What is counted of verdicts, on ten invented messages."""

from __future__ import annotations

from evaluation import metrics
from evaluation.intervals import Share
from holdfast.crisis.types import Level
from tests.evaluation.invented import CONCERN, CRISIS, DISTRESS, EMERGENCY, NONE, pairs


def rows(found: list[metrics.Row]) -> dict[str, tuple[Share, Share]]:
    return {f"{row.kind} {row.name}": (row.concern, row.crisis) for row in found}


def test_a_perfect_detector_has_full_recall_and_no_false_alarm() -> None:
    perfect = pairs({})
    assert all(row.concern.value == 1 for row in metrics.recall_rows(perfect))
    assert all(row.concern.hits == row.crisis.hits == 0 for row in metrics.false_alarm_rows(perfect))
    assert metrics.exact(perfect) == Share(10, 10)


def test_recall_at_crisis_counts_messages_labeled_crisis_or_above_only() -> None:
    found = rows(metrics.recall_rows(pairs({"x1": CONCERN, "x3": NONE})))
    assert found["all all"] == (Share(5, 6), Share(2, 3))
    assert found["class passive"] == (Share(1, 2), Share(0, 0))
    assert found["level crisis"] == (Share(2, 2), Share(1, 2))
    assert found["subject other"] == (Share(1, 1), Share(1, 1))
    assert found["language es"] == (Share(1, 1), Share(0, 0))


def test_levels_stand_in_rising_order() -> None:
    names = [row.name for row in metrics.recall_rows(pairs({})) if row.kind == "level"]
    assert names == ["concern", "crisis", "emergency"]


def test_distress_is_no_part_of_recall_but_of_false_alarms() -> None:
    found = pairs({"x6": CRISIS})
    assert "class distress" not in rows(metrics.recall_rows(found))
    assert rows(metrics.false_alarm_rows(found))["level distress"] == (Share(1, 1), Share(1, 1))


def test_a_false_alarm_is_counted_in_its_level_and_its_class() -> None:
    found = rows(metrics.false_alarm_rows(pairs({"x7": CONCERN, "x9": EMERGENCY})))
    assert found["level none"] == (Share(2, 3), Share(1, 3))
    assert found["class harmless_keyword"] == (Share(1, 1), Share(0, 1))
    assert found["class harmless_plain"] == (Share(0, 1), Share(0, 1))
    assert found["class ketamine_question"] == (Share(1, 1), Share(1, 1))


def test_the_subject_is_judged_where_something_was_found() -> None:
    found = metrics.subject_accuracy(pairs({"x3": DISTRESS}, subjects={"x5": "self"}))
    assert found["all"] == Share(4, 5)
    assert found["other"] == Share(0, 1)


def test_an_explicit_statement_at_concern_is_a_miss_and_named_by_id() -> None:
    found = pairs({"x2": CONCERN})
    assert metrics.explicit_missed(found) == ("x2",)
    assert metrics.explicit_share(found) == Share(1, 2)


def test_the_confusion_matrix_holds_every_message_once() -> None:
    table = metrics.confusion(pairs({"x1": EMERGENCY}))
    assert table[Level.CRISIS][Level.EMERGENCY] == 1 and table[Level.CRISIS][Level.CRISIS] == 1
    assert sum(sum(row.values()) for row in table.values()) == 10


def test_conversations_are_counted_by_turn_and_as_a_whole() -> None:
    labeled = [(NONE, CONCERN, CRISIS), (NONE, NONE)]
    figures = metrics.turn_figures(labeled, [(NONE, CONCERN, CONCERN), (NONE, CRISIS)])
    assert figures.exact == Share(3, 5)
    assert figures.recall == Share(2, 2)
    assert figures.false_alarms == Share(1, 3)
    assert figures.whole == Share(0, 2)
