"""A person who asks two things, refers back, and wants to know more, over HTTP, all processes real."""

import pytest

from tests.helpers import Visitor, kinds, words

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [
        ("how much is it and where do I park?", "price", "front of the building"),
        ("¿Cuánto cuesta y dónde puedo estacionar?", "precios", "frente al edificio"),
    ],
)
def test_two_questions_get_two_answers_in_order_in_one_turn(
    visitor: Visitor, asked: str, first: str, second: str
) -> None:
    events = visitor.ask(asked)
    assert kinds(events) == ["reply", "reply"]
    assert first in events[0]["text"] and second in events[1]["text"]


def test_after_a_risk_only_the_answer_that_keeps_is_told_g5(visitor: Visitor) -> None:
    visitor.ask("I want to kill myself")
    events = visitor.ask("how much is it and where do I park?")
    assert "price" not in words(events)
    assert "front of the building" in words(events)


def test_a_risk_beside_two_questions_gets_the_card_sm01(visitor: Visitor) -> None:
    events = visitor.ask("how much is it and where do I park? I want to kill myself tonight")
    assert events[0]["kind"] == "card"
    assert "front of the building" not in words(events)


def test_questions_that_refer_back_are_understood_until_all_is_said(visitor: Visitor) -> None:
    visitor.ask("What happens in a session?")
    assert "40 minutes" in words(visitor.ask("and how long does that take?"))
    assert "rest of the day" in words(visitor.ask("why?"))
    assert "all I can say" in words(visitor.ask("tell me more"))
    assert "written from these sources" in words(visitor.ask("where is this from?"))


def test_questions_that_refer_back_are_understood_in_spanish(visitor: Visitor) -> None:
    visitor.ask("¿Qué pasa en una sesión?")
    assert "40 minutos" in words(visitor.ask("¿y cuánto tiempo toma?"))
    assert "resto del día" in words(visitor.ask("¿por qué?"))
    assert "a partir de estas fuentes" in words(visitor.ask("¿de dónde sale eso?"))
