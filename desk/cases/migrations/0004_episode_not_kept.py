"""A case no longer notes that its episode was closed; its door tasks and its outcome say that."""

from django.db import migrations

from desk.records import guards, unguarded


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_holder_silent")]
    operations = unguarded(
        guards("cases_entry", drills_may_go=True),
        migrations.RemoveField("case", "episode_closed"),
    )
