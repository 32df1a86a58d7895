"""The detector: lexicon, encoder and classifier behind one contract (docs/architecture.md, ``crisis``)."""

from __future__ import annotations

import os
from pathlib import Path

from holdfast import paths
from holdfast.crisis.classifier import Classifier, ClassifierError, Scores
from holdfast.crisis.context import decide
from holdfast.crisis.encoder import Encoder, EncoderError
from holdfast.crisis.lexicon import Findings, Lexicon, LexiconError, together
from holdfast.crisis.normalize import NormalizeError, Normalizer
from holdfast.crisis.types import Assessment, Context

#: So many units of a long message are encoded side by side at most.
MOST_THREADS = 4


class DetectorError(RuntimeError):
    """The detector cannot be loaded; the message says what is wrong, where, and what to do."""


class Detector:
    """Assesses messages. Holds no state of any conversation; safe to use from several threads."""

    def __init__(self, lexicon: Lexicon, classifier: Classifier | None = None, others: Lexicon | None = None) -> None:
        self.lexicon = lexicon
        self.classifier = classifier
        self._others = others

    @classmethod
    def load(cls, models: Path | None = None, *, lexicon_only: bool = False) -> Detector:
        """Loads everything, or with ``lexicon_only`` what needs no model file.

        ``models`` is the folder of all model files, by default that of ``holdfast.paths``. Raises DetectorError.
        """
        try:
            normalizer = Normalizer.load()
            lexicon, others = Lexicon.load(normalizer=normalizer), Lexicon.load_others()
            if lexicon_only:
                return cls(lexicon, None, others)
            folder = models or paths.models()
            encoder = Encoder.load(folder / "encoder", threads=min(len(os.sched_getaffinity(0)), MOST_THREADS))
            return cls(lexicon, Classifier.load(folder / "detector", encoder, normalizer), others)
        except (LexiconError, NormalizeError, EncoderError, ClassifierError) as error:
            raise DetectorError(str(error)) from error

    def scan(self, text: str) -> Findings:
        """What the lexicons find in the whole text; well under a millisecond for a chat message."""
        found = self.lexicon.read(text)
        return found if self._others is None else together(found, self._others.read(text))

    def classify(self, text: str) -> Scores | None:
        """What the models say of a bounded part of the text; None when only the lexicon is loaded. Thread-safe."""
        return None if self.classifier is None else self.classifier.score(text)

    def combine(self, text: str, findings: Findings, scores: Scores | None, context: Context) -> Assessment:
        """The assessment from both, and the turns before. Pure; ``scores`` is None when the models did not answer."""
        return decide(findings, scores, context)

    def assess(self, text: str, context: Context | None = None) -> Assessment:
        """Scan, classify and combine in one."""
        return self.combine(text, self.scan(text), self.classify(text), context or Context())
