"""The language that a person chooses in the interface decides until their words do."""

from __future__ import annotations

import pytest

from tests.door.alone import Alone


@pytest.mark.parametrize("text", ["ok", "no", "988"])
def test_undecided_words_are_answered_in_the_chosen_language(alone: Alone, text: str) -> None:
    alone.open(language="en")
    alone.say("hello there")
    assert {event.language for event in alone.say(text, language="es")} == {"es"}
    assert {event.language for event in alone.say(text)} == {"es"}


def test_a_tapped_button_and_a_card_come_in_the_chosen_language(alone: Alone) -> None:
    alone.open(language="en")
    (card,) = [event for event in alone.say("I want to kill myself") if event.kind == "card"]
    assert card.language == "en"
    assert "/more_lines" in alone.state().issued
    (lines,) = alone.say("/more_lines", language="es")
    assert lines.language == "es"
    (card,) = [event for event in alone.say("suicide", language="es") if event.kind == "card"]
    assert card.language == "es"


def test_plain_words_win_over_the_choice_and_stay(alone: Alone) -> None:
    alone.open(language="en")
    said = alone.say("I do not want to be alive anymore", language="es")
    assert {event.language for event in said} == {"en"}
    assert {event.language for event in alone.say("ok")} == {"en"}


def test_a_choice_ends_what_the_words_before_it_said_of_a_third_language(alone: Alone) -> None:
    alone.open(language="en")
    alone.say("Bonjour, combien coûte une séance et où êtes-vous ?")
    assert alone.state().other_language == "fr"
    assert {event.language for event in alone.say("ok", language="es")} == {"es"}
    assert alone.state().other_language is None


def test_a_language_that_the_clinic_does_not_have_changes_nothing(alone: Alone) -> None:
    alone.open(language="en")
    assert {event.language for event in alone.say("ok", language="fr")} == {"en"}
