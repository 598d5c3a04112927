from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.base import InstrumentRow
from indicators.models.cluster import Cluster


class Indicator(InstrumentRow):
    """``number`` is text: "1" to "24", some split as "21A". ``weight`` in points."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="indicators")
    number = models.CharField("nomor", max_length=8)
    name = models.CharField("nama", max_length=300)
    weight = models.DecimalField("nilai maksimum", max_digits=10, decimal_places=4)
    purpose = models.TextField("tujuan")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="indicator_number_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="indicator_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
