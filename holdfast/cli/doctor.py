"""`holdfast doctor`: checks an installation end to end with a real crisis message, and says what to do."""

from __future__ import annotations

import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import httpx

from holdfast.channels.tokens import Tokens
from holdfast.cli.internal_client import InternalClient
from holdfast.cli.processes import Ports
from holdfast.cli.review_sources import all_texts
from holdfast.cli.signature_check import signature_findings
from holdfast.cli.slack_check import slack_findings
from holdfast.cli.telegram import telegram_findings
from holdfast.clinic import Clinic, load_clinic
from holdfast.content.directory import Directory
from holdfast.content.freshness import findings as content_findings
from holdfast.content.wording import Wording
from holdfast.crisis.detector import Detector, DetectorError
from holdfast.door.__main__ import database_url
from holdfast.door.deliveries import count_waiting
from holdfast.door.drill import DRILL_WORDS
from holdfast.escalation import outbox
from holdfast.escalation.database import open_database
from holdfast.escalation.spool import Spool
from holdfast.paths import var
from holdfast.secrets import secret

Grade = Literal["ok", "warn", "fail"]
_KINDS = {
    "recalled": "emergency number recalled, not read in a source",
    "held_back": "line not shown, because nothing of it is confirmed",
    "hours_unknown": "line counts as closed, because its hours are not confirmed",
    "unchecked": "line that nobody has checked by a call",
    "stale": "line whose check is too old",
}


@dataclass(frozen=True)
class Finding:
    """One thing that doctor found. ``fail`` means that somebody in need might not be helped or not be heard."""

    grade: Grade
    text: str


def doctor() -> int:
    """Prints findings. Returns 1 when anything failed."""
    clinic = load_clinic()
    counts = {"ok": 0, "warn": 0, "fail": 0}
    for name, check in _checks(clinic):
        print(f"\n{name}")
        for finding in _guarded(check):
            counts[finding.grade] += 1
            print(f"  {finding.grade:<4}  {finding.text}")
    print(f"\n{counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failures")
    return 1 if counts["fail"] else 0


def _checks(clinic: Clinic) -> list[tuple[str, Callable[[], Iterator[Finding]]]]:
    return [
        ("A crisis message through the website's door", lambda: _public_drill(clinic)),
        ("The desk", lambda: _desk(clinic)),
        ("Readiness by the internal interface", _ready),
        ("Rasa and its action server", _rasa),
        ("The detector", _detector),
        ("Who is told", lambda: _people(clinic)),
        ("Outbox and spool", _outbox),
        *([("Telegram", lambda: _telegram(clinic))] if "telegram" in clinic.channels else []),
        *([("Slack", lambda: _slack(clinic))] if "slack" in clinic.channels else []),
        ("Texts and crisis lines", lambda: _content(clinic)),
        ("Signatures of the texts", lambda: _signatures(clinic)),
    ]


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except httpx.ConnectError:
        yield Finding("fail", "nothing answers there. Start everything with: make run")
    except Exception as error:
        yield Finding("fail", f"the check itself failed: {type(error).__name__}: {error}")


def _public_drill(clinic: Clinic) -> Iterator[Finding]:
    url = f"http://127.0.0.1:{Ports.from_environment().door}"
    mark = Tokens(secret("session"), secret("internal"), days=1).drill_mark()
    session = httpx.post(url + "/web/sessions", json={}, headers={"Origin": url, "X-Holdfast-Drill": mark}).json()
    headers = {"Authorization": f"Bearer {session['token']}"}
    started = time.perf_counter()
    message = {"id": uuid.uuid4().hex, "text": DRILL_WORDS}
    answer = httpx.post(url + "/web/messages", json=message, headers=headers, timeout=10)
    took = (time.perf_counter() - started) * 1000
    events = answer.json().get("events", [])
    cards = [event for event in events if event["kind"] == "card"]
    if not cards:
        yield Finding("fail", f"no card came back (HTTP {answer.status_code}). See var/log/door.log")
        return
    yield Finding("ok" if took < 1000 else "fail", f"the card came back in {took:.0f} ms (G1: within 1000)")
    blocks = cards[0]["blocks"]
    yield _graded(any(block["type"] == "line" for block in blocks), "it names a line that is verified and open now")
    yield _graded(any(block["type"] == "emergency" for block in blocks), "it names an emergency number")
    yield from _shipped(session["conversation_id"], desk=clinic.desk_enabled)


def _shipped(conversation_id: str, *, desk: bool) -> Iterator[Finding]:
    engine = open_database(database_url())
    for _ in range(20):
        with engine.connect() as connection:
            entries = outbox.for_conversation(connection, conversation_id)
        if any(entry.acknowledged_at for entry in entries):
            yield Finding("ok", "the desk has the drill as a case marked drill (nobody was paged)")
            return
        if not desk and any(entry.alerted_at for entry in entries):
            yield Finding("ok", "the shipper took the drill's record (nobody was paged)")
            return
        time.sleep(0.25)
    told = "does not reach the desk; see var/log/desk.log too" if desk else "is not taken by the shipper"
    reason = f"it is in the outbox, but it {told}" if entries else "it is not in the outbox"
    yield Finding("fail", f"the drill's record: {reason}. See var/log/shipper.log")


