"""The audit trail only grows."""

from django.db import migrations

from desk.records import guards


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [guards("accounts_audit")]
