"""Says at the end of `make test` whether the browser tests can run here, and how; it runs none itself."""

from __future__ import annotations

import shutil

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def note(path: str | None) -> str:
    """The note for a Chromium at ``path``, or for none."""
    if path:
        return f"Browser tests did not run with these. Chromium is here ({path}): make test-browser"
    return "Browser tests did not run: Chromium is missing. apt-get install chromium, then: make test-browser"


if __name__ == "__main__":
    print(note(next(filter(None, map(shutil.which, CHROMIUM)), None)))
