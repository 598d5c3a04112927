"""A question a district answers well, and lets others learn from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.evaluation import Evaluation


class SharedPractice(models.Model):
    """``story``: how it was done, in the district's words. With ``with_evidence`` the documents at the question may
    be opened by other districts and provinces, never those of a sensitive question.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="practices")
    question = models.ForeignKey("indicators.Question", models.PROTECT, related_name="+")
    story = models.TextField("cerita")
    with_evidence = models.BooleanField("data dukung ikut dibagikan", default=False)
    shared_at = models.DateTimeField("dibagikan")
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("ditarik", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-shared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "question"],
                condition=Q(withdrawn_at__isnull=True),
                name="practice_once_per_question",
            ),
            models.CheckConstraint(condition=~Q(story=""), name="practice_has_a_story"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="practice_withdrawn_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}: {self.question_id}"
