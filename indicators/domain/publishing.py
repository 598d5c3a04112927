"""Draft -> published (frozen) -> retired. There is no way back."""

from __future__ import annotations

from django.db import transaction

from indicators.domain.spec import spec_of
from indicators.models import Instrument, InstrumentState
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class PublishingRefused(Exception):
    """Why an instrument cannot be published or retired now. ``str`` is the reason, in Indonesian."""


@transaction.atomic
def publish(instrument: Instrument, *, by: User | None) -> Instrument:
    """Freeze a draft. Its rows are read again: they must be the content that was checked when it was loaded.

    ``by`` is ``None`` for set-up commands. Raises ``PublishingRefused``.
    """
    row = _locked(instrument)
    if row.state != InstrumentState.DRAFT:
        word = InstrumentState(row.state).label.lower()
        raise PublishingRefused(f"Instrumen {row} sudah {word}; hanya rancangan yang dapat diterbitkan.")
    if spec_of(row).digest != row.digest:
        raise PublishingRefused(
            f"Isi instrumen {row} berubah sejak dimuat. Muat lagi berkasnya, lalu terbitkan."
        )
    row.state = InstrumentState.PUBLISHED
    row.published_at, row.published_by = clock.now(), by
    row.save(update_fields=["state", "published_at", "published_by"])
    record(EventAction.INSTRUMENT_PUBLISHED, by=by, subject=f"instrumen:{row.code}", digest=row.digest)
    return row


@transaction.atomic
def retire(instrument: Instrument, *, by: User | None) -> Instrument:
    """Take a published instrument out of use for new editions; what was measured with it stays readable.

    ``by`` is ``None`` for set-up commands. Raises ``PublishingRefused``.
    """
    row = _locked(instrument)
    if row.state != InstrumentState.PUBLISHED:
        word = InstrumentState(row.state).label.lower()
        raise PublishingRefused(f"Instrumen {row} berstatus {word}; hanya yang terbit yang dapat ditarik.")
    row.state = InstrumentState.RETIRED
    row.retired_at, row.retired_by = clock.now(), by
    row.save(update_fields=["state", "retired_at", "retired_by"])
    record(EventAction.INSTRUMENT_RETIRED, by=by, subject=f"instrumen:{row.code}", digest=row.digest)
    return row


def _locked(instrument: Instrument) -> Instrument:
    """The row as it is now; two people who press the button at once queue here."""
    return Instrument.objects.select_for_update().get(pk=instrument.pk)
