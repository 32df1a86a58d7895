"""Who gets in, and who does not: both factors, lockout, invitations, roles, sessions."""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver
from django_otp.oath import TOTP

from desk.accounts.forms import NOT_IT
from desk.accounts.models import Audit, Invitation, Member
from desk.start import first_administrator
from tests.desk.records import record, take

PASSWORD = "correct horse battery"
OWN = "seven quiet otters walk"


def code(member: Member | None = None, *, ahead: int = 0) -> str:
    """The code on the member's phone, ``ahead`` half minutes from now."""
    device = member.totpdevice_set.get() if member else None
    totp = TOTP(binascii.unhexlify(device.key if device else "31" * 20))
    totp.time = time.time() + 30 * ahead
    return f"{totp.token():06d}"


def sign_in(client: Client, name: str, password: str = PASSWORD, digits: str = "") -> Any:
    return client.post("/sign-in", {"username": name, "password": password, "code": digits})


def test_both_factors_open_the_queue(member: Callable[..., Any]) -> None:
    sam, client = member(), Client()
    answer = sign_in(client, "sam", digits=code(sam))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert Audit.objects.filter(who="sam", what="signed in").exists()


@pytest.mark.parametrize(
    ("name", "password", "digits"),
    [
        ("sam", PASSWORD, ""),
        ("sam", PASSWORD, "000000"),
        ("sam", "wrong", ""),
        ("nobody", PASSWORD, ""),
        ("gone", PASSWORD, ""),
    ],
)
def test_whatever_is_wrong_the_page_says_the_same(
    member: Callable[..., Any], name: str, password: str, digits: str
) -> None:
    member("sam"), Member.objects.filter(pk=member("gone").pk).update(is_active=False)
    client = Client()
    answer = sign_in(client, name, password, digits)
    assert answer.status_code == 200 and NOT_IT in answer.content.decode()
    assert client.get("/").status_code == 302


def test_a_code_opens_only_once(member: Callable[..., Any]) -> None:
    sam = member()
    digits = code(sam)
    assert sign_in(Client(), "sam", digits=digits).status_code == 302
    assert sign_in(Client(), "sam", digits=digits).status_code == 200


def test_five_wrong_tries_lock_the_pair_of_name_and_address(member: Callable[..., Any]) -> None:
    sam = member()
    answers = [sign_in(Client(), "sam", "wrong").status_code for _ in range(5)]
    assert answers[-1] == 429
    locked = sign_in(Client(), "sam", digits=code(sam))
    assert locked.status_code == 429 and NOT_IT in locked.content.decode()


def test_wrong_codes_count_as_wrong_tries(member: Callable[..., Any]) -> None:
    member()
    answers = [sign_in(Client(), "sam", digits="000000").status_code for _ in range(6)]
    assert answers[-1] == 429


def test_a_stranger_elsewhere_cannot_lock_a_nurse_out(member: Callable[..., Any]) -> None:
    sam = member()
    for _ in range(6):
        Client(REMOTE_ADDR="203.0.113.7").post("/sign-in", {"username": "sam", "password": "wrong"})
    assert sign_in(Client(), "sam", digits=code(sam)).status_code == 302


def test_names_that_do_not_exist_are_locked_as_well() -> None:
    assert [sign_in(Client(), "nobody", "wrong").status_code for _ in range(5)][-1] == 429


def _paths() -> list[str]:
    found = []
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern)
        for part, value in (
            ("<int:number>", "1"),
            ("<uuid:reply_id>", "0" * 8 + "-0000-0000-0000-" + "0" * 12),
            ("<str:token>", "x"),
        ):
            path = path.replace(part, value)
        found.append("/" + path)
    return found


