"""Whether whoever has a case has not written for so long that the bot helps on."""

from django.db import migrations, models

from desk.records import guards, unguarded


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_only_grow")]
    operations = unguarded(
        guards("cases_entry", drills_may_go=True),
        migrations.AddField("case", "holder_silent", models.BooleanField(default=False)),
    )
