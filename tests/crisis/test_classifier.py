"""The classifier at scoring time: units, what the encoder reads, thresholds, files."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from holdfast.crisis.classifier import (
    BUCKETS,
    FLAG_PROBABILITY,
    INSIDE_CHARS,
    MOST_ENCODED,
    RISING,
    SHORT_CHARS,
    WHOLE_CHARS,
    Classifier,
    ClassifierError,
    Thresholds,
    Weights,
    class_of,
    grams,
    legible,
    units,
)
from holdfast.crisis.corpus import Message
from holdfast.crisis.detector import Detector
from holdfast.crisis.lexicon import Lexicon
from holdfast.crisis.phrases import STOP
from holdfast.crisis.training import known_harmless, write
from holdfast.crisis.types import Level
from tests.crisis.stand_in import LetterEncoder

NAMES = ("concern_self", "crisis_other", "crisis_self", "distress", "emergency_self", "none", "voices")
LIMITS = Thresholds(dict.fromkeys(RISING, 0.3), dict.fromkeys(RISING, 0.6))
SENTENCE = "The bakery on our street opens at seven and closes at noon. "


def blank() -> Weights:
    return Weights(
        NAMES, np.zeros((26, len(NAMES)), np.float32), np.zeros((BUCKETS, len(NAMES)), np.float16),
        np.zeros(len(NAMES), np.float32), np.ones(BUCKETS, np.float32), 1.0, 1.0,
        np.zeros((26, len(RISING)), np.float32), np.zeros(len(RISING), np.float32), 1.0, np.zeros(0, np.uint64),
    )  # fmt: skip


@pytest.fixture
def scorer(lexicon: Lexicon) -> Classifier:
    return Classifier(blank(), LIMITS, LetterEncoder(), lexicon.normalizer)


def odds(**values: float) -> list[float]:
    rest = (1 - sum(values.values())) / (len(NAMES) - len(values))
    return [values.get(name, rest) for name in NAMES]


def test_a_message_of_one_unit_is_not_cut() -> None:
    assert units("  " + "a" * SHORT_CHARS + " ") == ["a" * SHORT_CHARS]


def test_a_longer_message_is_a_unit_beside_its_windows_and_a_very_long_one_is_not() -> None:
    longer = (SENTENCE * 9)[: SHORT_CHARS + 50]
    assert units(longer)[0] == longer and len(units(longer)) > 1
    very_long = SENTENCE * (WHOLE_CHARS // len(SENTENCE) + 2)
    assert all(len(part) < len(very_long) for part in units(very_long))


def test_a_long_message_needs_more_than_a_message_of_one_unit(scorer: Classifier) -> None:
    row = odds(crisis_self=0.45, none=0.55)
    assert scorer.decide(np.array([row], np.float32)).level == Level.CRISIS
    calm = odds(none=0.9)
    assert scorer.decide(np.array([calm, row, calm], np.float32)).level == Level.NONE


def test_the_highest_of_the_units_counts(scorer: Classifier) -> None:
    rows = [odds(none=0.95), odds(emergency_self=0.9), odds(none=0.95)]
    scores = scorer.decide(np.array(rows, np.float32))
    assert (scores.level, scores.subject, scores.name) == (Level.EMERGENCY, "self", "emergency_self")


def test_a_calm_message_is_looked_into_where_a_clause_of_risk_would_drown(lexicon: Lexicon) -> None:
    weights = blank()
    weights.dense[25, NAMES.index("crisis_self")] = 8.0  # the letter z is the risk
    weights.bias[NAMES.index("none")] = 4.0
    encoder = LetterEncoder()
    scorer = Classifier(weights, LIMITS, encoder, lexicon.normalizer)
    calm = (
        "The bakery on our street opens at seven and they close at noon on most of the days. The bread is good there. "
    )
    drowned = f"{calm}Jazz fizz buzz. Thanks."
    assert len(drowned) > INSIDE_CHARS and scorer.score(drowned).level == Level.CRISIS
    assert (
        scorer.score("The bakery on our street opens at seven and closes at noon on most days. Jazz fizz buzz.").level
        == Level.NONE
    )  # too short to drown in
    encoder.seen.clear()
    assert scorer.score(f"{calm}My sister likes it. So does he. We go at ten. I pay.").level == Level.NONE
    assert len(encoder.seen) == 1 + MOST_ENCODED


def test_the_subject_is_that_of_the_risky_classes(scorer: Classifier) -> None:
    assert scorer.decide(np.array([odds(crisis_other=0.6, none=0.4)], np.float32)).subject == "other"
    assert scorer.decide(np.array([odds(none=0.99)], np.float32)).subject is None


def test_a_special_class_sets_its_flag_only_when_it_is_likely(scorer: Classifier) -> None:
    sure = scorer.decide(np.array([odds(voices=FLAG_PROBABILITY + 0.01)], np.float32))
    unsure = scorer.decide(np.array([odds(voices=FLAG_PROBABILITY - 0.05)], np.float32))
    assert sure.flags == {"voices"} and unsure.flags == frozenset()


def test_so_many_units_at_most_are_encoded(scorer: Classifier, lexicon: Lexicon) -> None:
    encoder = LetterEncoder()
    counted = Classifier(blank(), LIMITS, encoder, lexicon.normalizer)
    counted.score(
        " ".join(f"Sentence number {number} speaks of the weather at some length today." for number in range(40))
    )
    assert len(encoder.seen) == MOST_ENCODED


def test_the_encoder_reads_latin_letters_sm27(lexicon: Lexicon) -> None:
    cyrillic = "i w\u0430nt to di\u0435"
    form = lexicon.normalizer(cyrillic)
    assert legible(lexicon.normalizer, cyrillic, form) == "i want to die"
    plain = "The caf\u00e9 at the corner, isn't it?"
    assert legible(lexicon.normalizer, plain, lexicon.normalizer(plain)) == plain


def test_a_topic_is_none_to_the_detector() -> None:
    assert class_of("ask_cost") == "none" and class_of("voices") == "voices"


def test_grams_do_not_reach_over_the_end_of_a_sentence() -> None:
    pair = zlib.crc32(b"<not> <suicidal>") & (BUCKETS - 1)
    assert pair in grams(["not", "suicidal"])
    assert pair not in grams(["not", STOP, "suicidal"])


class Stored:
    """The files of a classifier, and a way to spoil them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        message = Message("hello", "greet", 1, False)
        write(blank(), LIMITS, [message], LetterEncoder(), folder, {"held_out": []})

    def change(self, **more: object) -> None:
        file = self.folder / "classifier.json"
        about = json.loads(file.read_text())
        file.write_text(json.dumps({key: value for key, value in {**about, **more}.items() if value is not None}))


