"""The lint finds every kind of forbidden text, and finds nothing in the texts as they are."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.content.directory import Directory
from holdfast.content.lint import Text, check, main, problems
from holdfast.content.readability import ease, grade
from holdfast.content.wording import Wording
from tests.content.conftest import edit

FORBIDDEN = [
    "Ketamine cures depression.", "Results are guaranteed.", "It is very safe.", "There are no side effects.",
    "It is non-addictive.", "It prevents suicide.", "It saves lives.", "It is FDA-approved for depression.",
    "It works when nothing else does.", "It works for everyone.", "It is better than ECT.", "It is a natural way.",
    "It acts instantly.", "It will rewire your brain.", "It is medically necessary.", "Only two slots left.",
    "It is risk-free.", "It is proven to help.", "It is the same as Spravato.", "Our success rate is high.",
    "Take two lozenges.", "Half a milligram.", "Ask for a double dose.",
    "Book now.", "You get 40 mg.", "That is 0.5 mg/kg.", "Take 3 tablets.", "Do not jump off the bridge.",
    "Put the gun away.", "I promise it gets better.", "You will feel better.", "Help is on the way.",
    "Someone is coming.", "I am always here.", "I'm worried about you.", "I understand exactly how you feel.",
    "This stays between us.", "This chat is confidential.", "He committed suicide.", "It was a failed attempt.",
    "You are a suicidal person.", "Think of your family.", "It is an epidemic.",
    "You aren't going to do anything, right?", "You are depressed.", "Call now!", "Call now \U0001f642.",
]  # fmt: skip
PROHIBIDO = [
    "La ketamina cura la depresión.", "Es muy segura.", "No tiene riesgos, sin efectos secundarios.", "No es adictiva.",
    "Previene el suicidio.", "Funciona para todos.", "Te prometo que pasará.", "Todo va a estar bien.",
    "La policía viene en camino.", "Esto queda entre nosotros.", "Se cometió suicidio, cometer suicidio.",
    "Está demostrado que ayuda.", "Es igual que Spravato.", "Una dosis doble, dos tabletas.", "Es inofensiva.",
    "Fue un intento fallido.", "Piensa en tu familia.", "Aléjate del puente.", "¡Llama ya!", "Siempre estaré aquí.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), [*((t, "en") for t in FORBIDDEN), *((t, "es") for t in PROHIBIDO)])
@pytest.mark.parametrize("kind", ["cards", "labels", "lines"])
def test_a_forbidden_text_is_found_wherever_it_stands(text: str, language: str, kind: str) -> None:
    """SM-03, SM-04, SM-05, SM-32, SM-40, SM-46, G9."""
    assert list(check(Text("file.yml", "key", language, kind, text))), text


ALLOWED = [
    "It is not proven to help.",
    "It is not known to prevent suicide.", "Ketamine is not approved for depression.", "Most people do well.",
    "She died by suicide.", "I am an automated program.", "Call 988 now.", "Secure the door.", "Take your time.",
]  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_honest_words_pass(text: str) -> None:
    assert not list(check(Text("file.yml", "key", "en", "labels", text)))


def test_the_texts_as_they_are_keep_every_rule(directory: Directory, wording: Wording) -> None:
    assert [str(problem) for problem in problems(directory, wording)] == []


BROKEN = [
    ("cards/en.yml", "It sounds like things", "I am always here! It sounds like things", "exclamation mark"),
    ("replies/es.yml", "Ahora mismo no puedo contestar bien.", "Todo va a estar bien.", "promises"),
    (
        "answers/ask_how_well.yml",
        "Ketamine helps some people",
        "It works for everyone. Ketamine helps some people",
        "effect to all",
    ),
    ("answers/ask_how_well.yml", "after_risk: replace", "after_risk: keep", "G5"),
    ("answers/ask_how_well.yml", "off-label", "common", "off-label"),
    ("answers/ask_safety.yml", "risk makes sense.", "risk makes sense. Ask early.", "prescriber"),
    ("answers/ask_how_well.yml", "Others notice nothing,", "Half (50%) notice nothing,", "percentage"),
    ("answers/ask_cost.yml", "all I know about prices.", "One visit costs $400.", "prices stand in clinic.yml only"),
    ("answers/ask_jobs.yml", "after_risk: replace", "after_risk: keep", "G5"),
    ("lines/US.yml", "In ASL:", "Guaranteed. In ASL:", "promises a result"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN)
def test_a_broken_text_fails_the_lint_with_file_key_and_reason(
    data: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, words: str
) -> None:
    edit(data / file, old, new)
    assert main(data) == 1
    output = capsys.readouterr().err
    assert Path(file).name in output and words in output


LACKING = [
    ("ask_parking", "text_unknown", " please ask at {clinic_phone}.", "", "needs {clinic_phone}"),
    ("ask_worsening", "text", "{crisis_hint} ", "", "lacks {crisis_hint}"),
    ("ask_spravato", "text", "off-label", "common", "off-label"),
    ("ask_fasting", "text_unknown", "Your prescriber decides if it goes ahead.", "", "prescriber"),
    ("ask_insurance", "text_unknown", "off-label", "common", "off-label"),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "part", "old", "new", "reason"), LACKING)
def test_an_answer_that_lacks_what_it_owes_is_found(
    directory: Directory, wording: Wording, topic: str, part: str, old: str, new: str, reason: str
) -> None:
    entry = wording.answers[topic]
    words = entry.languages["en"]
    assert old in words.parts[part]
    broken = replace(words, **{part: words.parts[part].replace(old, new)})
    answers = {**wording.answers, topic: replace(entry, languages={**entry.languages, "en": broken})}
    found = [str(problem) for problem in problems(directory, replace(wording, answers=answers))]
    assert len(found) == 1 and f"languages.en.{part}" in found[0] and reason in found[0]


def test_a_long_bubble_a_long_lead_and_hard_words_are_found() -> None:
    """SM-48."""
    long_text = "Please call someone now. " * 16
    assert any("a bubble holds 60" in str(p) for p in check(Text("f", "k", "en", "cards", long_text)))
    lead = "One. Two. Three."
    assert any("two sentences" in str(p) for p in check(Text("f", "lead.x", "en", "cards", lead)))
    hard = "Immediate professional psychiatric consultation is unconditionally recommended notwithstanding evaluation."
    assert any("reads at grade" in str(p) for p in check(Text("f", "k", "en", "replies", hard)))
    duro = "La consulta psiquiátrica profesional inmediata constituye una recomendación incondicional indudablemente."
    assert any("reading ease" in str(p) for p in check(Text("f", "k", "es", "replies", duro)))


def test_an_unreadable_file_fails_the_lint_instead_of_raising(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(data / "cards" / "en.yml", "entries:", "entries: [")
    assert main(data) == 1
    assert "not readable as YAML" in capsys.readouterr().err


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_exits_with_1_only_when_something_is_wrong(data: Path, broken: bool) -> None:
    if broken:
        edit(data / "replies" / "en.yml", "You are welcome.", "You are welcome!")
    command = [sys.executable, "-m", "holdfast.content.lint", str(data)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == int(broken)


def test_reading_measures_rank_easy_below_hard() -> None:
    assert (
        grade("The cat sat on the mat. It was warm.")
        < 2
        < 12
        < grade("Institutional considerations necessitate comprehensive interdisciplinary evaluation procedures.")
    )
    assert (
        ease("El gato come pan. La casa es azul.")
        > 90
        > 40
        > ease("Consideraciones institucionales interdisciplinarias incomprensibles necesitan procedimientos.")
    )
    assert grade("") == 0 and ease("") == 100
