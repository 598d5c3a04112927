"""An evaluation round: its instrument, the years its evidence must prove, and when each stage is open."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Stage(models.TextChoices):
    EM = "em", "Evaluasi Mandiri"
    VA = "va", "Verifikasi Administrasi"
    VL = "vl", "Verifikasi Lapangan"
    VF = "vf", "Verifikasi Final"

    @property
    def earlier(self) -> list[Stage]:
        """The stages before it, in order."""
        order = list(Stage)
        return order[: order.index(self)]

    @property
    def later(self) -> list[Stage]:
        """The stages after it, in order."""
        return list(Stage)[len(self.earlier) + 1 :]


class Edition(models.Model):
    code = models.SlugField("kode", max_length=20, unique=True, help_text="Biasanya tahunnya, misalnya 2026.")
    name = models.CharField("nama", max_length=120)
    instrument = models.ForeignKey("indicators.Instrument", models.PROTECT, related_name="editions")
    first_evidence_year = models.PositiveSmallIntegerField("tahun data dukung pertama")
    last_evidence_year = models.PositiveSmallIntegerField("tahun data dukung terakhir")
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="periode sebelumnya"
    )
    results_public_at = models.DateTimeField("hasil diumumkan", null=True, blank=True)
    """From this moment the final results are public."""
    opened_at = models.DateTimeField("dibuka", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_evidence_year__gte=F("first_evidence_year")), name="edition_years_in_order"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=False) | Q(opened_by__isnull=True),
                name="edition_opened_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")), name="edition_previous_is_another"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def evidence_years(self) -> list[int]:
        return list(range(self.first_evidence_year, self.last_evidence_year + 1))


class StageWindow(models.Model):
    """When a stage is open, as wall-clock time of each province: 23.59 is 23.59 WIB, WITA and WIT."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="windows")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    opens_on = models.DateField("dibuka tanggal")
    opens_time = models.TimeField("pukul")
    closes_on = models.DateField("ditutup tanggal")
    closes_time = models.TimeField("pukul")

    class Meta:
        ordering = ["edition", "opens_on"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "stage"], name="window_once_per_stage"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="window_stage_known"),
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("opens_on"))
                | Q(closes_on=F("opens_on"), closes_time__gt=F("opens_time")),
                name="window_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.get_stage_display()}"

    def opens_at(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.opens_on, self.opens_time, tzinfo=zone)

    def closes_at(self, zone: ZoneInfo) -> datetime:
        """The first moment at which nothing can be saved any more."""
        return datetime.combine(self.closes_on, self.closes_time, tzinfo=zone)
