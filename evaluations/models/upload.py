"""Files on their way: sent in pieces, then put into the library or refused."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluations.models.evaluation import Evaluation
from evaluations.models.evidence import Evidence


class UploadState(models.TextChoices):
    RECEIVING = "receiving", "diterima sebagian"
    RECEIVED = "received", "diterima lengkap"
    SETTLED = "settled", "tersimpan di pustaka"
    REFUSED = "refused", "ditolak"


class Upload(models.Model):
    """One file that a person sends in pieces. ``slot``: where it goes; ``None`` in bulk, which asks afterwards.

    ``size`` and ``received`` in bytes; ``sha256`` as the browser announced it (empty when it did not); ``path`` is the
    file's name with its folders. Settled or refused, the row stays until it is swept, so that a lost reply can be asked
    for again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="uploads")
    slot = models.ForeignKey("indicators.Slot", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    path = models.CharField("nama berkas", max_length=400)
    declared_type = models.CharField("jenis menurut peramban", max_length=100, blank=True)
    title = models.CharField("judul", max_length=200, blank=True)
    shrink = models.BooleanField("perkecil foto", default=False)
    size = models.PositiveBigIntegerField("ukuran")
    received = models.PositiveBigIntegerField("diterima", default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField("status", max_length=10, choices=UploadState, default=UploadState.RECEIVING)
    refusal = models.CharField("alasan ditolak", max_length=500, blank=True)
    evidence = models.ForeignKey(Evidence, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField("dimulai")
    touched_at = models.DateTimeField("terakhir diterima")

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["touched_at"], name="upload_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, received__lte=F("size")), name="upload_received_within_size"
            ),
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_known"),
            models.CheckConstraint(
                condition=Q(state="receiving", received__lt=F("size"))
                | ~Q(state="receiving") & Q(received=F("size"))
                | Q(state="refused"),
                name="upload_complete_unless_receiving",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="upload_refused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class UploadPiece(models.Model):
    """Bytes ``offset`` to ``offset + size`` of an upload, in the evidence storage under ``storage_name``."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="pieces")
    offset = models.PositiveBigIntegerField("awal")
    size = models.PositiveBigIntegerField("ukuran")
    storage_name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["upload", "offset"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "offset"], name="piece_once_per_offset"),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(storage_name=""), name="piece_is_complete"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} dari {self.offset}"
