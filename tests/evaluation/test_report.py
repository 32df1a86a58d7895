"""The scorecard's text: figures with counts and how to measure them again, and no word of the sealed sets."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation import results as storage
from evaluation import sets
from evaluation.askers import QUESTIONS
from evaluation.detection import Verdicts
from evaluation.latency import CRISIS
from evaluation.metrics import Verdict
from evaluation.report import Sets, report
from evaluation.report_alarms import alarms_report
from evaluation.report_latency import latency_report
from evaluation.report_models import models_report
from evaluation.report_speed import speed_report
from evaluation.results import Results, Section
from evaluation.startup import CRISIS as START_CRISIS
from evaluation.startup import QUESTION as START_QUESTION
from evaluation.stock.verdicts import stored, verdicts_of
from evaluation.topics import Heard
from holdfast.crisis.types import Level
from holdfast.paths import ROOT
from tests.evaluation.invented import ALARMS, COMPARED, MESSAGES, SETS, STAMP, TALKS, latencies, results, speed
from tests.evaluation.invented import QUESTIONS as INVENTED

SEALED = Sets(sets.messages(), sets.conversations(), sets.questions())


def worst_of_sealed() -> Results:
    """Results over the sealed sets in which everything went wrong, so that whatever could be listed is listed."""
    wrong = Verdicts(
        {message.id: Verdict(Level.NONE, None) for message in SEALED.messages},
        {talk.id: (Level.NONE,) * len(talk.turns) for talk in SEALED.talks},
    )
    silent = {question.id: Heard("none", None, None, 0) for question in SEALED.questions}
    return Results(
        detection=Section(STAMP, {"detector": wrong, "floor": wrong}),
        topics=Section(STAMP, silent),
        latency=Section(STAMP, latencies(500.0)),
    )


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def quoted(text: str) -> list[str]:
    """Sealed texts of three words or more that ``text`` contains, by their first characters."""
    turns = [turn for talk in SEALED.talks for turn in talk.turns]
    sealed = [each.text for each in (*SEALED.messages, *SEALED.questions)] + turns
    words = f" {plain(text)} "
    return [each[:12] for each in sealed if len(plain(each).split()) >= 3 and f" {plain(each)} " in words]


def test_no_text_of_the_sealed_sets_stands_in_the_report() -> None:
    assert quoted(report(worst_of_sealed(), SEALED)) == []


def test_a_quoted_text_would_be_seen() -> None:
    assert quoted("It missed: " + SEALED.messages[0].text) != []


def test_no_text_of_the_sealed_sets_stands_in_the_written_scorecard() -> None:
    written = ROOT / "docs" / "scorecard.md"
    assert quoted(written.read_text(encoding="utf-8")) == []


def test_raw_results_hold_no_text_either(tmp_path: object) -> None:
    worst = worst_of_sealed()
    assert worst.detection and worst.topics
    raw = json.dumps(
        [worst.detection.data["detector"].to_dict(), {key: vars(each) for key, each in worst.topics.data.items()}]
    )
    assert quoted(raw) == []


def test_the_load_uses_words_of_its_own() -> None:
    """The drill's plain statement is everybody's; all else that is sent must not be a sealed text."""
    sealed = {plain(each.text) for each in (*SEALED.messages, *SEALED.questions)}
    ours = {plain(text) for text in (*CRISIS, *QUESTIONS, START_CRISIS, START_QUESTION)}
    assert ours & sealed <= {plain(START_CRISIS)}


def test_figures_stand_with_interval_and_counts_and_the_way_to_repeat_them() -> None:
    text = report(results({"x3": Level.NONE}), SETS)
    assert "83.3 % [43.6–97.0] 5/6" in text
    for needed in (STAMP["date"], STAMP["commit"], STAMP["command"], "Invented CPU", "4 cores", "0123456789abcdef"):
        assert str(needed) in text
    assert "20.0 [20.0–20.0]" in text and "1.00 [1.00–1.00]" in text


def test_detector_and_floor_stand_side_by_side() -> None:
    text = report(results({}), SETS)
    line = next(line for line in text.splitlines() if line.startswith("| class passive"))
    assert "2/2" in line and "1/2" in line


def test_results_are_kept_and_read_again(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    known = results({"x3": Level.NONE})
    assert known.detection and known.topics and known.latency
    for name in storage.SECTIONS:
        storage.save(name, STAMP, getattr(known, name).data, tmp_path)  # type: ignore[arg-type]
    found = storage.load(tmp_path)  # type: ignore[arg-type]
    assert replace(found, models=None, stock=None, problems=()) == known  # these two are kept in the repository
    assert not [problem for problem in found.problems if not problem.startswith(("models:", "stock Rasa:"))]


def test_results_over_other_test_data_count_as_not_measured(tmp_path: object) -> None:
    known = results({})
    assert known.topics
    storage.save("topics", STAMP, known.topics.data, tmp_path)  # type: ignore[arg-type]
    file = tmp_path / "topics.json"  # type: ignore[operator]
    body = json.loads(file.read_text())
    body["sets"] = {"questions.jsonl": "another"}
    file.write_text(json.dumps(body))
    found = storage.load(file.parent)
    assert found.topics is None
    assert any("other test data" in problem for problem in found.problems)


def test_disturbed_messages_counted_without_the_calm_ones_are_measured_again(tmp_path: Path) -> None:
    storage.save("robustness", STAMP, {"detector": {"as written": [9, 10]}}, tmp_path)
    found = storage.load(tmp_path)
    assert found.robustness is None
    assert any(problem.startswith("robustness: results/robustness.json cannot be read") for problem in found.problems)


def test_the_time_of_an_assessment_is_taken_over_the_test_messages(tmp_path: Path) -> None:
    storage.save("speed", STAMP, speed(), tmp_path)
    body = json.loads((tmp_path / "speed.json").read_text())
    assert body["sets"] == sets.digests((sets.MESSAGES,))


def test_a_comparison_of_classifiers_that_was_not_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "COMPARED", tmp_path / "models.json")
    said = "models: evaluation/models.py has not been run"
    assert said in storage.load(tmp_path).problems
    (tmp_path / "models.json").write_text(json.dumps(COMPARED))
    found = storage.load(tmp_path)
    assert found.models == COMPARED and said not in found.problems


def test_the_comparison_says_how_to_repeat_it_and_where_the_temperature_comes_from() -> None:
    told = models_report(COMPARED)
    assert "The temperature was chosen on the same messages." in told
    assert "Again: `.venv/bin/python evaluation/models.py`, with the encoders" in told
    assert "| in sentence windows | 0.830" in told
    older = {key: value for key, value in COMPARED.items() if key != "long"}
    assert "Long messages" not in models_report(older)
    told = models_report({**COMPARED, "command": "evaluation/models.py --encoder base=x"})
    assert "Again: `evaluation/models.py --encoder base=x`" in told and "docs/encoder.md" not in told


@pytest.mark.parametrize(("busy", "doubtful"), [(0.10, False), (0.11, True)])
def test_figures_of_a_busy_machine_are_said_to_be_doubtful(busy: float, doubtful: bool) -> None:
    for told in (
        speed_report({**speed(), "busy": busy}),
        alarms_report(replace(ALARMS, busy=busy)),
        latency_report(replace(latencies(), busy=busy)),
    ):
        assert f"other work took {100 * busy:.1f} % of all cores" in told
        assert ("these figures are doubtful" in told) is doubtful


def test_the_invented_sets_are_complete() -> None:
    assert len(MESSAGES) == 10 and len(TALKS) == 1 and len(INVENTED) == 2


def test_stock_rasa_stands_beside_the_detector_and_says_when_it_is_stale() -> None:
    intents = ["crisis_self" if message.level >= Level.CRISIS else "ask_cost" for message in SEALED.messages]
    about = {"data": "today", "training_messages": 9, "epochs": 15, "command": "bench --epochs 15"}
    found = Results(stock=(about, verdicts_of(intents, SEALED.messages)))
    crisis = sum(message.level >= Level.CRISIS for message in SEALED.messages)
    fresh = report(found, replace(SEALED, training="today"))
    assert "## Stock Rasa" in fresh and f"{crisis}/{crisis} |" in fresh and "changed since" not in fresh
    assert "15 epochs instead of 100" in fresh and "Again: `bench --epochs 15`" in fresh
    assert "changed since" in report(found, replace(SEALED, training="tomorrow"))


def test_what_stock_rasa_said_of_other_messages_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    assert stored(file) is None
    file.write_text(json.dumps({"test_set": "another", "verdicts": {}}))
    assert stored(file) is None
    file.write_text(json.dumps({"test_set": sets.digest(sets.MESSAGES), "verdicts": {"s1": ["crisis", "self"]}}))
    assert stored(file) == ({"test_set": sets.digest(sets.MESSAGES)}, {"s1": Verdict(Level.CRISIS, "self")})