def test_what_was_written_is_read_back(tmp_path: Path, lexicon: Lexicon) -> None:
    found = Classifier.load(Stored(tmp_path).folder, LetterEncoder(), lexicon.normalizer)
    assert found.thresholds == LIMITS and found.weights.classes == NAMES


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 1}, "format 1, this version reads 3"),
        ({"long_thresholds": None}, "long_thresholds"),
        ({"thresholds": {"crisis": 0.5}}, "thresholds"),
        ({"encoder": "another"}, "another sentence encoder"),
        ({"weights_sha256": "0"}, "damaged"),
        ({"classes": ["crisis_self", "sunshine"]}, "classes"),
    ],
)
def test_a_spoiled_file_is_refused_with_the_remedy(
    tmp_path: Path, lexicon: Lexicon, change: dict[str, object], told: str
) -> None:
    stored = Stored(tmp_path)
    stored.change(**change)
    with pytest.raises(ClassifierError, match=told) as refusal:
        Classifier.load(stored.folder, LetterEncoder(), lexicon.normalizer)
    assert "make train" in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path, lexicon: Lexicon) -> None:
    with pytest.raises(ClassifierError, match=r"classifier\.json: the trained classifier is missing"):
        Classifier.load(tmp_path, LetterEncoder(), lexicon.normalizer)


def test_words_that_people_labeled_harmless_are_no_alarm_and_no_others(lexicon: Lexicon) -> None:
    told = [
        Message("Bye, thanks", "goodbye", 1, False),
        Message("good night all", "goodbye", 2, False),
        Message("good night all", "concern_self", 3, False),
        Message("my chest hurts after it", "after_session", 4, False),
        Message("a" * (SHORT_CHARS + 1), "out_of_scope", 5, False),
        Message("see you there", "goodbye", 6, False),
        Message("see you there", "concern_self", 7, True),
        Message("never taught", "goodbye", 8, True),
    ]
    known = known_harmless(told)
    assert len(known) == 1
    alarming = replace(blank(), bias=np.array([9.0 * (name == "crisis_self") for name in NAMES], np.float32))
    scorer = Classifier(replace(alarming, harmless=known), LIMITS, LetterEncoder(), lexicon.normalizer)
    assert scorer.score("bye thanks!").level == Level.NONE
    more = ("bye thanks \U0001f62d", "bye thanks...", "b\u0443e thanks")  # an emoji, trailing off, a Cyrillic letter
    for other in (
        "bye",
        "bye, thanks for all",
        "good night all",
        "my chest hurts after it",
        "see you there",
        "never taught",
        "",
        "\U0001f62d",
        *more,
    ):
        assert scorer.score(other).level == Level.CRISIS, other


def test_the_lexicon_hears_what_people_labeled_harmless_all_the_same(lexicon: Lexicon) -> None:
    told = [Message("I want to kill myself", "out_of_scope", 1, False)]
    deaf = Classifier(replace(blank(), harmless=known_harmless(told)), LIMITS, LetterEncoder(), lexicon.normalizer)
    assert deaf.score("i want to kill myself").level == Level.NONE
    assert Detector(lexicon, deaf).assess("i want to kill myself").level == Level.CRISIS


def test_a_level_counts_whose_threshold_is_reached_though_that_of_a_lower_one_is_not(lexicon: Lexicon) -> None:
    limits = Thresholds({**LIMITS.whole, Level.CONCERN: 0.6, Level.CRISIS: 0.3}, LIMITS.long)
    scorer = Classifier(blank(), limits, LetterEncoder(), lexicon.normalizer)
    assert scorer.decide(np.array([odds(crisis_self=0.4, none=0.6)], np.float32)).level == Level.CRISIS
