"""Documents of a district's library, and the slots they stand in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.evaluation import Evaluation


class EvidenceForm(models.TextChoices):
    FILE = "file", "Berkas"
    LINK = "link", "Tautan"


class Evidence(models.Model):
    """One document: a private file, or a web address kept as text. ``size`` in bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey("regions.District", models.PROTECT, related_name="evidence")
    form = models.CharField("bentuk", max_length=4, choices=EvidenceForm)
    title = models.CharField("judul", max_length=200)
    url = models.URLField("alamat", max_length=1000, blank=True)
    filename = models.CharField("nama berkas", max_length=200, blank=True)
    content_type = models.CharField("jenis berkas", max_length=100, blank=True)
    size = models.PositiveBigIntegerField("ukuran", default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    storage_name = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField("ditambahkan")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-added_at"]
        indexes = [models.Index(fields=["district", "sha256"], name="evidence_by_content")]
        constraints = [
            models.CheckConstraint(
                condition=Q(form="file", url="", size__gt=0)
                & ~Q(sha256="")
                & ~Q(storage_name="")
                & ~Q(filename="")
                & ~Q(content_type="")
                | Q(form="link", size=0, sha256="", storage_name="", filename="", content_type="")
                & ~Q(url=""),
                name="evidence_is_a_file_or_a_link",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceLink(models.Model):
    """A document in a slot of one evaluation. Taken out, the row stays, with who and when."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="evidence_links")
    slot = models.ForeignKey("indicators.Slot", models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="links")
    pages = models.CharField("halaman", max_length=40, blank=True)
    added_at = models.DateTimeField("dipasang")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("dilepas", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "slot", "evidence"],
                condition=Q(removed_at__isnull=True),
                name="evidence_once_per_slot",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="link_removed_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} di {self.slot_id}"
