"""Headers, production settings, and what the room may import."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from holdfast.paths import ROOT
from tests.desk.records import record, take

PURE = (
    "cases/state.py",
    "cases/transitions.py",
    "cases/levels.py",
    "cases/talk.py",
    "cases/places.py",
    "alerts/steps.py",
    "alerts/rota.py",
    "alerts/message.py",
)


@pytest.mark.parametrize("path", ["/sign-in", "/", "/cases/1", "/nothing-here"])
def test_no_page_allows_inline_code_or_strangers_content(signed_in: Callable[..., Any], path: str) -> None:
    take(record())
    answer = signed_in().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private" and answer["Referrer-Policy"] == "same-origin"


def test_templates_hold_no_inline_code() -> None:
    for file in (ROOT / "desk" / "templates").glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "style=" not in text and " on" + "click" not in text and "<style" not in text, file.name
        assert text.count("<script") == text.count("<script src="), file.name


def test_a_name_that_is_not_ours_is_not_answered() -> None:
    assert Client().get("/sign-in", headers={"host": "evil.example"}).status_code == 400


def _production(tmp_path: Path) -> dict[str, str]:
    raw = yaml.safe_load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    file = tmp_path / "clinic.yml"
    file.write_text(yaml.safe_dump({**raw, "environment": "production"}), encoding="utf-8")
    return {
        **os.environ,
        "HOLDFAST_CLINIC": str(file),
        "HOLDFAST_VAR": str(tmp_path),
        "HOLDFAST_DESK_URL": "https://desk.example.org",
        "HOLDFAST_DESK_DATABASE": "",
        "DJANGO_SETTINGS_MODULE": "desk.settings",
        "PYTHONPATH": str(ROOT),
    }


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    command = [sys.executable, "desk/manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=_production(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_production_redirects_to_https_and_locks_cookies_but_takes_records_on_loopback(tmp_path: Path) -> None:
    script = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from django.test import Client
client = Client(headers={"host": "desk.example.org"})
print(client.get("/sign-in").status_code, client.get("/health").status_code, client.post("/intake/records").status_code)
page = client.get("/sign-in", secure=True)
print(page["Strict-Transport-Security"], page.cookies.output())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=_production(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == "301 200 401"
    assert "max-age=31536000; includeSubDomains; preload" in rest[0] and "__Host-desk_csrf" in rest[0]
    assert "Secure" in rest[0] and "HttpOnly" in rest[0]


def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    said = StringIO()
    call_command("makemigrations", dry_run=True, stdout=said)
    assert said.getvalue().strip() == "No changes detected"


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", PURE)
def test_decisions_know_no_django(name: str) -> None:
    assert not any(each.startswith(("django", "desk.door", "httpx")) for each in _imports(ROOT / "desk" / name))
