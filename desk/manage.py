"""Django's own commands: `python desk/manage.py check --deploy`."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Runs the command of the command line."""
    sys.path[0] = str(Path(__file__).resolve().parent.parent)  # the repository, so that `desk` and `holdfast` are found
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