def _desk(clinic: Clinic) -> Iterator[Finding]:
    if not clinic.desk_enabled:
        yield Finding("warn", "there is none (clinic.yml, desk.enabled): the shipper alerts, and nobody can take over")
        return
    state = httpx.get(f"http://127.0.0.1:{Ports.from_environment().desk}/health", timeout=5).json()
    yield _graded(state.get("status") == "up", "it answers")
    yield _graded(state.get("worker") is True, "its worker runs, so that alerts go out. Log: var/log/worker.log")
    opened = os.environ.get("HOLDFAST_DESK_URL") or clinic.desk_url or ""
    if clinic.production and not opened.startswith("https://"):
        yield Finding("fail", "desk.url in clinic.yml (or HOLDFAST_DESK_URL) must be the https:// address staff open")


def _ready() -> Iterator[Finding]:
    client = InternalClient(f"http://127.0.0.1:{Ports.from_environment().internal}", secret("internal"))
    result = client.call("GET", "/ready").json()
    yield _graded(result.get("ready") is True, f"ready: {result}")


def _rasa() -> Iterator[Finding]:
    ports = Ports.from_environment()
    client = InternalClient(f"http://127.0.0.1:{ports.internal}", secret("internal"))
    question = {"conversation_id": f"doctor_{uuid.uuid4().hex}", "text": "What are the side effects of ketamine?"}
    intent = client.call("POST", "/ask", question).json()["intent"]
    yield _graded(intent == "ask_side_effects", f"a question is understood (intent {intent}). Log: var/log/rasa.log")
    health = httpx.get(f"http://127.0.0.1:{ports.actions}/health", timeout=5)
    yield _graded(health.status_code == 200, "the action server answers")


def _detector() -> Iterator[Finding]:
    try:
        Detector.load()
        yield Finding("ok", "lexicon, encoder and classifier are in place and fit together")
    except DetectorError as error:
        yield Finding("fail", f"{error} Until then the lexicon works alone.")


def _people(clinic: Clinic) -> Iterator[Finding]:
    if clinic.reaches_people:
        yield Finding("ok", "at least one notification target reaches a person")
    else:
        yield Finding("warn", "no notification target reaches a person (clinic.yml, notify.targets); the chat says so")
    if not clinic.duty_hours and not clinic.on_call:
        yield Finding("warn", "nobody is ever on duty (clinic.yml, on_call or duty.hours); the chat says so")
    else:
        now = "somebody" if clinic.on_duty(datetime.now(UTC)) else "nobody"
        yield Finding("ok", f"{len(clinic.on_call)} on the rota; {now} is on duty now")
    if clinic.reaches_people and not any(target.reaches_people for target in clinic.targets):
        yield Finding(
            "warn", "no target of notify.targets reaches a person: nobody learns of alarms when the desk is down"
        )


def _outbox() -> Iterator[Finding]:
    with open_database(database_url()).connect() as connection:
        entries = [entry for entry in outbox.open_entries(connection) if not entry.record.drill]
    yield Finding("ok" if not entries else "warn", f"{len(entries)} open records")
    for entry in entries[:20]:
        record = entry.record
        opened = datetime.fromtimestamp(record.created_at, UTC).isoformat(timespec="minutes")
        waits = f"NOT alerted: {entry.problem or 'the shipper has not come to it'}"
        state = "at the desk" if entry.acknowledged_at else "alerted" if entry.alerted_at else waits
        grade: Grade = "warn" if entry.alerted_at or entry.acknowledged_at else "fail"
        yield Finding(grade, f"{opened} {record.kind} {record.level} {record.conversation_id}: {state}")
    spool = Spool(var() / "spool")
    waiting = sum(1 for _ in spool.entries())
    yield Finding("ok" if not waiting else "warn", f"{waiting} commits wait in the spool")
    with open_database(database_url()).connect() as connection:
        due = count_waiting(connection)
    yield Finding("ok" if not due else "warn", f"{due} conversations on Slack or Telegram have something undelivered")
    for file in spool.damaged():
        yield Finding("fail", f"{file} is set aside: the database cannot take it. Look into it, it may be an alarm")


def _telegram(clinic: Clinic) -> Iterator[Finding]:
    for grade, text in telegram_findings(clinic):
        yield Finding(grade, text)


def _slack(clinic: Clinic) -> Iterator[Finding]:
    for grade, text in slack_findings(clinic):
        yield Finding(grade, text)


def _content(clinic: Clinic) -> Iterator[Finding]:
    directory, wording = Directory.load(), Wording.load()
    found = content_findings(directory, wording, datetime.now(UTC).date())
    stale = [each for each in found if each.kind not in {"unsigned", "changed"}]
    here = [
        each for each in stale if not each.where.startswith("lines/") or f"lines/{clinic.country}.yml" in each.where
    ]
    for each in here:
        yield Finding("warn", f"{each.where}: {each.message}")
    elsewhere = Counter(each.kind for each in stale if each not in here)
    for kind, count in sorted(elsewhere.items()):
        yield Finding("warn", f"other countries: {count} x {_KINDS.get(kind, kind)} (docs/content.md lists them all)")
    if not stale:
        yield Finding("ok", "every line and answer has been checked in time")


def _signatures(clinic: Clinic) -> Iterator[Finding]:
    directory, wording = Directory.load(), Wording.load()
    for grade, text in signature_findings(all_texts(directory, wording), wording.signatures, clinic):
        yield Finding(grade, text)


def _graded(good: bool, text: str) -> Finding:
    return Finding("ok" if good else "fail", text)
