"""The published ruler of one edition and its shared lists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.models.base import Frozen, InstrumentRow


class InstrumentState(models.TextChoices):
    DRAFT = "draft", "Rancangan"
    PUBLISHED = "published", "Terbit"
    RETIRED = "retired", "Ditarik"


class Instrument(models.Model):
    """Draft -> published (frozen) -> retired. ``digest`` is the sha256 of the canonical content."""

    code = models.SlugField("kode", max_length=40, unique=True)
    title = models.CharField("judul", max_length=200)
    legal_basis = models.JSONField("dasar hukum", default=list)
    total = models.DecimalField("nilai total", max_digits=10, decimal_places=4)
    state = models.CharField("status", max_length=9, choices=InstrumentState, default=InstrumentState.DRAFT)
    digest = models.CharField("sidik", max_length=64)
    loaded_at = models.DateTimeField("dimuat", auto_now_add=True)
    published_at = models.DateTimeField("diterbitkan", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField("ditarik", null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-loaded_at", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InstrumentState.values), name="instrument_state_known"
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="instrument_total_positive"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state__in=["published", "retired"], published_at__isnull=False),
                name="instrument_published_at_with_state",
            ),
            models.CheckConstraint(
                condition=Q(state="retired", retired_at__isnull=False)
                | (~Q(state="retired") & Q(retired_at__isnull=True, retired_by__isnull=True)),
                name="instrument_retired_at_with_state",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def must_be_draft(self) -> None:
        """Ask the database, not this object: it may have been published since it was read."""
        if Instrument.objects.filter(pk=self.pk).exclude(state=InstrumentState.DRAFT).exists():
            raise Frozen(self)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.must_be_draft()
        return super().delete(*args, **kwargs)


class Vocabulary(InstrumentRow):
    """A term of one of the instrument's lists."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=200)

    class Meta:
        abstract = True
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="%(class)s_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class InstrumentAgency(Vocabulary):
    """An agency as the instrument names it; districts name their own (accounts.Agency)."""


class Theme(Vocabulary):
    pass


class EvidenceKind(Vocabulary):
    pass


class Scale(InstrumentRow):
    """A shared option list: ``options`` is ``[{"label": ..., "fraction": "0.66"}, ...]``, best first."""

    code = models.SlugField(max_length=40)
    options = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["instrument", "code"], name="scale_code_once")]

    def __str__(self) -> str:
        return self.code
