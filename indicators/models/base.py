"""What every row of an instrument shares: whose it is, and that a published one is frozen."""

from __future__ import annotations

from typing import Any

from django.db import models


class Frozen(Exception):
    """The instrument is published or retired: nothing of it can be changed or deleted."""

    def __init__(self, instrument: Any) -> None:
        super().__init__(
            f"Instrumen {instrument} sudah terbit dan tidak dapat diubah. "
            "Muat versi baru dengan kode sendiri."
        )


class InstrumentRow(models.Model):
    """A row of one instrument, in the published order. Triggers guard what bypasses this class."""

    instrument = models.ForeignKey("indicators.Instrument", models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.instrument.must_be_draft()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.instrument.must_be_draft()
        return super().delete(*args, **kwargs)
