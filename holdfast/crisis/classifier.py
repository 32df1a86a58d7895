"""The classifier at scoring time: sentence vectors and hashed n-grams into class probabilities. numpy only, no pickles.

``python -m holdfast.crisis.training`` writes ``models/detector/classifier.npz`` (weights) and ``classifier.json``
(classes, thresholds, what it was trained on). How the units of a message are chosen stands in docs/detector.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from holdfast.crisis.normalize import Normalized, Normalizer
from holdfast.crisis.phrases import BOUNDARIES, END, QUESTION, START, STOP
from holdfast.crisis.types import Level, Subject
from holdfast.crisis.windows import windows

Floats = npt.NDArray[np.float32]

FORMAT = 3
BUCKETS = 1 << 16
#: Only this many characters of the beginning and of the end of a message reach the models; the lexicon sees all of it.
HEAD_CHARS = 2000
TAIL_CHARS = 2000
#: Up to here the message is one unit; above it its sentence windows are scored too, against thresholds of their own.
SHORT_CHARS = 400
#: Above this length the whole is no unit any more, only its windows.
WHOLE_CHARS = 600
#: So many units at most go through the encoder, those that the n-grams find likeliest to be risky: time is bounded.
MOST_ENCODED = 7
#: A message that is one unit and longer than this is looked into as well: one clause of risk drowns in the rest of it.
INSIDE_CHARS = 120
REMEDY = "Run `make train`, which builds it from data/nlu."

#: Every class with its level, subject and flag (docs/labeling.md). What is not listed here is ``none``.
CLASSES: Mapping[str, tuple[Level, Subject | None, str | None]] = {
    "emergency_self": (Level.EMERGENCY, "self", None),
    "emergency_other": (Level.EMERGENCY, "other", None),
    "crisis_self": (Level.CRISIS, "self", None),
    "crisis_other": (Level.CRISIS, "other", None),
    "concern_self": (Level.CONCERN, "self", None),
    "concern_other": (Level.CONCERN, "other", None),
    "distress": (Level.DISTRESS, "self", None),
    "harm_to_others": (Level.DISTRESS, "self", "harm_to_others"),
    "abuse": (Level.DISTRESS, "self", "abuse"),
    "voices": (Level.CRISIS, "self", "voices"),
    "after_session": (Level.NONE, None, "after_session"),
    "treat_tonight": (Level.CONCERN, "self", "treat_tonight"),
    "bereaved": (Level.DISTRESS, "self", "bereaved"),
    "none": (Level.NONE, None, None),
    # Plain questions that name death, danger or pills: as classes of their own they do not drown in the harmless rest.
    **dict.fromkeys(
        (
            "ask_suicidal_thoughts",
            "ask_safety",
            "ask_side_effects",
            "ask_serious_effects",
            "ask_worsening",
            "ask_addiction",
            "ask_antidepressants",
            "ask_interactions",
            "ask_amount",
        ),
        (Level.NONE, None, None),
    ),
}
RISING = (Level.DISTRESS, Level.CONCERN, Level.CRISIS, Level.EMERGENCY)
#: A special class sets its flag when it has at least this probability in some unit.
FLAG_PROBABILITY = 0.6


class ClassifierError(RuntimeError):
    """The classifier's files are missing, damaged or of another encoder; the message says what to do."""


class TextEncoder(Protocol):
    """What gives vectors: ``Encoder``, or a stand-in in a test."""

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Floats: ...


#: What a remembered message never holds: other signs than plain ones, or dots that trail off.
_UNPLAIN = re.compile(r"[^a-z0-9\s.,;:!?\u00bf\u00a1'\u2019\"()-]|\.\.")
_MARKS = {START: "", END: "", STOP: ".", QUESTION: "?"}


@dataclass(frozen=True)
class Scores:
    """What the classifier says of one message, seen alone.

    ``probabilities`` are those of the levels distress to emergency or above, each the highest over the units;
    ``name`` is the likeliest class of the unit that decided. ``subject`` is None at ``NONE``.
    """

    level: Level
    subject: Subject | None
    name: str
    probabilities: tuple[float, float, float, float]
    flags: frozenset[str] = frozenset()

    def at_least(self, level: Level) -> float:
        """The probability of that level or above, 0..1."""
        return self.probabilities[RISING.index(level)]


