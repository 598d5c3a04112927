"""What the task force claims for one question, and every state that claim has been in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.edition import Stage
from evaluations.models.evaluation import Evaluation


class AnswerSource(models.TextChoices):
    FORM = "form", "diisi di portal"
    REUSE = "reuse", "dipakai lagi dari periode sebelumnya"
    WORKBOOK = "workbook", "dibaca dari buku kerja Excel"
    UNITS = "units", "dihitung dari baris kecamatan atau desa/kelurahan"


class Answer(models.Model):
    """``value`` has the shape scoring reads (``{"option": 0}`` ...), or null when only a note is there.

    ``version`` counts the saves; a save that was made against an older version is refused, not merged.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="answers")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    value = models.JSONField("jawaban", null=True, blank=True)
    note = models.TextField("catatan", blank=True)
    version = models.PositiveIntegerField("versi", default=1)
    updated_at = models.DateTimeField("diubah")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question"], name="answer_once_per_question"),
            models.CheckConstraint(condition=Q(version__gte=1), name="answer_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}:{self.question_id} v{self.version}"


class AnswerRevision(models.Model):
    """Append-only: one row per save, in the save's transaction."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField("versi")
    value = models.JSONField("jawaban", null=True, blank=True)
    note = models.TextField("catatan", blank=True)
    stage = models.CharField("tahap", max_length=2, choices=Stage, default=Stage.EM)
    source = models.CharField("asal", max_length=8, choices=AnswerSource, default=AnswerSource.FORM)
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["answer", "version"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="revision_version_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="revision_stage_known"),
            models.CheckConstraint(condition=Q(source__in=AnswerSource.values), name="revision_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} v{self.version}"


class Assignment(models.Model):
    """The district gave a question to another agency than the instrument's lead agency."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="assignments")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="assignments")
    assigned_at = models.DateTimeField("dibagikan")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question"], name="assignment_once_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} -> {self.agency_id}"
