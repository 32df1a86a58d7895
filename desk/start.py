"""What comes before serving: settings that hold, a database with its tables, the first administrator."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from desk import configuration
from holdfast.clinic import ClinicError
from holdfast.paths import var
from holdfast.secrets import secret

FIRST_ADMINISTRATOR = "admin"


def prepare() -> int:
    """Sets Django up and brings an embedded database up to date. Returns 0, or an exit code with a remedy printed."""
    try:
        configuration.clinic()
        secret("session"), secret("internal")
    except ClinicError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    var().mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    import django  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    django.setup()
    if connection.vendor == "sqlite":
        with _OnlyOne(var() / "desk.migrate.lock"):
            _migrate()
        Path(str(connection.settings_dict["NAME"])).chmod(0o600)
        return 0
    if _pending():
        print("The desk's database is behind. Run: python desk/manage.py migrate", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def first_administrator(reset: str | None = None) -> tuple[str, str] | None:
    """Makes the first administrator, or resets the named account; user name and one-time password, shown once.

    None when there are accounts already and nothing is to be reset. Raises LookupError for an unknown name.
    """
    from django.db import transaction  # noqa: PLC0415
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

    from desk import clock  # noqa: PLC0415
    from desk.accounts.models import Audit, Member  # noqa: PLC0415
    from desk.accounts.roles import ADMINISTRATOR, STAFF, role  # noqa: PLC0415

    with transaction.atomic():
        if reset is None and Member.objects.exists():
            return None
        if reset is None:
            member = Member(username=FIRST_ADMINISTRATOR)
        else:
            found = Member.objects.filter(username=reset).first()
            if found is None:
                raise LookupError(f"No account is called {reset!r}.")
            member = found
        password = "-".join(secrets.token_hex(2) for _ in range(5))
        member.set_password(password)
        member.first_steps, member.is_active = True, True
        member.save()
        TOTPDevice.objects.filter(user=member).delete()
        if reset is None:
            member.groups.set([role(ADMINISTRATOR), role(STAFF)])
        Audit.note("command line", "one-time password made", clock.now(), detail=member.username)
    return member.username, password


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)


def _pending() -> bool:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class _OnlyOne:
    """Desk and worker start together; one of them makes the tables while the other waits."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        import fcntl  # noqa: PLC0415

        self._stream = self._file.open("w")
        fcntl.flock(self._stream, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._stream.close()
