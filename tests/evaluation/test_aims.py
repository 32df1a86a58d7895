"""Aims: each can be met and can be missed, and the report says plainly which."""

from __future__ import annotations

import pytest

from evaluation.aims import Finding, detection_findings, latency_findings
from evaluation.report import all_findings, report, shortfalls
from evaluation.results import Results
from evaluation.scenarios import AIMED_AT, SCENARIOS
from tests.evaluation.invented import CONCERN, CRISIS, MESSAGES, NONE, SETS, latencies, results, verdicts


def missed(findings: list[Finding]) -> list[str]:
    return [finding.aim for finding in findings if not finding.met]


def test_the_aim_names_a_scenario_that_is_measured_with_rasa_saturated() -> None:
    aimed = next(scenario for scenario in SCENARIOS if scenario.name == AIMED_AT)
    assert (aimed.kind, aimed.users, aimed.askers, aimed.rasa) == ("card", 20, 20, True)


def test_one_explicit_statement_at_concern_misses_the_aim() -> None:
    findings = detection_findings(verdicts({"x1": CONCERN}), MESSAGES)
    assert "Explicit statements are all found at crisis or above" in missed(findings)
    assert "x1" in findings[0].found


def test_a_perfect_detector_misses_nothing() -> None:
    assert missed(detection_findings(verdicts({}), MESSAGES)) == []


def test_a_false_alarm_misses_the_reach_of_its_class() -> None:
    wrong = missed(detection_findings(verdicts({"x9": CRISIS}), MESSAGES))
    assert [aim for aim in wrong if "ketamine_question" in aim] == wrong != []


@pytest.mark.parametrize(("card_ms", "met"), [(59.9, True), (60.0, False)])
def test_a_card_p99_of_60_ms_is_not_under_60_ms(card_ms: float, met: bool) -> None:
    assert latency_findings(latencies(card_ms))[0].met is met


def test_a_card_that_did_not_come_misses_g1_however_fast_the_others_were() -> None:
    assert any("(G1)" in aim for aim in missed(latency_findings(latencies(failures={"no card in the answer": 1}))))


def test_a_slow_start_is_told() -> None:
    assert missed(latency_findings(latencies(start_s=4.0))) == ["Cards within 3 s of the door's start"]


def test_the_report_lists_what_falls_short_before_all_figures() -> None:
    text = report(results({"x1": NONE}, latencies(75.0)), SETS)
    head, _, rest = text.partition("## Aims")
    assert "**Missed:** Explicit statements" in head and "missed: x1" in head
    assert "**Missed:** Card p99 under 60 ms" in head
    assert "## Detection" in rest


def test_the_report_says_so_when_nothing_falls_short() -> None:
    text = report(results({}), SETS)
    assert "Missed:" not in text and "**missed**" not in text
    assert "Nothing: every aim below is met." in text


def test_a_section_that_was_not_measured_is_a_shortfall() -> None:
    empty = Results(problems=("latency: not measured yet",))
    assert "**Not measured:** latency" in shortfalls(all_findings(empty, SETS), empty.problems)
    assert "**Not measured:** latency" in report(empty, SETS)
