"""What each kecamatan and each desa/kelurahan says for the questions that count them (indicators 25 and 26)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.evaluation import Evaluation


class UnitAnswer(models.Model):
    """Whether one place has what a question counts. A place that said nothing has no row.

    ``kecamatan`` is always set: for a village, the one it lies in.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="unit_answers")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    kecamatan = models.ForeignKey("regions.Kecamatan", models.PROTECT, related_name="+")
    village = models.ForeignKey("regions.Village", models.PROTECT, null=True, blank=True, related_name="+")
    holds = models.BooleanField("ya")
    version = models.PositiveIntegerField("versi", default=1)
    updated_at = models.DateTimeField("diubah")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "question", "kecamatan"],
                condition=Q(village__isnull=True),
                name="unit_once_per_kecamatan",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "question", "village"],
                condition=Q(village__isnull=False),
                name="unit_once_per_village",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="unit_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}:{self.question_id} {self.village_id or self.kecamatan_id}"