def units(text: str) -> list[str]:
    """The parts of a message that are scored one by one, in their order; never empty."""
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        text = f"{text[:HEAD_CHARS]}\n\n{text[-TAIL_CHARS:]}"
    text = text.strip()
    if len(text) <= SHORT_CHARS:
        return [text]
    parts = windows(text)
    if len(text) <= WHOLE_CHARS or not parts:
        parts = [text, *(part for part in parts if part != text)]
    return parts


def class_of(intent: str) -> str:
    """The detector's class of a training message: its intent, or ``none`` when that is no class of the detector."""
    return intent if intent in CLASSES else "none"


def known_key(text: str) -> int | None:
    """Under which number a message is remembered: 64 bits of the SHA-256 of its words without case, accents and marks.

    None when it holds anything else than Latin letters, digits and plain marks: an emoji, another script or dots that
    trail off may say what the words do not.
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)).lower()
    if _UNPLAIN.search(bare) or not (words := re.findall(r"[a-z0-9]+", bare.replace("'", "").replace("\u2019", ""))):
        return None
    return int.from_bytes(hashlib.sha256(" ".join(words).encode()).digest()[:8], "little")


def legible(normalizer: Normalizer, text: str, form: Normalized) -> str:
    """What the encoder reads: the text in Latin letters, or its repaired words where it was disguised (SM-27)."""
    if form.repaired.words == form.plain.words:
        return normalizer.unmasked(text)
    return " ".join(_MARKS.get(word, word) for word in form.repaired.words).strip()


def grams(words: Sequence[str]) -> Counter[int]:
    """Buckets of words, pairs of words and letter groups of 3 to 5, with how often each occurs."""
    found: list[bytes] = []
    before = b"^"
    for word in words:
        if word in BOUNDARIES:
            before = b"."
            continue
        letters = f"<{word}>".encode("ascii", "replace")
        found.append(letters)
        found.append(before + b" " + letters)
        before = letters
        for size in (3, 4, 5):
            found.extend(letters[start : start + size] for start in range(len(letters) - size + 1))
    return Counter(zlib.crc32(gram) & (BUCKETS - 1) for gram in found)


def weighted(counts: Counter[int], idf: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Buckets and their weights: logarithm of the count times rarity, brought to length 1."""
    buckets = np.fromiter(sorted(counts), dtype=np.int64, count=len(counts))
    values = np.log1p(np.array([counts[bucket] for bucket in buckets.tolist()], dtype=np.float32)) * idf[buckets]
    length = float(np.linalg.norm(values))
    return buckets, (values / length if length else values).astype(np.float32)


def level_sums(probabilities: Floats, classes: Sequence[str]) -> Floats:
    """From class probabilities (n, classes) to those of each level of ``RISING`` or above, (n, 4)."""
    levels = np.array([CLASSES[name][0] for name in classes])
    return np.stack([probabilities[:, levels >= level].sum(axis=1) for level in RISING], axis=1)


