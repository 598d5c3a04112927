"""What the people who run the portal have switched."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Maintenance(models.Model):
    """A time in which the portal is read-only. ``reason`` is shown to everyone; the row without an end is in force.

    ``by`` is null when the command line switched.
    """

    reason = models.CharField("alasan", max_length=300)
    begun_at = models.DateTimeField("dimulai")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField("diperkirakan sampai", null=True)
    ended_at = models.DateTimeField("diakhiri", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="maintenance_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="maintenance_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("begun_at")),
                name="maintenance_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True),
                name="maintenance_ended_by_with_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
