"""One district in one edition."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q

from evaluations.models.edition import Edition, Stage, StageWindow
from kla_portal.accounts.access import area_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission


class State(models.TextChoices):
    FILLING = "filling", "Pengisian"
    SUBMITTED = "submitted", "Diajukan"
    """The province verifies (VA)."""
    RETURNED = "returned", "Dikembalikan"
    """Named questions are with the district again, until a deadline."""
    VA_CLOSED = "va_closed", "VA selesai"
    """The ministry verifies in the field (VL)."""
    VL_CLOSED = "vl_closed", "VL selesai"
    """The ministry decides (VF)."""
    FINAL = "final", "VF selesai"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: User) -> EvaluationQuerySet:
        return self.filter(area_of(user, Permission.READ).filter("district__"))

    def with_place(self) -> EvaluationQuerySet:
        """With edition, instruments, district, province, and as ``em_window`` the self-assessment's window, if any."""
        window = FilteredRelation("edition__windows", condition=Q(edition__windows__stage=Stage.EM))
        return self.annotate(em_window=window).select_related(  # type: ignore[misc]
            "edition__instrument", "edition__previous__instrument", "district__province", "em_window"
        )


class Evaluation(models.Model):
    """``claimed_*``, ``safe_*``, ``answered_count`` and ``slots_filled`` are kept by domain/progress.py, so that a list
    of 514 districts reads no answers; a test recomputes them. ``unready`` keeps why an answer does not count as safe
    yet: question code -> reasons (domain/evidence/readiness.py).
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="evaluations")
    district = models.ForeignKey("regions.District", models.PROTECT, related_name="evaluations")
    state = models.CharField("status", max_length=12, choices=State, default=State.FILLING)
    claimed_total = models.DecimalField("nilai klaim", max_digits=6, decimal_places=2, default=0)
    claimed_predikat = models.CharField("predikat klaim", max_length=20, blank=True)
    safe_total = models.DecimalField("nilai aman", max_digits=6, decimal_places=2, default=0)
    unready = models.JSONField("belum aman", default=dict, blank=True)
    answered_count = models.PositiveSmallIntegerField("terjawab", default=0)
    slots_filled = models.PositiveSmallIntegerField("slot wajib terisi", default=0)
    last_activity_at = models.DateTimeField("kegiatan terakhir", null=True, blank=True)
    submitted_at = models.DateTimeField("diajukan", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    em_window: StageWindow | None
    """The self-assessment's window, where it came along (``with_place``)."""

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "district"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "district"], name="evaluation_once_per_district"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="evaluation_state_known"),
            models.CheckConstraint(
                condition=Q(claimed_total__gte=0, claimed_total__lte=1000), name="evaluation_total_in_range"
            ),
            models.CheckConstraint(
                condition=Q(safe_total__gte=0, safe_total__lte=F("claimed_total")),
                name="evaluation_safe_total_in_range",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True, state="filling")
                | Q(submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(state="filling"),
                name="evaluation_submitted_at_by_and_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} - {self.district}"

    @property
    def begun(self) -> bool:
        return self.last_activity_at is not None
