"""Chooses when a topic is answered, when two are offered and when a message is two questions, from stated costs.

    .venv/bin/python tools/topic_limits.py     prints the three limits for config.yml, and what they cost

Works like the pipeline of config.yml on the training messages alone, in four parts: each part is read by a classifier
that learned from the other three. Neighbors of one scene stay together (holdfast/crisis/corpus.py). No test question is
read.
"""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from holdfast.content.wording import Wording
from holdfast.crisis.corpus import TOPICS, Message, read
from holdfast.crisis.encoder import Encoder
from holdfast.crisis.vectors import CACHE, cached_encode
from holdfast.dialogue.choice import BETWEEN, LOST, Limits, choose, is_topic
from holdfast.dialogue.decision import CRISIS_SIDE, Ranked, without_crisis_side
from holdfast.dialogue.parts import parts_of
from holdfast.paths import ROOT, models

#: The components of config.yml by the last part of their names.
Settings = dict[str, dict[str, Any]]
FOLDS = 4
#: What each outcome costs; a right answer, and saying "not for me" where that is true, cost nothing.
COSTS = {
    "wrong_treatment": 4.0,  # a confident answer on the treatment that was not asked for: as bad as four taps too many
    "wrong_clinic": 2.0,  # the same on hours, parking and the like
    "beyond_scope": 2.5,  # an answer to what this assistant is not for
    "offer_misses": 2.0,  # two topics offered, neither of them meant
    "unsure": 2.0,  # in scope, but told that it was not understood
    "offer_holds": 1.0,  # one tap more
    "false_second": 2.0,  # an answer to a question that was not asked
    "missed_second": 1.0,  # the second question must be asked again
}
#: One message in so many is taken to hold two questions.
DOUBLE_OF = 10
STEPS = [round(0.05 * step, 2) for step in range(4, 20)]
#: Two topics are offered only where they are together likelier than everything else.
OFFERS = [step for step in STEPS if step >= 0.5]


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    return Encoder.load()


@dataclass(frozen=True)
class Reading:
    """A message as read by a classifier that had not seen it."""

    intent: str
    ranking: tuple[Ranked, ...]
    parts: tuple[tuple[Ranked, ...], ...]


class Reader:
    """The featurizers and the classifier of config.yml."""

    def __init__(self, settings: Settings, texts: Sequence[str], intents: Sequence[str]) -> None:
        grams = settings["NgramFeaturizer"]
        self._scale, self._weight = settings["EncoderFeaturizer"]["scale"], grams["weight"]
        span = (grams["min_ngram"], grams["max_ngram"])
        self._counter = CountVectorizer(
            analyzer=grams["analyzer"], ngram_range=span, min_df=grams["min_df"], max_features=grams["max_features"]
        ).fit(texts)
        most = settings["PlainLogisticRegression"]["max_iter"]
        self._model = LogisticRegression(max_iter=most, class_weight="balanced", random_state=42)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it stops early on purpose, as in Rasa
            self._model.fit(self._features(texts), intents)

    def rankings(self, texts: Sequence[str]) -> list[tuple[Ranked, ...]]:
        """What each text is taken for, best first, without the crisis side."""
        if not texts:
            return []
        return [self._ranked(row) for row in self._model.predict_proba(self._features(texts))]

    def _ranked(self, row: Any) -> tuple[Ranked, ...]:
        order = np.argsort(-row)[:12]
        return without_crisis_side([Ranked(str(self._model.classes_[i]), float(row[i])) for i in order])

    def _features(self, texts: Sequence[str]) -> Any:
        vectors = cached_encode(_encoder(), texts, models() / "cache" / CACHE)
        counts = normalize(self._counter.transform(texts).astype(float)) * self._weight
        return sparse.hstack([sparse.csr_matrix(vectors * self._scale), counts]).tocsr()


