"""`holdfast lines US`: the card of a country as plain text."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from holdfast.clinic import load_clinic
from holdfast.content.directory import Directory
from holdfast.content.wording import Wording
from holdfast.door.texts import Texts


def lines(country: str, language: str) -> int:
    """Prints the full card. Returns 2 for a country that the directory does not have."""
    texts = Texts(load_clinic(), Directory.load(), Wording.load())
    code = country.upper()
    if not texts.knows_country(code):
        print(f"{country}: no such country in the directory; use an ISO code such as US, GB or MX.", file=sys.stderr)
        return 2
    print(texts.plain_lines(code, language, datetime.now(UTC)).text)
    return 0
