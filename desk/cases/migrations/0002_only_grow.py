"""History and notes of cases only grow; those of quiet drills may be deleted."""

from django.db import migrations

from desk.records import guards


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [guards("cases_entry", drills_may_go=True), guards("cases_note")]
