"""What `doctor` says of signatures: what waits for one, what was changed after it, and a file that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from holdfast.clinic import Clinic
from holdfast.content.review import ReviewText, changed, state_of, tallies
from holdfast.signatures import Signatures

#: So many texts that were changed after signature are named; `content status` names them all.
_MOST = 20


def signature_findings(
    texts: Sequence[ReviewText], signatures: Signatures, clinic: Clinic
) -> Iterator[tuple[Literal["ok", "warn", "fail"], str]]:
    """The findings, grade first."""
    if signatures.problem:
        yield "fail", f"no signature counts: {signatures.problem}"
    counts = tallies(texts, signatures, clinic.country)
    for each in counts:
        withheld = " Answers without one are withheld." if each.name == "answers" and clinic.production else ""
        if each.open:
            told = f"{each.unsigned} unsigned, {each.changed} changed after signature, of {each.texts}."
            yield "warn", f"{each.name}: {told}{withheld}"
        else:
            yield "ok", f"{each.name}: all {each.texts} signed"
    void = changed(texts, signatures)
    for text in void[:_MOST]:
        yield "warn", f"{text.key}: {state_of(text, signatures)}. It has to be read and signed again."
    if len(void) > _MOST:
        yield "warn", f"and {len(void) - _MOST} more: python -m holdfast content status"
    if any(each.open for each in counts):
        yield "warn", "to have them read and signed: python -m holdfast content export (docs/content.md)"
