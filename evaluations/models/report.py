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
    EVALUATION = "evaluation", "Laporan Hasil Evaluasi"
    CARD = "card", "Rapor"
    ACTIONS = "actions", "Rencana Aksi Daerah"
    MEETING = "meeting", "Lembar rapat koordinasi"


class StoredReport(models.Model):
    """``key`` is the sha256 of the data and the template version: the same question finds the same file.

    ``series`` names what the report is about (``evaluation:17:em``): of one series the newest is in force. A paper
    that people sign has a ``number`` and a ``code`` (26 characters, 130 bits) for its public check page; tables have
    neither. ``about`` are the words of the check page: ``{"district": ..., "stage": ..., "taken_at": ...}``.
    """

    kind = models.CharField("jenis", max_length=10, choices=ReportKind)
    key = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    storage_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("ukuran")
    series = models.CharField("seri", max_length=120, blank=True, db_index=True)
    number = models.CharField("nomor", max_length=60, blank=True)
    code = models.CharField("kode periksa", max_length=26, blank=True)
    title = models.CharField("judul", max_length=200, blank=True)
    about = models.JSONField("perihal", default=dict, blank=True)
    signed = models.BooleanField("bertanda tangan elektronik", default=False)
    created_at = models.DateTimeField("dibuat")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["sha256"], name="report_by_sha256")]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="report_number_once"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="report_code_once"),
            models.CheckConstraint(
                condition=Q(number="", code="") | ~Q(number="") & ~Q(code="") & ~Q(series=""),
                name="report_number_and_code",
            ),
            models.UniqueConstraint(fields=["kind", "key"], name="report_once_per_key"),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="report_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:12]}"
