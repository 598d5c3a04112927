"""The bands that turn a total into a predikat: data, since the published ones leave gaps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.base import InstrumentRow


class PredikatBand(InstrumentRow):
    """Holds totals > ``threshold``, or >= when ``inclusive``. Position 0 is the best."""

    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=40)
    threshold = models.DecimalField(max_digits=10, decimal_places=4)
    inclusive = models.BooleanField()
    award = models.BooleanField(default=True)
    published = models.CharField("rentang terbitan", max_length=20, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="band_code_once"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="band_threshold_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name
