"""What a verifier decides about one answer at one stage, and every state that decision has been in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.edition import Stage
from evaluations.models.evaluation import Evaluation


class Decision(models.TextChoices):
    ACCEPT = "accept", "Terima"
    CHANGE = "change", "Ubah"
    REJECT = "reject", "Tolak"
    DEFER = "defer", "Tunda"


VERIFYING = [Stage.VA, Stage.VL, Stage.VF]


class Verdict(models.Model):
    """``value`` is the verifier's own answer (``change`` only); points come from the scoring rules, never typed.

    ``answer_version`` is the claim that was looked at (0: none): a verdict on an older claim counts as open.
    ``reading`` 2 is the second verifier's independent mark on a question drawn for calibration.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="verdicts")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    reading = models.PositiveSmallIntegerField("pembacaan", default=1)
    decision = models.CharField("putusan", max_length=6, choices=Decision)
    value = models.JSONField("nilai pengganti", null=True, blank=True)
    reason = models.TextField("alasan", blank=True)
    answer_version = models.PositiveIntegerField("versi jawaban yang dilihat")
    version = models.PositiveIntegerField("versi", default=1)
    updated_at = models.DateTimeField("diputuskan")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "stage", "question", "reading"], name="verdict_once_per_reading"
            ),
            models.CheckConstraint(condition=Q(stage__in=VERIFYING), name="verdict_stage_verifies"),
            models.CheckConstraint(condition=Q(reading__in=[1, 2]), name="verdict_reading_known"),
            models.CheckConstraint(
                condition=Q(decision="change", value__isnull=False)
                | ~Q(decision="change") & Q(value__isnull=True),
                name="verdict_value_with_change",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["change", "reject"]) | ~Q(reason=""),
                name="verdict_against_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}:{self.question_id} {self.stage} {self.decision}"


class VerdictRevision(models.Model):
    """Append-only: one row per save of a verdict, in the save's transaction."""

    verdict = models.ForeignKey(Verdict, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField("versi")
    decision = models.CharField("putusan", max_length=6, choices=Decision)
    value = models.JSONField("nilai pengganti", null=True, blank=True)
    reason = models.TextField("alasan", blank=True)
    answer_version = models.PositiveIntegerField("versi jawaban yang dilihat")
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["verdict", "version"]
        constraints = [
            models.UniqueConstraint(fields=["verdict", "version"], name="verdict_revision_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.verdict_id} v{self.version}"


class VerifierAssignment(models.Model):
    """Who verifies a district at a stage: all of it (``cluster`` empty) or one cluster."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="verifier_assignments")
    stage = models.CharField("tahap", max_length=2, choices=Stage)
    cluster = models.CharField("klaster", max_length=8, blank=True)
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reading = models.PositiveSmallIntegerField("pembacaan", default=1)
    assigned_at = models.DateTimeField("ditugaskan")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "stage", "cluster", "reading"], name="verifier_once_per_cluster"
            ),
            models.CheckConstraint(condition=Q(stage__in=VERIFYING), name="verifier_stage_verifies"),
            models.CheckConstraint(condition=Q(reading__in=[1, 2]), name="verifier_reading_known"),
        ]

    def __str__(self) -> str:
        return f"{self.verifier} {self.stage} {self.cluster or 'semua klaster'}"


class ReasonPhrase(models.Model):
    """A reason that a verifier uses often and picks instead of typing it again."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reason_phrases")
    text = models.CharField("alasan", max_length=500)

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "text"], name="phrase_once_per_person"),
            models.CheckConstraint(condition=~Q(text=""), name="phrase_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text
