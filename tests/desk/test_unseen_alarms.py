"""An alarm that whoever has the case has not seen outlives every button that ends something (G3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from desk.cases.models import Case, Entry
from tests.desk.fake_door import FakeDoor
from tests.desk.records import record, take
from tests.desk.test_cases import press

SignedIn = Callable[..., Any]


@pytest.fixture
def sam(signed_in: SignedIn, case: Any) -> Any:
    client = signed_in()
    press(client, case, "claim")
    return client


def known(client: Any, case: Case, button: str) -> str:
    """What the form of that button posts of the person."""
    page = client.get(f"/cases/{case.pk}").content.decode()
    found = re.search(rf'/{button}">.*?name="known" value="([^"]*)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize("button", ["resolve", "lift"])
def test_what_rose_unseen_cannot_be_ended(sam: Any, case: Any, door: FakeDoor, button: str) -> None:
    """Sam has the form open; the person writes "I have taken them"; Sam presses before the head shows it."""
    form = {"outcome": "safe_for_now", "lift": "yes", "known": known(sam, case, button)}
    take(record(kind="rise", level="emergency"))
    page = press(sam, case, button, **form)
    assert "A new alarm came. Read it and press" in page and "A new alarm came: emergency" in page
    assert (case.status, case.unseen_rise, case.lifted) == ("claimed", True, False)
    assert case.alarm_since is not None and door.told("clear") == []
    assert f'id="open-{case.pk}"' in sam.get("/").content.decode()
    press(sam, case, "seen")
    press(sam, case, button, **{**form, "known": known(sam, case, button)})
    assert case.status == ("resolved" if button == "resolve" else "claimed") and case.lifted


def test_a_special_situation_that_came_after_the_page_was_opened_is_looked_at_before_the_end(
    sam: Any, case: Any
) -> None:
    """It alarms nobody, so nothing but what the page showed tells that Sam does not know of it."""
    form = {"outcome": "answered", "known": known(sam, case, "resolve")}
    take(record(kind="callback", level="crisis"))
    assert "More has become known of this person" in press(sam, case, "resolve", **form)
    assert case.status == "claimed"
    press(sam, case, "resolve", **{**form, "known": known(sam, case, "resolve")})
    assert case.status == "resolved"


def test_having_seen_one_alarm_is_not_having_seen_the_next(sam: Any, case: Any) -> None:
    take(record(kind="rise", level="crisis", flags=("voices",)))
    shown = known(sam, case, "seen")
    take(record(kind="rise", level="emergency"))
    assert "Another alarm came meanwhile" in press(sam, case, "seen", known=shown)
    assert case.unseen_rise and case.alarm_since is not None
    press(sam, case, "seen", known=known(sam, case, "seen"))
    assert not case.unseen_rise and Entry.objects.filter(kind="acknowledged").count() == 1


def test_handing_back_with_an_unseen_alarm_alarms_anew(sam: Any, case: Any) -> None:
    take(record(kind="rise", level="emergency"))
    before = Case.objects.get().round
    press(sam, case, "hand-back")
    assert (case.status, case.level, case.round) == ("open", "emergency", before + 1)
    assert case.alarm_since is not None


def test_what_was_allowed_is_held_back_again_after_a_new_alarm_and_can_be_allowed_again_g5(
    sam: Any, case: Any, door: FakeDoor
) -> None:
    press(sam, case, "lift")
    assert case.lifted and case.status == "claimed"
    assert door.told("clear") == [{"episode": 1, "lift": True, "close": False, "level": "crisis"}]
    take(record(kind="rise", level="emergency"))
    case.refresh_from_db()
    assert not case.lifted
    page = press(sam, case, "seen")
    assert "Prices and booking: held back" in page and "Allow prices and booking again" in page
    press(sam, case, "lift")
    assert door.told("clear")[-1]["level"] == "emergency"
