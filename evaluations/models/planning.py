"""What the district aims for, and what it will do to get there: target, efforts, planned actions."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from evaluations.models.evaluation import Evaluation


class Target(models.Model):
    """The predikat or the score a district wants to reach in an edition.

    ``total`` is the rounded score that reaches it, 0.01 to 1000; ``predikat`` is empty when a score was typed.
    """

    evaluation = models.OneToOneField(Evaluation, models.CASCADE, related_name="target")
    predikat = models.CharField(max_length=20, blank=True)
    total = models.DecimalField("nilai sasaran", max_digits=6, decimal_places=2)
    set_at = models.DateTimeField("ditetapkan")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0, total__lte=1000), name="target_total_in_range")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}: {self.predikat or self.total}"


class Need(models.TextChoices):
    """What an improvement asks for before it can be claimed."""

    NOTHING = "", "Dapat dikerjakan perangkat daerah sendiri"
    REGULATION = "regulation", "Perlu produk hukum"
    BUDGET = "budget", "Perlu anggaran"
    DATA = "data", "Perlu data"
    ACTIVITY = "activity", "Perlu kegiatan"
    PARTNERS = "partners", "Perlu mitra"
    IMPOSSIBLE = "impossible", "Tidak mungkin sebelum batas waktu"


class Effort(models.Model):
    """The district's own word on how hard one question is; without a row the default by theme and kind holds."""

    district = models.ForeignKey("regions.District", models.CASCADE, related_name="efforts")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    effort = models.PositiveSmallIntegerField("usaha")
    """1 (a letter) to 5 (more than a year's work)."""
    need = models.CharField("keperluan", max_length=10, choices=Need, blank=True)
    set_at = models.DateTimeField("diubah")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "question"], name="effort_once_per_question"),
            models.CheckConstraint(condition=Q(effort__gte=1, effort__lte=5), name="effort_one_to_five"),
            models.CheckConstraint(condition=Q(need__in=Need.values), name="effort_need_known"),
        ]

    def __str__(self) -> str:
        return f"{self.district_id}:{self.question_id} {self.effort}"


class ActionStatus(models.TextChoices):
    PLANNED = "planned", "Direncanakan"
    RUNNING = "running", "Berjalan"
    DONE = "done", "Selesai"
    DROPPED = "dropped", "Dibatalkan"


class PlannedAction(models.Model):
    """One action of the Rencana Aksi Daerah (RAD) KLA. ``budget`` is in whole rupiah.

    ``removed_*``: taken off the list by mistake-mending; kept, with its notes, and no longer shown.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="planned_actions")
    title = models.CharField("aksi", max_length=200)
    output = models.CharField("keluaran", max_length=300, blank=True)
    agency = models.ForeignKey(
        "accounts.Agency", models.PROTECT, null=True, blank=True, related_name="planned_actions"
    )
    supporting = models.ManyToManyField("accounts.Agency", related_name="supported_actions", blank=True)
    budget = models.BigIntegerField("anggaran", null=True, blank=True, validators=[MinValueValidator(0)])
    budget_source = models.CharField("sumber anggaran", max_length=80, blank=True)
    starts_on = models.DateField("mulai", null=True, blank=True)
    due_on = models.DateField("tenggat", null=True, blank=True)
    status = models.CharField(max_length=8, choices=ActionStatus, default=ActionStatus.PLANNED)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_into"
    )
    version = models.PositiveIntegerField("versi", default=1)
    created_at = models.DateTimeField("dibuat")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("diubah")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("dihapus", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="action_has_a_title"),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="action_budget_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="action_due_after_start",
            ),
            models.CheckConstraint(condition=Q(status__in=ActionStatus.values), name="action_status_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="action_version_from_one"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="action_removed_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "carried_from"],
                condition=Q(carried_from__isnull=False, removed_at__isnull=True),
                name="action_carried_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ActionQuestion(models.Model):
    """A question an action serves. ``points_before`` and ``points_expected``: exact points of the claim when it was
    planned, and when the aim is reached; ``aim``: the answer aimed for (``None``: its documents only).
    """

    action = models.ForeignKey(PlannedAction, models.CASCADE, related_name="questions")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    aim = models.JSONField("jawaban yang dituju", null=True, blank=True)
    points_before = models.DecimalField("poin semula", max_digits=12, decimal_places=6)
    points_expected = models.DecimalField("poin diharapkan", max_digits=12, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "question"], name="action_question_once"),
            models.CheckConstraint(
                condition=Q(points_before__gte=0, points_expected__gte=0), name="action_points_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.question_id}"


class ActionNote(models.Model):
    """Append-only: what happened, and the status after it."""

    action = models.ForeignKey(PlannedAction, models.PROTECT, related_name="notes")
    text = models.TextField("catatan", blank=True)
    status = models.CharField(max_length=8, choices=ActionStatus)
    at = models.DateTimeField("waktu")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["action", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ActionStatus.values), name="action_note_status_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.status}"


class ActionEvidence(models.Model):
    """A document of the district's library that shows an action was done."""

    action = models.ForeignKey(PlannedAction, models.CASCADE, related_name="evidence")
    evidence = models.ForeignKey("evaluations.Evidence", models.PROTECT, related_name="proved_actions")
    added_at = models.DateTimeField("ditautkan")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "evidence"], name="action_evidence_once")]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.evidence_id}"
