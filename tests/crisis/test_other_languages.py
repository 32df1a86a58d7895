"""Languages beside English and Spanish: plain statements are found, everything else is left alone (SM-28)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holdfast.crisis.detector import Detector
from holdfast.crisis.lexicon import Findings, Lexicon, entry_matches, together
from holdfast.crisis.lexicon_files import OTHER_LANGUAGES
from holdfast.crisis.scripts import ScriptNormalizer
from holdfast.crisis.types import Level, Signal

SAID = yaml.safe_load((Path(__file__).parent / "other_languages.yml").read_text(encoding="utf-8"))
STATEMENTS = yaml.safe_load((Path(__file__).parent / "statements.yml").read_text(encoding="utf-8"))
#: Everyday words that look like a word of danger in another language.
LOOKALIKES = [
    "the die is cast and I die of boredom", "gift ideas for my sister", "my mort-gage is due", "I went to Dood's cafe",
    "muerto de risa con el video", "me mata la curiosidad", "quiero matar el tiempo", "no quiero vivir en Madrid",
    "c'est la vie", "sushi bar on Main Street", "gusto ko", "tot ziens", "I love Morir Sonando, the drink",
    "mort subite is a Belgian beer", "suicide squad is my favorite film", "seppuku and other words in my crossword",
]  # fmt: skip


@pytest.fixture(scope="module")
def others() -> Lexicon:
    return Lexicon.load_others()


def test_every_language_of_the_lexicon_is_tested() -> None:
    assert set(SAID) == set(OTHER_LANGUAGES)
    assert len(OTHER_LANGUAGES) >= 10
    for language, kinds in SAID.items():
        assert [kind for kind in ("risk", "overdose", "other", "calm") if not kinds[kind]] == [], language
        assert len(kinds["risk"]) >= 2


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_a_plain_statement_is_a_crisis(language: str, floor: Detector) -> None:
    """SM-01, SM-11: by the lexicon alone, whatever the models make of the language."""
    found = {text: floor.assess(text) for text in SAID[language]["risk"]}
    assert {text: f.level.label for text, f in found.items() if f.level < Level.CRISIS} == {}
    assert {f.subject for f in found.values()} == {"self"}
    assert all(any(s.name.startswith(f"{language}.") for s in f.signals) for f in found.values())


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_an_overdose_under_way_is_an_emergency(language: str, floor: Detector) -> None:
    """SM-60."""
    for text in SAID[language]["overdose"]:
        found = floor.assess(text)
        assert (found.level, "overdose" in found.flags) == (Level.EMERGENCY, True), text


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_worry_about_somebody_else_is_told_from_ones_own(language: str, floor: Detector) -> None:
    """SM-18."""
    for text in SAID[language]["other"]:
        found = floor.assess(text)
        assert (found.level >= Level.CRISIS, found.subject) == (True, "other"), text


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_negations_idioms_and_questions_raise_nothing(language: str, floor: Detector) -> None:
    """SM-23."""
    assert {t: f.level.label for t in SAID[language]["calm"] if (f := floor.assess(t)).level > Level.DISTRESS} == {}


def test_every_entry_finds_its_examples_and_not_its_counterexamples(others: Lexicon) -> None:
    read = {text: others.read(text) for entry in others.entries for text in entry.examples}
    missed = [
        (entry.name, text)
        for entry in others.entries
        for text in entry.examples
        if read[text].level < entry.level or read[text].subject != entry.subject
    ]
    caught = [(e.name, text) for e in others.entries for text in e.counterexamples if entry_matches(others, e, text)]
    assert (missed, caught) == ([], [])
    assert len(others.entries) > 100


def test_english_and_spanish_messages_are_never_read_as_another_language(others: Lexicon) -> None:
    """SM-23: what is found in them, the lexicon of their own language finds."""
    texts = [text for group in ("benign", "benign_or_distress") for text in STATEMENTS[group]] + LOOKALIKES
    texts += [text for group in STATEMENTS["explicit"].values() for text in group]
    assert len(texts) > 300
    assert [text for text in texts if others.read(text).signals] == []


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("хочу умереть", "xoчу умepeть"),  # Latin look-alikes within a word
        ("хочу умереть", "ХОЧУ   УМЕРЕТЬ!!!"),
        ("я хочу чтобы он ушёл. хочу умереть", "я хочу чтобы он ушел. хочу умереть"),
        ("je veux mourir", "Je veux, mourir…"),
        ("tôi muốn chết", "toi muon chet"),
        ("أريد أن أموت", "اريد ان اموت"),
        ("أريد أن أموت", "أُرِيدُ أَنْ أَمُوتَ"),
        ("我想死", "我  想 死"),
        ("死にたい", "「死にたい」"),
        ("ölmek istiyorum", "OLMEK ISTIYORUM"),
        ("मैं मरना चाहता हूँ", "मैं मरना चाहता हूं।"),
    ],
)
def test_ways_of_writing_change_nothing(others: Lexicon, written: str, also: str) -> None:
    """SM-27."""
    assert others.read(written).level is Level.CRISIS
    assert others.read(also).level is Level.CRISIS


def test_a_sentence_of_risk_is_found_among_many(floor: Detector) -> None:
    text = "Сегодня хорошая погода. " * 200 + "Хочу умереть. " + "Завтра пойду в магазин. " * 200
    assert floor.assess(text).level is Level.CRISIS


def test_what_two_lexicons_find_is_put_together() -> None:
    calm = Findings()
    other = Findings(Level.CRISIS, "other", (Signal("lexicon", "fr.other", Level.CRISIS, 1.0),))
    own = Findings(Level.CONCERN, "self", (Signal("lexicon", "en.burden", Level.CONCERN, 1.0),), frozenset({"veteran"}))
    assert together(own, calm) is own
    both = together(own, other)
    assert (both.level, both.subject) == (Level.CRISIS, "self")
    assert [signal.name for signal in both.signals] == ["fr.other", "en.burden"]
    assert both.flags == {"veteran"}
    assert together(calm, other).subject == "other"


@given(st.text(max_size=400))
def test_any_text_at_all_is_read(text: str) -> None:
    words = ScriptNormalizer()(text).plain.words
    assert words[0] == "^^"
    assert words[-1] == "$$"


def test_characters_nobody_sees_do_not_divide_a_word_of_any_script() -> None:
    words = ScriptNormalizer()("хочу уме\u200bреть, je veux mou\u00adrir").plain.words
    assert "умереть" in words and "mourir" in words
