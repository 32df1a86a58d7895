"""How to write instead of calling, in one sentence, for every country (SM-44, SM-78)."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from holdfast.content.directory import Directory
from holdfast.content.wording import LANGUAGES, Wording
from holdfast.content.writing import written_help
from tests.content.conftest import NOW


def test_two_ways_to_write_in_the_united_states(directory: Directory, wording: Wording) -> None:
    said = written_help("US", "en", directory, wording, NOW)
    assert said.startswith("You can write instead.") and "text 988" in said and "text 741741" in said
    assert "call" not in said


def test_a_country_without_such_a_line_is_told_so(directory: Directory, wording: Wording) -> None:
    assert "no line in France" in written_help("FR", "en", directory, wording, NOW)
    assert "no line in your country" in written_help(None, "en", directory, wording, NOW)
    assert "Francia" in written_help("FR", "es", directory, wording, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_lines_that_are_shown_and_open_are_named_everywhere_sm01(
    directory: Directory, wording: Wording, language: str
) -> None:
    night = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
    for code in [*directory.countries, "ZZ"]:
        for now in (NOW, night):
            said = written_help(code, language, directory, wording, now)
            assert said and "{" not in said and len(said.split()) < 40, (code, said)