def read_unseen(messages: Sequence[Message], settings: Settings) -> tuple[list[Reading], list[Reading]]:
    """All messages, and pairs of short questions on two topics joined to one, each read by who had not seen it."""
    whole: list[Reading] = []
    pairs: list[Reading] = []
    for fold in range(FOLDS):
        seen = [message for message in messages if message.group % FOLDS != fold]
        unseen = [m for m in messages if m.group % FOLDS == fold and m.intent not in CRISIS_SIDE]
        reader = Reader(settings, [m.text for m in seen], [m.intent for m in seen])
        whole += _readings(reader, [(m.text, m.intent) for m in unseen])
        short = [m for m in unseen if is_topic(m.intent) and 3 <= len(m.text.split()) <= 9]
        half = len(short) // 2
        joined = [
            (f"{a.text.rstrip(' .?')}{glue}{b.text}", f"{a.intent}+{b.intent}")
            for (a, b), glue in zip(
                zip(short[:half], short[half:], strict=False), itertools.cycle([" and ", "? ", ". "]), strict=False
            )
            if a.intent != b.intent
        ]
        pairs += _readings(reader, joined)
        print(f"part {fold + 1} of {FOLDS} read", file=sys.stderr, flush=True)
    return whole, pairs


def _readings(reader: Reader, labeled: Sequence[tuple[str, str]]) -> list[Reading]:
    rankings = reader.rankings([text for text, _ in labeled])
    parts = [parts_of(text) for text, _ in labeled]
    flat = iter(reader.rankings([part for each in parts for part in each]))
    return [
        Reading(intent, ranking, tuple(next(flat) for _ in own))
        for (_, intent), ranking, own in zip(labeled, rankings, parts, strict=True)
    ]


def outcome(reading: Reading, limits: Limits, clinic: frozenset[str]) -> str:
    """What a message of one question gets."""
    top = reading.ranking[0]
    choice = choose(reading.ranking, (), limits)
    in_scope = reading.intent != "out_of_scope"
    if choice and choice.intent == BETWEEN:
        return "offer_holds" if reading.intent in choice.topics else "offer_misses"
    if (choice and choice.intent == LOST) or (top.name == "out_of_scope" and in_scope):
        return "unsure" if in_scope else "right"
    if top.name == reading.intent or not is_topic(top.name):
        return "right"
    if not in_scope:
        return "beyond_scope"
    return "wrong_clinic" if top.name in clinic else "wrong_treatment"


def second(reading: Reading, limits: Limits) -> bool:
    """Whether the message was taken for two questions."""
    choice = choose(reading.ranking, reading.parts, limits)
    return choice is not None and choice.intent not in (BETWEEN, LOST)


def main() -> int:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    settings = {entry["name"].rpartition(".")[2]: entry for entry in pipeline}
    answers = Wording.load().answers
    clinic = frozenset(topic for topic, entry in answers.items() if entry.kind == "clinic")
    nlu = ROOT / "data" / "nlu"
    files = [message for message in [*read(nlu), *read(nlu / TOPICS)] if not message.metadata]
    whole, pairs = read_unseen(files, settings)
    scored = []
    for answer, offer in itertools.product(STEPS, OFFERS):
        limits = Limits(answer, offer)
        found = [outcome(reading, limits, clinic) for reading in whole]
        scored.append((sum(COSTS.get(name, 0.0) for name in found) / len(found), answer, offer, found))
    cost, answer, offer, found = min(scored, key=lambda row: row[:3])
    print(f"answer_threshold {answer}, offer_threshold {offer}: mean cost {cost:.3f} over {len(whole)} messages")
    print("  " + ", ".join(f"{name} {100 * found.count(name) / len(found):.1f} %" for name in sorted(set(found))))
    shares = []
    for part in STEPS:
        limits = Limits(answer, offer, part)
        false = sum(second(reading, limits) for reading in whole if is_topic(reading.intent)) / len(whole)
        missed = 1 - sum(second(reading, limits) for reading in pairs) / len(pairs)
        cost = COSTS["false_second"] * false * (DOUBLE_OF - 1) + COSTS["missed_second"] * missed
        shares.append((cost, part, false, missed))
    _, part, false, missed = min(shares)
    print(
        f"part_threshold {part}: single questions taken for two {100 * false:.1f} %; of {len(pairs)} messages ", end=""
    )
    print(f"joined from two questions {100 * missed:.1f} % taken for one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
