"""What is read about machine and processes, on real and on invented /proc files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evaluation.machine import busy_share, machine
from evaluation.memory import memory_of
from evaluation.scenarios import SCENARIOS, Measured, pace
from evaluation.visitors import Place


def process(proc: Path, pid: int, rss_kib: int, pss_kib: int, children: str = "") -> None:
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (task / "children").write_text(children)
    rollup = f"55-7f ---p 00000000 00:00 0  [rollup]\nRss:  {rss_kib} kB\nPss:  {pss_kib} kB\nPss_Dirty: 1 kB\n"
    (proc / str(pid) / "smaps_rollup").write_text(rollup)


def test_memory_is_that_of_a_process_with_its_children_and_theirs(tmp_path: Path) -> None:
    process(tmp_path, 10, 2048, 1024, "11 ")
    process(tmp_path, 11, 1024, 512, "12 13 ")
    process(tmp_path, 12, 1024, 512)  # 13 ended meanwhile
    found = memory_of(10, tmp_path)
    assert (found.rss_mib, found.pss_mib, found.processes) == (4.0, 2.0, 3)


def test_a_process_that_is_gone_has_no_memory(tmp_path: Path) -> None:
    assert memory_of(99, tmp_path).rss_mib == 0


def test_this_process_has_more_resident_than_proportional_memory() -> None:
    found = memory_of(os.getpid())
    assert found.rss_mib >= found.pss_mib > 0


def test_the_machine_is_described() -> None:
    found = machine()
    assert found["cores"] >= 1 and found["memory_gib"] > 0 and found["cpu"]
    assert 0 <= busy_share(0.05) <= 1


@pytest.mark.parametrize("url", ["http://192.0.2.1:8600", "https://chat.example.org"])
def test_load_goes_to_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        Place(url, "secret")


def test_without_rasa_the_others_ask_as_often_as_they_were_answered_with_it() -> None:
    scenario = next(each for each in SCENARIOS if each.askers == 20)
    assert pace(Measured(scenario, (), {}, 40.0, 0)) == 0.5