OPEN_TO_STRANGERS = {"/sign-in", "/health", "/intake/records", "/a/x", "/invitation/x"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_other_page_is_closed_to_strangers(method: str) -> None:
    take(record())
    for path in _paths():
        if path not in OPEN_TO_STRANGERS:
            answer = getattr(Client(), method)(path)
            assert (answer.status_code, answer["Location"]) == (302, "/sign-in"), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_alone_opens_nothing(member: Callable[..., Any], method: str) -> None:
    take(record())
    client = Client()
    client.force_login(member(), backend="django.contrib.auth.backends.ModelBackend")
    for path in _paths():
        if path not in OPEN_TO_STRANGERS | {"/sign-out"} and not path.startswith("/account/"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor"), path


def test_a_password_alone_cannot_change_the_second_factor_or_the_password(member: Callable[..., Any]) -> None:
    sam, client = member(), Client()
    client.force_login(sam, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/account/second-factor")["Location"] == "/sign-in"
    assert client.get("/account/second-factor.svg").status_code == 404
    assert client.post("/account/password", {"password": OWN, "again": OWN}).status_code == 302
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


def test_the_first_administrator_goes_from_the_one_time_password_to_the_queue() -> None:
    name, password = first_administrator() or ("", "")
    client = Client()
    assert sign_in(client, name, password)["Location"] == "/account/second-factor"
    page = client.get("/account/second-factor").content.decode()
    assert "<img" in page and "otpauth" not in page
    picture = client.get("/account/second-factor.svg")
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<?xml")
    admin = Member.objects.get()
    assert client.post("/account/second-factor", {"code": code(admin)})["Location"] == "/account/password"
    assert client.get("/")["Location"] == "/account/password"  # nothing else before that
    assert (
        "another password"
        in client.post("/account/password", {"password": password, "again": password}).content.decode()
    )
    assert client.post("/account/password", {"password": OWN, "again": OWN}).status_code == 200  # who will people read?
    chosen = {"password": OWN, "again": OWN, "shown_name": "Sam"}
    assert client.post("/account/password", chosen)["Location"] == "/"
    assert client.get("/").status_code == 200 and client.get("/accounts").status_code == 200
    admin.refresh_from_db()
    assert not admin.check_password(password) and admin.calls_themself == "Sam"


def test_the_one_time_password_is_made_once() -> None:
    assert first_administrator() is not None
    assert first_administrator() is None


def test_a_lost_phone_is_replaced_from_the_command_line(member: Callable[..., Any]) -> None:
    sam = member()
    first_administrator(reset="sam")
    sam.refresh_from_db()
    assert not sam.totpdevice_set.exists() and not sam.check_password(PASSWORD)
    with pytest.raises(LookupError):
        first_administrator(reset="nobody")


def invite(client: Any, **form: Any) -> str:
    page = client.post("/accounts/invite", {"username": "kim", "shown_name": "Kim", "roles": ["staff"], **form})
    return str(page.context["link"]).removeprefix(settings_url())


def settings_url() -> str:
    from desk import configuration

    return configuration.public_url()


def test_an_invited_person_makes_the_account_their_own(signed_in: Callable[..., Any]) -> None:
    link, client = invite(signed_in("boss", "administrator")), Client()
    assert client.post(link, {"password": OWN, "again": OWN})["Location"] == "/account/second-factor"
    client.get("/account/second-factor")
    kim = Member.objects.get(username="kim")
    assert client.post("/account/second-factor", {"code": code(kim)})["Location"] == "/"
    assert client.get("/").status_code == 200 and client.get("/accounts").status_code == 403


def test_an_invitation_works_once_and_for_two_days(signed_in: Callable[..., Any], clock: Any) -> None:
    boss = signed_in("boss", "administrator")
    link = invite(boss)
    Client().post(link, {"password": OWN, "again": OWN})
    assert Client().get(link).status_code == 404
    late = invite(boss, username="lee")
    clock.forward(hours=49)
    assert Client().get(late).status_code == 404


def test_only_a_hash_of_the_invitation_is_kept(signed_in: Callable[..., Any]) -> None:
    token = invite(signed_in("boss", "administrator")).rsplit("/", 1)[1]
    assert Invitation.objects.get().token_hash == Invitation.hash_of(token) != token


@pytest.mark.parametrize("bad", ["short", "password1234", "kimkimkimkim"])
def test_a_weak_password_is_refused(signed_in: Callable[..., Any], bad: str) -> None:
    link = invite(signed_in("boss", "administrator"), username="kimkimkimkim")
    assert Client().post(link, {"password": bad, "again": bad}).status_code == 200


def test_a_reset_ends_password_sessions_and_second_factor(signed_in: Callable[..., Any]) -> None:
    sam, boss = signed_in("sam"), signed_in("boss", "administrator")
    page = boss.post(f"/accounts/{sam.member.pk}", {"do": "reset"})
    assert sam.get("/")["Location"] == "/sign-in"
    link = page.context["link"].removeprefix(settings_url())
    Client().post(link, {"password": OWN, "again": OWN})
    assert not sam.member.totpdevice_set.filter(confirmed=True).exists()


def test_switching_off_ends_access_at_once(signed_in: Callable[..., Any]) -> None:
    sam, boss = signed_in("sam"), signed_in("boss", "administrator")
    boss.post(f"/accounts/{sam.member.pk}", {"do": "off"})
    assert sam.get("/")["Location"] == "/sign-in"
    assert set(Audit.objects.values_list("what", "detail")) == {("account switched off", "sam")}


def test_nobody_switches_off_the_last_administrator(signed_in: Callable[..., Any]) -> None:
    boss = signed_in("boss", "administrator")
    boss.post(f"/accounts/{boss.member.pk}", {"do": "off"})
    boss.member.refresh_from_db()
    assert boss.member.is_active


def test_an_administrator_without_the_staff_role_reads_no_transcript(signed_in: Callable[..., Any], door: Any) -> None:
    door.say("w_1", "private words")
    case, boss = take(record()), signed_in("boss", "administrator")
    for path in ("/", "/resolved", f"/cases/{case.pk}", f"/cases/{case.pk}/transcript", f"/cases/{case.pk}/status"):
        assert boss.get(path).status_code == 403, path
    for button in ("claim", "take-over", "seen", "hand-back", "reply", "note", "resolve", "lift", "reopen"):
        assert boss.post(f"/cases/{case.pk}/{button}", {"text": "x"}).status_code == 403, button
    assert door.calls == []


def test_staff_manage_no_accounts(signed_in: Callable[..., Any]) -> None:
    sam = signed_in()
    assert [sam.get(path).status_code for path in ("/accounts", "/accounts/invite", "/audit")] == [403] * 3
    assert sam.post(f"/accounts/{sam.member.pk}", {"do": "reset"}).status_code == 403


def test_a_session_that_nobody_uses_ends_and_polling_does_not_keep_it(
    signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sam, poll, start = signed_in(), {"HX-Request": "true"}, time.time()
    sam.get("/")
    monkeypatch.setattr("desk.gatekeeper.time.time", lambda: start + settings.IDLE_AFTER - 60)
    assert sam.get("/", headers=poll).status_code == 200
    monkeypatch.setattr("desk.gatekeeper.time.time", lambda: start + settings.IDLE_AFTER + 60)
    ended = sam.get("/", headers=poll)
    assert (ended["HX-Refresh"], ended.content) == ("true", b"")  # the page reloads and shows the sign-in
    assert sam.get("/")["Location"] == "/sign-in"


def test_the_audit_trail_is_shown_to_administrators(signed_in: Callable[..., Any]) -> None:
    Audit.note("sam", "transcript viewed", datetime.now(UTC), case_id=7)
    page = signed_in("boss", "administrator").get("/audit").content.decode()
    assert "transcript viewed" in page and "case #7" in page
