"""Rendered files, kept by the hash of what they were rendered from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReportKind(models.TextChoices):
    DISTRICT = "district", "Laporan kabupaten/kota"
    RECEIPT = "receipt", "Tanda terima"
    RANKING = "ranking", "Peringkat"
    RETURN = "return", "Daftar kekurangan"
    STAGES = "stages", "Perbandingan tahap"


class StoredReport(models.Model):
    """``key`` is the sha256 of the data and the template version: the same question finds the same file."""

    kind = models.CharField("jenis", max_length=10, choices=ReportKind)
    key = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    storage_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("ukuran")
    created_at = models.DateTimeField("dibuat")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="report_once_per_key"),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="report_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:12]}"
