"""The lines that the widget carries for when no server answers are those of the directory (SM-02)."""

import re

from holdfast.content.directory import Directory
from holdfast.paths import ROOT

SOURCE = (ROOT / "widget" / "lines.js").read_text(encoding="utf-8")


def test_the_bundled_numbers_are_the_directorys_own() -> None:
    country = Directory.load().country("US")
    assert country is not None
    assert f'display: "{country.emergency.display}", tel: "{country.emergency.tel}"' in SOURCE
    lines = {line.id: line for line in country.lines}
    for line_id in re.findall(r'id: "([a-z0-9-]+)"', SOURCE):
        line = lines[line_id]
        assert line.displayable and line.name in SOURCE
        display, tel = line.shown_phone or ({}, "")
        assert f'tel: "{tel}"' in SOURCE
        assert any(f'display: "{text}"' in SOURCE for text in display.values())


def test_the_bundle_names_at_least_one_line_in_each_language() -> None:
    assert len(re.findall(r'id: "([a-z0-9-]+)"', SOURCE)) == 2
