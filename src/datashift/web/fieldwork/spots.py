"""How many answers lie in each cell of the map: kept beside them, so that a map of a million is quick.

Cells of a level are 2 ** -level degrees high and wide. What came in since is counted when somebody looks.
"""

from __future__ import annotations

from django.db import models


class Spot(models.Model):
    """A cell in which answers lie; one in which none lies any more has no row."""

    form = models.ForeignKey("fieldwork.Form", on_delete=models.CASCADE, related_name="spots")
    level = models.SmallIntegerField()
    y = models.IntegerField()
    x = models.IntegerField()
    answers = models.IntegerField()

    class Meta:
        """A cell once; found by its place."""

        constraints = (models.UniqueConstraint(fields=["form", "level", "y", "x"], name="a_spot_once"),)


class Mapped(models.Model):
    """Up to which answer the cells of a form are counted."""

    form = models.OneToOneField("fieldwork.Form", on_delete=models.CASCADE, primary_key=True, related_name="mapped")
    upto = models.BigIntegerField(default=0)
