"""Runs `rasa data validate` and fails on every warning that is not on the reasoned list.

Its exit status cannot be trusted (0 with warnings, 0 with a component's module missing): the output is read, and every
module that the settings name is imported first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
ALLOWED = ROOT / "tools" / "rasa_warnings_allowed.yml"
#: Rasa says this after any warning; by itself it would mean one that was not read.
SUMMARY = "Project validation completed with errors."
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_WARNING = re.compile(r"(?:/rasa/.*|io\.py):\d+: (?:User|Future|Runtime)Warning: (?P<said>.*)")
_LOGGED = re.compile(r"\b(?:WARNING|ERROR|CRITICAL)\b +\S+ +- (?P<said>.*)")
_FAILED = re.compile(r"^(?P<said>Traceback .*|\w*(?:Error|Exception): .*|Project validation completed with errors.*)")
_IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    module, _, member = name.rpartition(".")
    getattr(importlib.import_module(module), member)
"""


@dataclass(frozen=True)
class Allowed:
    """A warning that is meant to be there, and why."""

    pattern: str
    reason: str


def problems(output: str) -> list[str]:
    """Everything in Rasa's output that is a warning or worse, once each, in order."""
    found: dict[str, None] = {}
    for line in _COLOR.sub("", output).splitlines():
        for pattern in (_WARNING, _LOGGED, _FAILED):
            if match := pattern.search(line):
                found[match.group("said").strip()] = None
                break
    if len(found) > 1:
        found.pop(SUMMARY, None)
    return list(found)


def judge(found: Sequence[str], allowed: Sequence[Allowed]) -> list[str]:
    """What must be mended: problems that nobody allowed, and permissions that nothing needs."""
    wrong = [said for said in found if not any(re.search(entry.pattern, said) for entry in allowed)]
    idle = [entry for entry in allowed if not any(re.search(entry.pattern, said) for said in found)]
    return wrong + [f"{ALLOWED.name}: nothing matches {entry.pattern!r} any more. Remove it." for entry in idle]


def named_modules(settings: Sequence[Any]) -> list[str]:
    """Every dotted name of ours in Rasa's settings."""
    names: set[str] = set()
    for value in settings:
        if isinstance(value, dict):
            names |= set(named_modules([*value.keys(), *value.values()]))
        elif isinstance(value, list):
            names |= set(named_modules(value))
        elif isinstance(value, str) and value.startswith("holdfast."):
            names.add(value)
    return sorted(names)


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and output of Rasa's Python with these arguments."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        [str(PYTHON), *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout


def main() -> int:
    allowed = [Allowed(**entry) for entry in yaml.safe_load(ALLOWED.read_text())["allowed"]]
    files = ("config.yml", "endpoints.yml", "credentials.yml")
    settings = [yaml.safe_load((ROOT / name).read_text()) for name in files]
    status, output = run("-c", _IMPORT, *named_modules(settings))
    if status:
        print(f"A module that the settings name cannot be imported:\n{output[-2000:]}", file=sys.stderr)
        return 1
    status, output = run(
        "-m", "rasa", "data", "validate", "--fail-on-warnings", "--domain", "domain.yml", "--data", "data"
    )
    if "Story structure validation" not in output:
        print(f"rasa data validate did not run to its end:\n{output[-3000:]}", file=sys.stderr)
        return 1
    wrong = judge(problems(output), allowed)
    for said in wrong:
        print(f"rasa data validate: {said}", file=sys.stderr)
    print(f"Rasa data: {len(wrong)} to mend, {len(problems(output))} warnings in all")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
