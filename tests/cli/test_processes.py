"""What is started, and what gives way to what."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.cli.processes import CORE, GIVING_WAY, Ports, programs
from holdfast.cli.run import run
from holdfast.paths import ROOT


def test_a_card_and_an_alarm_give_way_to_nobody_at_the_processor() -> None:
    started = programs(Ports())
    giving_way = {each.name for each in started if each.command[: len(GIVING_WAY)] == GIVING_WAY}
    assert giving_way == {"desk", "worker", "rasa", "actions"}
    assert started[0].name == "door"
    assert set(CORE) - giving_way == {"door", "shipper"}


def test_only_the_door_and_the_desk_can_be_reached_from_outside() -> None:
    """The action server has no password; Rasa has one, and nobody outside needs it."""
    by_name = {each.name: each for each in programs(Ports())}
    assert by_name["actions"].environment["SANIC_HOST"] == "127.0.0.1"
    command = by_name["rasa"].command
    assert command[command.index("-i") + 1] == "127.0.0.1"


def test_rasa_reads_its_model_where_training_wrote_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOLDFAST_MODELS", str(tmp_path))
    rasa = next(each for each in programs(Ports()) if each.name == "rasa")
    assert str(tmp_path / "rasa" / "holdfast.tar.gz") in rasa.command


@pytest.mark.parametrize("code", ["UK", "ZZ"])
def test_a_country_without_lines_stops_the_start_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    file = tmp_path / "clinic.yml"
    file.write_text((ROOT / "clinic.yml").read_text().replace("country: US", f"country: {code}"))
    monkeypatch.setenv("HOLDFAST_CLINIC", str(file))
    monkeypatch.setenv("HOLDFAST_VAR", str(tmp_path / "var"))
    assert run() == 2
    told = capsys.readouterr().err
    assert str(file) in told and "clinic.country" in told and ("GB" in told) is (code == "UK")