def odds_of(logits: Floats) -> Floats:
    """Probabilities of logits, (n, classes)."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Floats = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


@dataclass(frozen=True)
class Weights:
    """A trained model. ``vectors @ dense + grams @ sparse + bias`` are the logits of a regression on classes.

    Which class it is among those of one level, the regression says. Which level it is, the head that taught the encoder
    says (``vectors @ rise + rise_bias``: what each level of RISING adds), and the regression times ``class_share``.
    Without a head (``rise`` of zeros, a share of 1) this is the plain softmax of the regression's logits.
    """

    classes: tuple[str, ...]
    dense: Floats
    sparse: npt.NDArray[np.float16]
    bias: Floats
    idf: Floats
    gram_scale: float
    temperature: float
    rise: Floats
    rise_bias: Floats
    class_share: float
    #: The numbers (``known_key``) of whole messages that people labeled harmless, rising.
    harmless: npt.NDArray[np.uint64]

    def probabilities(self, vectors: Floats, counts: Sequence[Counter[int]]) -> Floats:
        """Class probabilities of each unit, (n, classes)."""
        logits = vectors @ self.dense + self.from_grams(counts) + self.bias
        return odds_of(self._ruled(logits, vectors) / self.temperature)

    def _ruled(self, logits: Floats, vectors: Floats) -> Floats:
        """The regression's logits with the head's say on the level."""
        risen = np.cumsum(vectors @ self.rise + self.rise_bias, axis=1)
        levels = np.array([int(CLASSES[name][0]) for name in self.classes])
        ruled = np.empty_like(logits)
        for level in set(levels.tolist()):
            here = levels == level
            highest = logits[:, here].max(axis=1, keepdims=True)
            whole = highest + np.log(np.exp(logits[:, here] - highest).sum(axis=1, keepdims=True))
            ruled[:, here] = logits[:, here] + (self.class_share - 1) * whole
            if level:
                ruled[:, here] += risen[:, level - 1 : level]
        return ruled

    def from_grams(self, counts: Sequence[Counter[int]]) -> Floats:
        """What the n-grams add to the logits of each unit, (n, classes)."""
        logits = np.zeros((len(counts), len(self.classes)), dtype=np.float32)
        for row, count in enumerate(counts):
            buckets, values = weighted(count, self.idf)
            if len(buckets):
                logits[row] = self.gram_scale * (values @ self.sparse[buckets].astype(np.float32))
        return logits

    def knows_harmless(self, text: str) -> bool:
        """Whether people labeled a message of exactly these words as harmless ("bye", "how much is it")."""
        key = known_key(text)
        if key is None:
            return False
        place = int(np.searchsorted(self.harmless, np.uint64(key)))
        return place < len(self.harmless) and int(self.harmless[place]) == key

    def likeliest(self, counts: Sequence[Counter[int]], most: int) -> list[int]:
        """The places of the ``most`` units that the n-grams alone find likeliest to be risky, in their order."""
        risky = level_sums(odds_of(self.from_grams(counts) + self.bias), self.classes)[:, RISING.index(Level.CONCERN)]
        return sorted(np.argsort(-risky, kind="stable")[:most].tolist())


@dataclass(frozen=True)
class Thresholds:
    """The probability from which a level is called: of a message that is one unit, and of one that is several.

    The highest of several values is higher by chance alone, so a long message needs more.
    """

    whole: Mapping[Level, float]
    long: Mapping[Level, float]


def _rungs(named: Mapping[str, float]) -> dict[Level, float]:
    """Thresholds by level. Raises KeyError when one is missing or too many."""
    found = {Level.of(label): float(value) for label, value in named.items()}
    if set(found) != set(RISING):
        raise KeyError("thresholds")
    return found


class Classifier:
    """A trained model with its thresholds. Safe to use from several threads."""

    def __init__(self, weights: Weights, thresholds: Thresholds, encoder: TextEncoder, normalizer: Normalizer) -> None:
        self.weights = weights
        self.thresholds = thresholds
        self._encoder = encoder
        self._normalizer = normalizer

    @classmethod
    def load(cls, folder: Path, encoder: TextEncoder, normalizer: Normalizer) -> Classifier:
        """Reads both files and checks that they belong together and to the encoder. Raises ClassifierError."""
        weights_file, about_file = folder / "classifier.npz", folder / "classifier.json"
        try:
            about: dict[str, Any] = json.loads(about_file.read_text(encoding="utf-8"))
            content = weights_file.read_bytes()
        except OSError as error:
            raise ClassifierError(f"{error.filename}: the trained classifier is missing. {REMEDY}") from None
        except ValueError as error:
            raise ClassifierError(f"{about_file}: damaged ({error}). {REMEDY}") from None
        if about.get("format") != FORMAT:
            raise ClassifierError(
                f"{about_file}: format {about.get('format')!r}, this version reads {FORMAT}. {REMEDY}"
            )
        if hashlib.sha256(content).hexdigest() != about.get("weights_sha256"):
            raise ClassifierError(
                f"{weights_file}: damaged, or not the file that {about_file.name} describes. {REMEDY}"
            )
        if about.get("encoder") != encoder.fingerprint:
            raise ClassifierError(
                f"{about_file}: trained with another sentence encoder than the one in models/encoder. {REMEDY}"
            )
        try:
            with np.load(weights_file, allow_pickle=False) as arrays:
                weights = Weights(
                    tuple(about["classes"]), arrays["dense"], arrays["sparse"], arrays["bias"], arrays["idf"],
                    float(about["gram_scale"]), float(about["temperature"]), arrays["rise"], arrays["rise_bias"],
                    float(about["class_share"]), arrays["harmless"],
                )  # fmt: skip
            thresholds = Thresholds(*(_rungs(about[key]) for key in ("thresholds", "long_thresholds")))
            if not set(weights.classes) <= CLASSES.keys():
                raise KeyError("classes")
        except (KeyError, ValueError) as error:
            raise ClassifierError(f"{about_file}: incomplete ({error}). {REMEDY}") from None
        return cls(weights, thresholds, encoder, normalizer)

    def score(self, text: str) -> Scores:
        """Scores the bounded part of a message: the highest value over its units at each level."""
        parts = units(text)
        forms = [self._normalizer(part) for part in parts]
        if len(parts) == 1 and self.weights.knows_harmless(text):
            return Scores(Level.NONE, None, "none", (0.0, 0.0, 0.0, 0.0))
        counts = [grams(form.repaired.words) for form in forms]
        chosen = list(range(len(parts)))
        if len(parts) > MOST_ENCODED:
            chosen = self.weights.likeliest(counts, MOST_ENCODED)
        found = self._of(parts, forms, counts, chosen)
        if len(parts) == 1 and len(text) > INSIDE_CHARS and found.level < Level.CONCERN:
            return self._inside(text, found)
        return found

    def _of(
        self, parts: Sequence[str], forms: Sequence[Normalized], counts: Sequence[Counter[int]], chosen: Sequence[int]
    ) -> Scores:
        """Scores the chosen units of a message."""
        vectors = self._encoder.encode([legible(self._normalizer, parts[place], forms[place]) for place in chosen])
        return self.decide(self.weights.probabilities(vectors, [counts[place] for place in chosen]))

    def _inside(self, text: str, whole: Scores) -> Scores:
        """What the sentences of a short message say by themselves, where its whole is calm; they need as much as those
        of a long one. Only a concern or more counts."""
        parts = [part for part in windows(text.strip()) if part != text.strip()]
        if len(parts) < 2:
            return whole
        forms = [self._normalizer(part) for part in parts]
        counts = [grams(form.repaired.words) for form in forms]
        chosen = self.weights.likeliest(counts, MOST_ENCODED)
        found = self._of(parts, forms, counts, chosen)
        return replace(found, flags=found.flags | whole.flags) if found.level >= Level.CONCERN else whole

    def decide(self, probabilities: Floats) -> Scores:
        """From the class probabilities of the units of one message to its scores."""
        sums = level_sums(probabilities, self.weights.classes)
        highest = sums.max(axis=0)
        limits = self.thresholds.whole if len(probabilities) == 1 else self.thresholds.long
        level = max(
            (rung for rung, value in zip(RISING, highest, strict=False) if value >= limits[rung]),
            default=Level.NONE,
        )
        deciding = int(sums[:, RISING.index(max(level, Level.CONCERN))].argmax())
        row = probabilities[deciding]
        names = self.weights.classes
        likeliest = [
            name
            for name in sorted(names, key=lambda name: -row[names.index(name)])
            if CLASSES[name][0] >= min(level, Level.CONCERN)
        ]
        about: dict[Subject, float] = {"self": 0.0, "other": 0.0}
        for name, value in zip(names, row, strict=False):
            rung, whom, _ = CLASSES[name]
            if whom is not None and rung >= min(level, Level.CONCERN):
                about[whom] += float(value)
        subject: Subject | None = None if level == Level.NONE else "other" if about["other"] > about["self"] else "self"
        flags = frozenset(
            flag
            for name, value in zip(names, probabilities.max(axis=0), strict=False)
            if (flag := CLASSES[name][2]) is not None and value >= FLAG_PROBABILITY
        )
        first, second, third, fourth = (float(value) for value in highest)
        return Scores(level, subject, likeliest[0], (first, second, third, fourth), flags)
