"""Stored results: snapshots of a stage that never change, and what newspapers and agencies published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluations.models.edition import Stage
from evaluations.models.evaluation import Evaluation


class StageResult(models.Model):
    """Append-only. ``snapshot`` comes from domain/snapshots.py; ``digest`` is its canonical JSON's sha256.

    ``clusters`` repeats the clusters' exact points (``{"K0": "121.16"}``) so that a ranking need not read
    the snapshots. ``safe_total`` and ``unready`` (EM only) are the safe score at that moment, beside the claim.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="results")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    sequence = models.PositiveSmallIntegerField("urutan", default=1)
    total = models.DecimalField("nilai", max_digits=6, decimal_places=2)
    predikat = models.CharField(max_length=20)
    clusters = models.JSONField("nilai per klaster")
    snapshot = models.JSONField()
    safe_total = models.DecimalField("nilai aman", max_digits=6, decimal_places=2, null=True, blank=True)
    unready = models.JSONField("belum aman", null=True, blank=True)
    instrument_digest = models.CharField(max_length=64)
    digest = models.CharField("sidik", max_length=64)
    receipt_number = models.CharField("nomor tanda terima", max_length=40, unique=True)
    taken_at = models.DateTimeField("waktu")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["evaluation", "stage", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "stage", "sequence"], name="result_sequence_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="result_stage_known"),
            models.CheckConstraint(condition=Q(total__gte=0, total__lte=1000), name="result_total_in_range"),
            models.CheckConstraint(
                condition=Q(safe_total__isnull=True, unready__isnull=True)
                | Q(
                    safe_total__gte=0,
                    safe_total__lte=F("total"),
                    safe_total__isnull=False,
                    unready__isnull=False,
                ),
                name="result_safe_total_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number


class PublishedResult(models.Model):
    """History from published sources. Shown as such, never mixed with results of the portal."""

    district = models.ForeignKey("regions.District", models.PROTECT, related_name="published_results")
    year = models.PositiveSmallIntegerField("tahun")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    total = models.DecimalField("nilai", max_digits=6, decimal_places=2, null=True, blank=True)
    predikat = models.CharField(max_length=20, blank=True)
    clusters = models.JSONField("nilai per klaster", null=True, blank=True)
    source = models.CharField("sumber", max_length=200)

    class Meta:
        ordering = ["district", "year", "stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "year", "stage", "source"], name="published_once_per_source"
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=1000),
                name="published_total_in_range",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=False) | ~Q(predikat=""), name="published_says_something"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="published_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.district_id} {self.year} {self.stage}"
