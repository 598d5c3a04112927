from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.base import InstrumentRow


class Cluster(InstrumentRow):
    """K0 Kelembagaan, K1-K5 the rights clusters, K6 kecamatan and desa/kelurahan. ``weight`` in points."""

    code = models.CharField("kode", max_length=8)
    name = models.CharField("nama", max_length=200)
    weight = models.DecimalField("nilai maksimum", max_digits=10, decimal_places=4)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="cluster_code_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="cluster_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
