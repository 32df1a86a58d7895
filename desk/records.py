"""Tables that only grow: rows cannot be changed or deleted through the application, nor by a plain SQL statement."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


class NotAllowed(Exception):
    """Somebody tried to change a row that stands for ever."""


class Growing(models.QuerySet):  # type: ignore[type-arg]
    """A query set without update and delete."""

    def update(self, **_values: Any) -> int:
        raise NotAllowed(f"{self.model.__name__} rows are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotAllowed(f"{self.model.__name__} rows are never deleted")


class AppendOnly(models.Model):
    """The base of such tables; `guards` adds the database's own refusal."""

    objects = Growing.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and not kwargs.get("force_insert"):
            raise NotAllowed(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotAllowed(f"{type(self).__name__} rows are never deleted")


def guards(table: str, *, drills_may_go: bool = False) -> migrations.RunPython:
    """Triggers that refuse UPDATE and DELETE of ``table``; with ``drills_may_go`` rows of drill cases may go."""

    def make(apps: Any, editor: Any) -> None:
        vendor = editor.connection.vendor
        if vendor == "sqlite":
            spared = "WHEN (SELECT drill FROM cases_case WHERE id = OLD.case_id) = 0" if drills_may_go else ""
            for verb, condition in (("UPDATE", ""), ("DELETE", spared)):
                editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
                )
        elif vendor == "postgresql":
            spared = (
                "IF TG_OP = 'DELETE' AND (SELECT drill FROM cases_case WHERE id = OLD.case_id) THEN RETURN OLD; END IF;"
                if drills_may_go
                else ""
            )
            editor.execute(
                f"CREATE FUNCTION {table}_only_grows() RETURNS trigger AS $$ BEGIN {spared} "
                f"RAISE EXCEPTION '{table} only grows'; END $$ LANGUAGE plpgsql"
            )
            editor.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
            )

    def drop(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        elif editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_only_grows() CASCADE")

    return migrations.RunPython(make, drop)


def unguarded(guard: migrations.RunPython, *operations: Any) -> list[Any]:
    """The operations with the guard lifted around them: SQLite renames no table that a trigger elsewhere names."""
    return [migrations.RunPython(guard.reverse_code, guard.code), *operations, guard]
