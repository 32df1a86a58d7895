"""From what lexicon and classifier say of one message, and the turns before it, to its assessment. Pure functions.

The rules are those of docs/labeling.md and of SM-18, SM-19, SM-25, SM-26, SM-32 and SM-63.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.crisis.classifier import Scores
from holdfast.crisis.lexicon import Findings
from holdfast.crisis.types import Assessment, Context, Level, Signal, Subject

#: So many turns of distress before it make a hopeless one a concern (SM-25).
DISTRESS_TURNS = 2
#: Below this probability a concern of the models alone is faint: a reaction after a session, or drink, makes no more
#: of it.
FAINT = 0.25
#: How sure a lexicon finding counts as, by level, where a single number is asked for.
LEXICON_SCORES = {Level.NONE: 0.0, Level.DISTRESS: 0.3, Level.CONCERN: 0.8, Level.CRISIS: 0.95, Level.EMERGENCY: 1.0}


def decide(findings: Findings, scores: Scores | None, context: Context) -> Assessment:
    """The assessment of a message. Without scores the lexicon decides alone."""
    level, subject = findings.level, findings.subject
    signals = list(findings.signals)
    flags = findings.flags
    score = LEXICON_SCORES[level]
    if scores is not None:
        flags |= scores.flags
        score = max(score, scores.at_least(Level.CONCERN))
        scores = _of_the_body(scores, level, flags)
        if scores.level > Level.NONE:
            at_least = scores.at_least(scores.level)
            signals.append(Signal("classifier", scores.name, scores.level, round(at_least, 4)))
        if scores.level > level:
            # The lexicon says whom it is about when it found a risk itself; the classifier only how near it is.
            subject = subject if level >= Level.CONCERN else scores.subject
            level = scores.level
    level, subject, added = _by_turns(level, subject, findings, context)
    signals.extend(added)
    faint = scores is not None and not added and findings.level < Level.CONCERN and _faint(scores)
    raised = _raise_by_drink(level, subject, flags, context, faint=faint)
    if raised > level:
        signals.append(Signal("context", "intoxicated", raised, 1.0))
        level, subject = raised, "self"
    if added or raised > findings.level:
        score = max(score, LEXICON_SCORES[level] if added else score)
    disclosed = level >= Level.CONCERN or context.highest >= Level.CONCERN
    return Assessment(
        level=level,
        subject=None if level == Level.NONE else subject or "self",
        signals=tuple(sorted(signals, key=lambda signal: -signal.level)),
        score=round(min(1.0, score), 4),
        flags=flags,
        answer=findings.answer if context.question_open else None,
        retraction=findings.retraction and disclosed,
        asks_means="means_question" in findings.marks,
    )


def _of_the_body(scores: Scores, level: Level, flags: frozenset[str]) -> Scores:
    """A reaction of the body after a session in which the models alone find a faint concern stays what it is.

    Its own card has the emergency number, the clinic and the lines, and nobody with a tight chest is asked about
    suicide (SM-64).
    """
    bodily = not level and "after_session" in flags and _faint(scores)
    return replace(scores, level=Level.NONE, subject=None) if bodily else scores


def _faint(scores: Scores) -> bool:
    """Whether the models find a concern at most, and that with a small probability."""
    return scores.level <= Level.CONCERN and scores.at_least(Level.CONCERN) < FAINT


def _by_turns(
    level: Level, subject: Subject | None, findings: Findings, context: Context
) -> tuple[Level, Subject | None, list[Signal]]:
    """What the turns before make of a message."""
    candidates: list[tuple[Level, str]] = []
    if context.question_open and findings.answer == "yes":
        candidates.append((Level.CRISIS, "answer_yes"))
    if context.question_open and findings.answer == "unsure":
        candidates.append((Level.CONCERN, "answer_unsure"))
    if findings.retraction and context.highest >= Level.CONCERN:
        candidates.append((context.highest, "retraction"))
    if "turn_to_self" in findings.marks and context.subject == "other" and context.highest >= Level.CONCERN:
        candidates.append((context.highest, "turn_to_self"))
    if "means_question" in findings.marks and context.highest >= Level.CONCERN and context.subject == "self":
        candidates.append((Level.CRISIS, "means_after_disclosure"))  # SM-20, SM-25
    candidates += _after_disclosure(level, findings, context)
    if level == Level.DISTRESS and "hopeless" in findings.marks and context.distress_turns >= DISTRESS_TURNS:
        candidates.append((Level.CONCERN, "slow_escalation"))
    added = [Signal("context", name, rung, 1.0) for rung, name in candidates]
    if any(name == "turn_to_self" for _, name in candidates):
        subject = "self"
    highest = max((rung for rung, _ in candidates), default=Level.NONE)
    if highest > level:
        subject = (
            "self" if any(name == "turn_to_self" for _, name in candidates) else subject_of(subject, level, context)
        )
        level = highest
    return level, subject, added


def _after_disclosure(level: Level, findings: Findings, context: Context) -> list[tuple[Level, str]]:
    """What is said of oneself after a disclosure and would be little without it (SM-13, SM-14, SM-19, SM-25)."""
    if context.highest < Level.CONCERN or context.subject != "self":
        return []
    found: list[tuple[Level, str]] = []
    if "still" in findings.marks:
        found.append((min(context.highest, Level.CRISIS), "still"))
    if findings.marks & {"plan", "resolve"}:
        found.append((Level.CRISIS, "plan_after_disclosure"))
    if "farewell" in findings.marks:
        found.append((Level.CRISIS, "farewell_after_disclosure"))
    if level == Level.DISTRESS and "hopeless" in findings.marks:
        found.append((Level.CONCERN, "hopeless_after_disclosure"))
    return found


def subject_of(subject: Subject | None, level: Level, context: Context) -> Subject:
    """Whom a message is about that means something only after other turns."""
    if level >= Level.CONCERN and subject is not None:
        return subject
    return context.subject or "self"


def _raise_by_drink(
    level: Level, subject: Subject | None, flags: frozenset[str], context: Context, *, faint: bool
) -> Level:
    """Alcohol or drugs together with thoughts of suicide raise the level by one, over turns too (SM-63).

    A concern that the models find ``faint`` is none that drink would raise: they know how people speak who drink.
    """
    now, before = "intoxicated" in flags, "intoxicated" in context.flags
    raised = level
    if level >= Level.CONCERN and subject != "other" and not faint and (now or before):
        raised = Level(min(level + 1, Level.EMERGENCY))
    if now and not before and context.subject == "self" and context.highest >= Level.CONCERN:
        raised = max(raised, Level(min(context.highest + 1, Level.EMERGENCY)))
    return raised


def question_due(context: Context, assessment: Assessment) -> bool:
    """Whether the one direct question belongs to the answer to this message (SM-32, SM-33)."""
    return assessment.level is Level.CONCERN and assessment.subject == "self" and not context.question_put


def next_context(context: Context, assessment: Assessment) -> Context:
    """The context for the next message. The highest level never falls; first person wins and stays.

    The direct question is put once, with the first concern about the writer (SM-32); where danger is plain already, or
    somebody else is meant, nothing was asked that a yes or no could answer. It stays open until it is answered or the
    person speaks of something else.
    """
    risky = assessment.level >= Level.CONCERN
    subject = context.subject
    if risky:
        subject = "self" if "self" in (subject, assessment.subject) else assessment.subject
    put_now = question_due(context, assessment)
    open_now = assessment.answer is None and (put_now or (context.question_open and risky))
    return replace(
        context,
        highest=max(context.highest, assessment.level),
        subject=subject,
        question_open=open_now,
        question_put=context.question_put or put_now,
        distress_turns=context.distress_turns + (assessment.level >= Level.DISTRESS),
        flags=context.flags | assessment.flags,
    )
