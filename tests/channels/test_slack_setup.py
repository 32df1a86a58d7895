"""The manifest asks for what the code needs and no more; `doctor` names what is wrong with an installation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import yaml

from holdfast.cli.slack_check import SCOPES, slack_findings
from holdfast.clinic import Clinic, load_clinic
from holdfast.paths import ROOT
from tests.channels.fake_slack import SIGNING, TOKEN, FakeSlack

MANIFEST = yaml.safe_load((ROOT / "deploy/slack/manifest.yml").read_text(encoding="utf-8"))


def test_the_manifest_has_the_least_scopes_and_only_events_that_are_understood() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == {"app_mention", "message.im"}


def test_everything_arrives_at_the_one_address_of_the_door() -> None:
    settings = MANIFEST["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in MANIFEST["features"]["slash_commands"]),
    }
    assert addresses == {"https://chat.example.org/slack/events"}


def test_the_manifest_is_one_that_slack_takes() -> None:
    assert set(MANIFEST) <= {"_metadata", "display_information", "features", "oauth_config", "settings"}
    assert len(MANIFEST["display_information"]["name"]) <= 35
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
    assert MANIFEST["features"]["app_home"]["messages_tab_enabled"] is True
    assert MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"] is False


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack(scopes=set(SCOPES))
    yield server
    server.close()


@pytest.fixture
def clinic(fake: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("HOLDFAST_SECRET_SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("HOLDFAST_SECRET_SLACK_SIGNING_SECRET", SIGNING)
    return replace(load_clinic(), channels={"slack": {"api": fake.url}})


def findings(clinic: Clinic) -> list[tuple[str, str]]:
    return list(slack_findings(clinic))


def test_a_good_installation_is_said_to_be_good(clinic: Clinic) -> None:
    assert [grade for grade, _ in findings(clinic)] == ["ok", "ok"]


def test_a_missing_permission_is_named(clinic: Clinic, fake: FakeSlack) -> None:
    fake.scopes -= {"users:read", "im:write"}
    grade, words = findings(clinic)[-1]
    assert grade == "fail" and "im:write, users:read" in words and "manifest.yml" in words


def test_a_token_that_slack_refuses_is_said_to_be_refused(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_SECRET_SLACK_BOT_TOKEN", "xoxb-other")
    assert findings(clinic)[0][0] == "fail" and "invalid_auth" in findings(clinic)[0][1]


def test_a_missing_secret_is_named(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("HOLDFAST_VAR", str(tmp_path))
    monkeypatch.delenv("HOLDFAST_SECRET_SLACK_SIGNING_SECRET")
    assert findings(clinic)[0] == (
        "fail",
        "the secret slack_signing_secret is missing (var/secrets/slack_signing_secret). docs/channels/slack.md, step 5",
    )


def test_a_slack_that_cannot_be_reached_is_a_warning(clinic: Clinic, fake: FakeSlack) -> None:
    with fake.being_down():
        assert [grade for grade, _ in findings(clinic)] == ["warn"]
