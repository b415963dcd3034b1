from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def known_so_far(apps, schema_editor):
    """What came in for a unit so far says what became of that unit; where nothing came in, a supervisor noted it."""
    submissions, units = (apps.get_model("fieldwork", name).objects for name in ("Submission", "Unit"))
    of_unit = units.filter(pk=OuterRef("unit")).values("outcome")[:1]
    submissions.exclude(unit=None).update(outcome=Subquery(of_unit))
    units.exclude(outcome="").filter(submissions=None).update(noted=F("outcome"))


class Migration(migrations.Migration):
    dependencies = [
        ("fieldwork", "0007_replies"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="outcome",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="unit",
            name="noted",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="unit",
            name="noted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(known_so_far, migrations.RunPython.noop),
    ]
