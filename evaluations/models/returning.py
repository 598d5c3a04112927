"""Pengembalian: the verifier sends named questions back, with a deadline; and extensions of deadlines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from evaluations.models.edition import Stage
from evaluations.models.evaluation import Evaluation


class Return(models.Model):
    """``due_at``: tepat waktu sampai; ``locks_at``: dikunci mulai. Between the two a resubmission is late, not lost."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="returns")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    sequence = models.PositiveSmallIntegerField("urutan")
    message = models.TextField("pengantar", blank=True)
    due_at = models.DateTimeField("tepat waktu sampai")
    locks_at = models.DateTimeField("dikunci mulai")
    sent_at = models.DateTimeField("dikirim")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("diajukan kembali", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["evaluation", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "sequence"], name="return_sequence_once"),
            models.UniqueConstraint(
                fields=["evaluation"], condition=Q(ended_at__isnull=True), name="return_one_open_at_a_time"
            ),
            models.CheckConstraint(condition=Q(stage__in=[Stage.VA, Stage.VL]), name="return_stage_returns"),
            models.CheckConstraint(condition=Q(due_at__gt=F("sent_at")), name="return_due_after_sent"),
            models.CheckConstraint(
                condition=Q(locks_at__gte=F("due_at")), name="return_locks_not_before_due"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="return_ended_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"Pengembalian {self.sequence} {self.evaluation_id}"


class ReturnItem(models.Model):
    """One returned question and what is needed."""

    sent_back = models.ForeignKey(Return, models.CASCADE, related_name="items")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    needed = models.TextField("yang diperlukan")

    class Meta:
        ordering = ["sent_back", "question"]
        constraints = [
            models.UniqueConstraint(fields=["sent_back", "question"], name="return_question_once"),
            models.CheckConstraint(condition=~Q(needed=""), name="return_says_what_is_needed"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_back_id}: {self.question_id}"


class Extension(models.Model):
    """More time for one district: at a stage (``sent_back`` empty) or for one return. The newest counts."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="extensions")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    sent_back = models.ForeignKey(Return, models.CASCADE, null=True, blank=True, related_name="extensions")
    due_at = models.DateTimeField("tepat waktu sampai")
    locks_at = models.DateTimeField("dikunci mulai")
    reason = models.TextField("alasan")
    granted_at = models.DateTimeField("diberikan")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["evaluation", "granted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(locks_at__gte=F("due_at")), name="extension_locks_not_before_due"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="extension_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} sampai {self.due_at}"
