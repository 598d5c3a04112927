"""A scored row of the instrument, its slots for evidence and the agencies that answer it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.base import InstrumentRow
from indicators.models.indicator import Indicator
from indicators.models.instrument import EvidenceKind, InstrumentAgency, Theme


class Level(models.TextChoices):
    """Whose data make up the answer."""

    KABUPATEN = "kabupaten", "Kabupaten/Kota"
    KECAMATAN = "kecamatan", "Kecamatan"
    DESA = "desa", "Desa/Kelurahan"


class Question(InstrumentRow):
    """``rule`` is the answer rule as the file writes it, numbers as text: exact, exported unchanged."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="questions")
    code = models.CharField("kode", max_length=12)
    title = models.CharField("judul", max_length=200)
    text = models.TextField("pertanyaan")
    guidance = models.TextField("petunjuk")
    weight = models.DecimalField("nilai maksimum", max_digits=10, decimal_places=4)
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="+")
    level = models.CharField("tingkat", max_length=9, choices=Level)
    rule = models.JSONField("aturan jawaban")
    sensitive = models.BooleanField("dapat memuat data anak")
    official = models.CharField("asal nilai pilihan", max_length=11)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="question_code_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="question_weight_not_negative"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="question_level_known"),
            models.CheckConstraint(
                condition=Q(official__in=["weight_only", "options"]), name="question_official_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Slot(InstrumentRow):
    """``position`` counts from 1 within the question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="slots")
    kind = models.ForeignKey(EvidenceKind, models.CASCADE, related_name="+")
    label = models.CharField("nama", max_length=300)
    required = models.BooleanField("wajib")

    class Meta:
        ordering = ["question", "position"]
        constraints = [models.UniqueConstraint(fields=["question", "position"], name="slot_position_once")]

    def __str__(self) -> str:
        return self.label


class QuestionAgency(InstrumentRow):
    """Position 0 is the lead agency."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    agency = models.ForeignKey(InstrumentAgency, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["question", "position"]
        constraints = [models.UniqueConstraint(fields=["question", "agency"], name="question_agency_once")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.agency_id}"
