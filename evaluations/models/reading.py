"""What the portal read in a file, and what people answered to the questions that follow from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.evaluation import Evaluation
from evaluations.models.evidence import Evidence, EvidenceFile


class FileReading(models.Model):
    """Facts of one file, from ``evaluations.files``. No row: not read yet. With a ``fault``: could not be read.

    ``text_pages`` counts the pages with text; ``lowest_dpi`` is of the worst scanned page; ``signature`` the MinHash
    of the text (128 numbers, ``None`` for little text); ``*_clue`` what the text proposes for the description.
    """

    file = models.OneToOneField(EvidenceFile, models.CASCADE, primary_key=True, related_name="reading")
    pages = models.PositiveIntegerField("halaman", default=0)
    text_pages = models.PositiveIntegerField("halaman berteks", default=0)
    lowest_dpi = models.PositiveIntegerField("resolusi terendah", null=True, blank=True)
    width = models.PositiveIntegerField("lebar", null=True, blank=True)
    height = models.PositiveIntegerField("tinggi", null=True, blank=True)
    taken_on = models.DateField("tanggal foto", null=True, blank=True)
    thumbnail = models.CharField("gambar kecil", max_length=200, blank=True)
    identity_numbers = models.PositiveIntegerField("nomor identitas", default=0)
    children_list = models.BooleanField("daftar nama anak", default=False)
    signature = models.JSONField("sidik isi", null=True, blank=True)
    number_clue = models.CharField("usulan nomor", max_length=120, blank=True)
    date_clue = models.DateField("usulan tanggal", null=True, blank=True)
    year_clues = models.JSONField("usulan tahun", default=list, blank=True)
    fault = models.CharField("gangguan", max_length=200, blank=True)
    read_at = models.DateTimeField("dibaca")

    def __str__(self) -> str:
        return f"bacaan {self.file_id}"


class PageText(models.Model):
    """The text of one page, for searching and for the quoted phrase. Pages without text have no row."""

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="page_texts")
    page = models.PositiveIntegerField("halaman")
    text = models.TextField("teks")

    class Meta:
        ordering = ["file", "page"]
        constraints = [
            models.UniqueConstraint(fields=["file", "page"], name="page_text_once"),
            models.CheckConstraint(condition=Q(page__gt=0), name="page_text_page_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} hlm. {self.page}"


class FileBand(models.Model):
    """One band of a text's MinHash: files that share one may be alike."""

    file = models.ForeignKey(EvidenceFile, models.CASCADE, related_name="bands")
    key = models.CharField("pita", max_length=24)

    class Meta:
        indexes = [models.Index(fields=["key"], name="band_by_key")]
        constraints = [models.UniqueConstraint(fields=["file", "key"], name="band_once_per_file")]

    def __str__(self) -> str:
        return self.key


class ConcernAnswer(models.Model):
    """The district's answer to a warning about a document: the warning is closed, the answer stays readable.

    ``basis`` is a digest of what the warning said: when that changes, it is asked again. Taken back, the row stays.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="concern_answers")
    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="concern_answers")
    rule = models.CharField("pemeriksaan", max_length=40)
    basis = models.CharField("dasar", max_length=64)
    reason = models.CharField("jawaban", max_length=500)
    at = models.DateTimeField("dijawab")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("ditarik", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "evidence", "rule", "basis"],
                condition=Q(removed_at__isnull=True),
                name="concern_answered_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="concern_answer_has_a_reason"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="concern_answer_removed_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"
