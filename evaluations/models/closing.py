"""How a stage was closed, every change of an evaluation's state, and objections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.edition import Stage
from evaluations.models.evaluation import Evaluation, State
from evaluations.models.result import StageResult
from evaluations.models.verdict import Decision


class VisitMode(models.TextChoices):
    HYBRID = "hybrid", "Hibrida (daring)"
    VISIT = "visit", "Kunjungan"


class StageRecord(models.Model):
    """VA: the governor's letter. VL: mode, date, participants and notes per cluster. Append-only, beside its result.

    A result that a granted objection brought about has none of its own: that of the result before it holds.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="stage_records")
    result = models.OneToOneField(StageResult, models.PROTECT, related_name="record")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    letter_number = models.CharField("nomor surat", max_length=80, blank=True)
    letter_date = models.DateField("tanggal surat", null=True, blank=True)
    letter = models.ForeignKey(
        "evaluations.Evidence", models.PROTECT, null=True, blank=True, related_name="letters"
    )
    mode = models.CharField("cara", max_length=6, choices=VisitMode, blank=True)
    held_on = models.DateField("tanggal pelaksanaan", null=True, blank=True)
    participants = models.JSONField("peserta", default=list, blank=True)
    """``[{"role": "Forum Anak", "count": 12}, ...]``: roles and numbers, never names."""
    notes = models.JSONField("catatan per klaster", default=dict, blank=True)
    written_at = models.DateTimeField("dicatat")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage=Stage.VA)
                | (~Q(letter_number="") & Q(letter_date__isnull=False, letter__isnull=False)),
                name="stage_record_va_has_its_letter",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.VL) | (~Q(mode="") & Q(held_on__isnull=False)),
                name="stage_record_vl_has_mode_and_date",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[Stage.VA, Stage.VL, Stage.VF]), name="stage_record_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.stage}"


class StateChange(models.Model):
    """Append-only: what moved an evaluation on or back, by whom, and why."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="state_changes")
    action = models.CharField("tindakan", max_length=20)
    before = models.CharField("dari", max_length=12, choices=State)
    after = models.CharField("menjadi", max_length=12, choices=State)
    reason = models.TextField("alasan", blank=True)
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["evaluation", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(before__in=State.values), name="state_change_before_known"),
            models.CheckConstraint(condition=Q(after__in=State.values), name="state_change_after_known"),
        ]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Objection(models.Model):
    """Sanggah: the district contests a verdict; another person than the verdict's decides."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="objections")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    reason = models.TextField("alasan")
    evidence = models.ManyToManyField("evaluations.Evidence", blank=True, related_name="objections")
    filed_at = models.DateTimeField("diajukan")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted = models.BooleanField("dikabulkan", null=True, blank=True)
    decision = models.CharField("putusan baru", max_length=6, choices=Decision, blank=True)
    value = models.JSONField("nilai pengganti", null=True, blank=True)
    decision_reason = models.TextField("alasan putusan", blank=True)
    decided_at = models.DateTimeField("diputuskan", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["evaluation", "filed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "stage", "question"], name="objection_once_per_question"
            ),
            models.CheckConstraint(condition=Q(stage__in=[Stage.VA, Stage.VF]), name="objection_stage"),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_has_a_reason"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decision_reason=""),
                name="objection_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Sanggah {self.evaluation_id}:{self.question_id}"
