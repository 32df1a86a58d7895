"""`holdfast assess`: what the detector says of messages, JSON Lines in and out."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from holdfast.cli.jsonl import InputError, requests
from holdfast.crisis.context import next_context
from holdfast.crisis.detector import Detector, DetectorError
from holdfast.crisis.types import Assessment, Context


def assess(source: TextIO, target: TextIO, *, lexicon_only: bool) -> int:
    """Answers each line in order, nothing else on ``target``. Returns 2 on bad input, 1 without a detector."""
    try:
        detector = Detector.load(lexicon_only=lexicon_only)
        for request in requests(source):
            context, answers = Context(), []
            for turn in request.turns:
                assessment = detector.assess(turn, context)
                context = next_context(context, assessment)
                answers.append(_answer(assessment))
            print(json.dumps(answers[0] if request.single else {"turns": answers}), file=target, flush=True)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _answer(assessment: Assessment) -> dict[str, Any]:
    return {
        "level": assessment.level.label,
        "subject": assessment.subject,
        "signals": [
            {"source": each.source, "name": each.name, "level": each.level.label, "score": round(each.score, 4)}
            for each in assessment.signals
        ],
        "score": round(assessment.score, 4),
    }
