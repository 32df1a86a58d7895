"""Runs the conformance suite and writes its results as the table in docs/channels/README.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "channels" / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
#: The columns, in this order; a channel that is missing in the results has no column.
ORDER = ("web", "slack", "telegram")


def table(results: Mapping[str, Mapping[str, str]]) -> str:
    """The results as Markdown: a row a case, a column a channel."""
    channels: Sequence[str] = [name for name in ORDER if any(name in row for row in results.values())]
    head = f"| case | {' | '.join(channels)} |\n|---|{'---|' * len(channels)}"
    rows = [
        f"| {case} | {' | '.join(row.get(name, 'did not run') for name in channels)} |" for case, row in results.items()
    ]
    return "\n".join([head, *rows])


def with_table(page: str, results: Mapping[str, Mapping[str, str]]) -> str:
    """The page with the table between its marks."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table(results)}\n{END}{after}"


def main() -> int:
    """Returns the suite's exit status; the table is written in any case, so that it tells the truth."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        command = [sys.executable, "-m", "pytest", "tests/channels/conformance"]
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "HOLDFAST_CONFORMANCE": str(file)}, check=False)
        if not file.exists():
            print("The suite did not run; the table is as it was.", file=sys.stderr)
            return 1
        results = json.loads(file.read_text(encoding="utf-8"))
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
