"""The table in docs/channels/README.md is of today's cases and channels, and shows no failure."""

import inspect

from tests.channels.conformance import test_conformance
from tests.channels.conformance.conftest import DRIVERS
from tools.conformance import BEGIN, END, PAGE, table, with_table


def test_the_table_has_every_case_and_every_channel_and_no_failure() -> None:
    lines = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    tests = (test for _, test in inspect.getmembers(test_conformance, inspect.isfunction) if hasattr(test, "case"))
    assert {row[0] for row in rows[2:]} == {test.case for test in tests}
    assert set(rows[0][1:]) == set(DRIVERS)
    for case, *results in rows[2:]:
        assert all(result == "yes" or result.startswith("cannot happen:") for result in results), case


def test_the_table_tells_of_a_failure_and_of_what_did_not_run() -> None:
    made = table({"crisis": {"web": "yes", "telegram": "NO"}, "edit": {"telegram": "yes"}})
    assert "| crisis | yes | NO |" in made and "| edit | did not run | yes |" in made
    assert with_table(f"a\n{BEGIN}\nold\n{END}\nb", {"x": {"web": "yes"}}).count("old") == 0
