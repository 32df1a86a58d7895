"""The lexicon as its reviewers read it: every example is found, every counterexample is not (SM-10 to SM-23)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from holdfast.crisis.detector import Detector
from holdfast.crisis.lexicon import Lexicon, LexiconError, entry_matches
from holdfast.crisis.types import Level

STATEMENTS = yaml.safe_load((Path(__file__).parent / "statements.yml").read_text(encoding="utf-8"))


def test_every_entry_finds_its_examples(lexicon: Lexicon) -> None:
    missed = [
        (entry.name, text)
        for entry in lexicon.entries
        for text in entry.examples
        if entry.level > Level.NONE and lexicon.scan(lexicon.normalizer(text)).level < entry.level
    ]
    assert sum(len(entry.examples) for entry in lexicon.entries) > 300
    assert not missed


def test_no_entry_finds_its_counterexamples(lexicon: Lexicon) -> None:
    caught = [
        (entry.name, text)
        for entry in lexicon.entries
        for text in entry.counterexamples
        if entry_matches(lexicon, entry, text)
    ]
    assert sum(len(entry.counterexamples) for entry in lexicon.entries) >= 200
    assert not caught


@pytest.mark.parametrize("name", sorted(STATEMENTS["explicit"]))
def test_plain_statements_reach_their_level_without_any_model(floor: Detector, name: str) -> None:
    """SM-01: explicit statements are found by the floor alone."""
    level, subject = name.split("_")[:2]
    wrong = []
    for text in STATEMENTS["explicit"][name]:
        found = floor.assess(text)
        if found.level < Level.of(level) or (subject == "other" and found.subject != "other"):
            wrong.append((text, found.level.label, found.subject))
    assert not wrong


@pytest.mark.parametrize(("kind", "level"), [("benign", Level.NONE), ("benign_or_distress", Level.DISTRESS)])
def test_what_only_sounds_dangerous_raises_nothing(floor: Detector, kind: str, level: Level) -> None:
    """SM-23."""
    wrong = [(text, found.level.label) for text in STATEMENTS[kind] if (found := floor.assess(text)).level > level]
    assert not wrong


def test_every_decision_of_the_floor_names_its_signal(floor: Detector) -> None:
    """SM-36."""
    for texts in STATEMENTS["explicit"].values():
        for text in texts:
            assert [signal for signal in floor.assess(text).signals if signal.level >= Level.CONCERN], text


def test_a_broken_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "self.yml").write_text("level: crisis\nentries: [{id: x}]\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"self\.yml"):
        Lexicon.load(tmp_path)
