"""Two columns go that nothing read or set: whether the episode was closed, and whether a drill pages somebody."""

from django.db import migrations

from desk.records import guards, unguarded


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_holder_silent")]
    operations = unguarded(
        guards("cases_entry", drills_may_go=True),
        migrations.RemoveField("case", "episode_closed"),
        migrations.RemoveField("case", "drill_pages"),
    )
