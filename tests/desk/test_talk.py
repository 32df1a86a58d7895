"""The talk on a case page: read from the door, watched by polling, kept nowhere, and each look audited."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from desk.accounts.models import Audit
from tests.desk.fake_door import FakeDoor

SignedIn = Callable[..., Any]


def test_the_transcript_is_shown_and_kept_nowhere(
    signed_in: SignedIn, case: Any, database: Callable[[], bytes]
) -> None:
    """G7: the words stay in the door's store."""
    page = signed_in().get(f"/cases/{case.pk}").content.decode()
    assert "I do not want to be here any more" in page and "read as crisis" in page
    kept = database()
    assert b"transcript viewed" in kept and b"do not want to be here" not in kept


def test_the_words_of_a_person_are_never_markup(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    door.say("w_1", "<script>alert(1)</script>")
    page = signed_in().get(f"/cases/{case.pk}").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_without_the_door_the_page_still_serves(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    door.works = False
    answer = signed_in().get(f"/cases/{case.pk}")
    assert answer.status_code == 200 and "cannot be shown now" in answer.content.decode()


def test_new_words_come_by_polling_and_nothing_when_there_are_none(
    signed_in: SignedIn, case: Any, door: FakeDoor
) -> None:
    client, poll = signed_in(), {"HX-Request": "true"}
    assert client.get(f"/cases/{case.pk}/transcript?seen=1.1", headers=poll).status_code == 204
    door.say("w_1", "are you there")
    assert "are you there" in client.get(f"/cases/{case.pk}/transcript?seen=1.1", headers=poll).content.decode()


def test_new_words_of_the_person_are_announced_and_the_assistants_are_not(
    signed_in: SignedIn, case: Any, door: FakeDoor
) -> None:
    client, poll = signed_in(), {"HX-Request": "true"}
    door.say("w_1", 'i took "them"'), door.say("w_1", "Call now", "bot", "card")
    page = client.get(f"/cases/{case.pk}/transcript?seen=1.1", headers=poll).content.decode()
    assert 'data-announce="The person: i took &quot;them&quot;"' in page
    assert 'data-announce=""' in client.get(f"/cases/{case.pk}").content.decode().split('id="talk"')[1]


def test_while_the_door_is_away_the_page_keeps_in_mind_what_it_has_shown(
    signed_in: SignedIn, case: Any, door: FakeDoor
) -> None:
    client, poll = signed_in(), {"HX-Request": "true"}
    door.works = False
    away = client.get(f"/cases/{case.pk}/transcript?seen=1.1", headers=poll).content.decode()
    assert "cannot be shown now" in away and "transcript?seen=-1.1" in away
    assert client.get(f"/cases/{case.pk}/transcript?seen=-1.1", headers=poll).status_code == 204
    door.works = True
    door.say("w_1", "are you there")
    page = client.get(f"/cases/{case.pk}/transcript?seen=-1.1", headers=poll).content.decode()
    assert 'data-announce="The person: are you there"' in page


def test_a_reply_that_reaches_the_person_later_shows_by_itself(signed_in: SignedIn, case: Any, door: FakeDoor) -> None:
    client, poll = signed_in(), {"HX-Request": "true"}
    door.say("w_1", "Hello", "staff", "staff", staff_name="Sam", delivery="waiting")
    seen = re.search(r"seen=([0-9.]+)\"", client.get(f"/cases/{case.pk}").content.decode()).group(1)
    assert client.get(f"/cases/{case.pk}/transcript?seen={seen}", headers=poll).status_code == 204
    door.talks["w_1"][-1]["delivery"] = "sent"
    assert "in their chat" in client.get(f"/cases/{case.pk}/transcript?seen={seen}", headers=poll).content.decode()


def test_every_view_of_a_transcript_is_audited(signed_in: SignedIn, case: Any) -> None:
    client = signed_in()
    client.get(f"/cases/{case.pk}"), client.get(f"/cases/{case.pk}")
    client.get(f"/cases/{case.pk}/transcript?seen=0", headers={"HX-Request": "true"})  # watching on is one view
    assert list(Audit.objects.values_list("who", "what", "case_id")) == [("sam", "transcript viewed", case.pk)] * 2


def test_polling_without_having_opened_the_page_is_audited_too(signed_in: SignedIn, case: Any) -> None:
    signed_in().get(f"/cases/{case.pk}/transcript", headers={"HX-Request": "true"})
    assert Audit.objects.count() == 1
