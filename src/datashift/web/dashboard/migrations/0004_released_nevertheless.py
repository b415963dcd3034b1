from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_withdrawals"),
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="despite",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
