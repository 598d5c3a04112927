"""Documents of a district's library, their files, and the slots they stand in."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q

from evaluations.models.evaluation import Evaluation


class EvidenceForm(models.TextChoices):
    FILE = "file", "Berkas"
    LINK = "link", "Tautan"


class Evidence(models.Model):
    """One document: private files, or a web address kept as text. What describes it may be filled in later.

    ``kind`` is a code of the instrument's evidence kinds. ``years``: what the document proves, as numbers.
    Withdrawn: a submitted stage used it, so it stays, marked. Discarded: nothing submitted used it; it and its files
    go for good once the retention time is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey("regions.District", models.PROTECT, related_name="evidence")
    form = models.CharField("bentuk", max_length=4, choices=EvidenceForm)
    title = models.CharField("judul", max_length=200)
    url = models.URLField("alamat", max_length=1000, blank=True)
    kind = models.CharField("jenis", max_length=40, blank=True)
    number = models.CharField("nomor", max_length=120, blank=True)
    issuer = models.CharField("penerbit", max_length=200, blank=True)
    document_date = models.DateField("tanggal dokumen", null=True, blank=True)
    valid_from = models.DateField("berlaku mulai", null=True, blank=True)
    valid_until = models.DateField("berlaku sampai", null=True, blank=True)
    years = models.JSONField("tahun yang dibuktikan", default=list, blank=True)
    description = models.CharField("keterangan", max_length=1000, blank=True)
    added_at = models.DateTimeField("ditambahkan")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("ditarik", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField("alasan ditarik", max_length=500, blank=True)
    discarded_at = models.DateTimeField("dibuang", null=True, blank=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-added_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(form="file", url="") | Q(form="link") & ~Q(url=""),
                name="evidence_is_a_file_or_a_link",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_a_title"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="evidence_valid_in_order",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="evidence_withdrawn_at_by_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True, discarded_by__isnull=True)
                | Q(discarded_at__isnull=False, discarded_by__isnull=False),
                name="evidence_discarded_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def current_files(self) -> list[EvidenceFile]:
        """The files in force, in order; nothing for a web address. No query after ``current_files()``."""
        read: list[EvidenceFile] | None = getattr(self, "files_now", None)
        return list(self.files.filter(retired_at__isnull=True).order_by("number")) if read is None else read

    @property
    def size(self) -> int:
        """Bytes of the files in force together."""
        return sum(file.size for file in self.current_files)


class Scan(models.TextChoices):
    """What the virus scanner said of a file."""

    OFF = "off", "tidak dipindai"
    """No scanner is configured."""
    WAITING = "waiting", "sedang diperiksa"
    CLEAN = "clean", "bersih"
    INFECTED = "infected", "ditolak pemindai"


class EvidenceFile(models.Model):
    """One file of a document. Its content never changes: a revision is a new row with the same ``number``.

    Erased, for good and with a reason, the content is gone and the row stays: who read what when remains told.
    ``size`` in bytes and ``sha256`` are of the file as it is kept, ``source_sha256`` of the file as it was sent:
    pictures are kept without metadata, so the two can differ.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField("nomor berkas", default=1)
    revision = models.PositiveSmallIntegerField("revisi", default=1)
    filename = models.CharField("nama berkas", max_length=200)
    content_type = models.CharField("jenis berkas", max_length=100)
    size = models.PositiveBigIntegerField("ukuran")
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=200, unique=True)
    scan = models.CharField("pemindaian", max_length=8, choices=Scan, default=Scan.OFF)
    added_at = models.DateTimeField("ditambahkan")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField("diganti", null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    erased_at = models.DateTimeField("dihapus", null=True, blank=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    erased_reason = models.CharField("alasan dihapus", max_length=500, blank=True)

    class Meta:
        ordering = ["evidence", "number", "revision"]
        indexes = [
            models.Index(fields=["sha256"], name="file_by_content"),
            models.Index(fields=["source_sha256"], name="file_by_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number", "revision"], name="file_revision_once"),
            models.UniqueConstraint(
                fields=["evidence", "number"],
                condition=Q(retired_at__isnull=True),
                name="file_one_revision_in_force",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, number__gt=0, revision__gt=0)
                & ~Q(sha256="")
                & ~Q(source_sha256="")
                & ~Q(storage_name="")
                & ~Q(filename="")
                & ~Q(content_type=""),
                name="file_is_complete",
            ),
            models.CheckConstraint(condition=Q(scan__in=Scan.values), name="file_scan_known"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="file_retired_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_by__isnull=True, erased_reason="")
                | Q(erased_at__isnull=False, erased_by__isnull=False) & ~Q(erased_reason=""),
                name="file_erased_at_by_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def openable(self) -> bool:
        """Nothing is shown or sent before the scanner is done with it, and never what it refused; nor what is gone."""
        return self.scan in {Scan.OFF, Scan.CLEAN} and self.erased_at is None

    @property
    def tombstone(self) -> str:
        """What is read where the content was; empty while it is there."""
        return f"Berkas dihapus: {self.erased_reason}" if self.erased_at else ""


def current_files(path: str = "") -> Prefetch[str, Any, str]:
    """Prefetch of the files in force; ``path`` leads to the document (``"evidence"`` from a link)."""
    lookup = f"{path}__files" if path else "files"
    now = EvidenceFile.objects.filter(retired_at__isnull=True).order_by("number")
    return Prefetch(lookup, now, "files_now")


class EvidenceLink(models.Model):
    """A document in a slot of one evaluation. Taken out, the row stays, with who and when.

    Other pages or another ``quote`` (a phrase the verifier should find there) are a new row: the past keeps its own.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="evidence_links")
    slot = models.ForeignKey("indicators.Slot", models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="links")
    pages = models.CharField("halaman", max_length=40, blank=True)
    quote = models.CharField("kutipan", max_length=300, blank=True)
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
