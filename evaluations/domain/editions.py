"""Preparing an edition and opening it for every district."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.db import transaction

from evaluations.models import Edition, Evaluation, Stage, StageWindow
from indicators.domain.spec import loaded
from indicators.models import Instrument, InstrumentState
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.domain.agencies import ensure_agencies
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import District


def create_edition(
    *,
    code: str,
    name: str,
    instrument: Instrument,
    evidence_years: tuple[int, int],
    previous: Edition | None,
    by: User | None,
) -> Edition:
    """A new edition, not open yet. Its instrument must be published: nobody is measured with a draft."""
    if instrument.state != InstrumentState.PUBLISHED:
        raise Refused(f"Instrumen {instrument} belum terbit. Terbitkan dahulu, lalu buat periodenya.")
    first, last = evidence_years
    with transaction.atomic():
        edition = Edition.objects.create(
            code=code,
            name=name,
            instrument=instrument,
            first_evidence_year=first,
            last_evidence_year=last,
            previous=previous,
        )
        record(EventAction.EDITION_CREATED, by=by, subject=f"periode:{code}", instrument=instrument.code)
    return edition


def set_window(
    *, edition: Edition, stage: Stage, opens: tuple[date, time], closes: tuple[date, time], by: User | None
) -> StageWindow:
    """When a stage is open, in each province's own clock time. ``Refused`` when it closes before it opens."""
    if closes <= opens:
        raise Refused("Waktu tutup harus sesudah waktu buka.")
    with transaction.atomic():
        window, _ = StageWindow.objects.update_or_create(
            edition=edition,
            stage=stage,
            defaults={
                "opens_on": opens[0],
                "opens_time": opens[1],
                "closes_on": closes[0],
                "closes_time": closes[1],
            },
        )
        changes: Mapping[str, Any] = {
            "opens": f"{opens[0]} {opens[1]}",
            "closes": f"{closes[0]} {closes[1]}",
        }
        record(
            EventAction.EDITION_CHANGED, by=by, subject=f"periode:{edition.code}", stage=str(stage), **changes
        )
    return window


def open_edition(*, edition: Edition, by: User | None) -> int:
    """Give every district its evaluation and its agencies. Returns how many were opened; safe to repeat."""
    instrument = loaded(edition.instrument)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        districts = list(District.objects.all())
        if not edition.windows.filter(stage=Stage.EM).exists():
            raise Refused("Tetapkan jadwal Evaluasi Mandiri dahulu, lalu buka periodenya.")
        have = set(edition.evaluations.values_list("district_id", flat=True))
        missing = [d for d in districts if d.pk not in have]
        Evaluation.objects.bulk_create([Evaluation(edition=edition, district=d) for d in missing])
        ensure_agencies(districts, [(term.code, term.name) for term in instrument.spec.agencies], by=by)
        if edition.opened_at is None:
            edition.opened_at, edition.opened_by = clock.now(), by
            edition.save(update_fields=["opened_at", "opened_by"])
        record(EventAction.EDITION_OPENED, by=by, subject=f"periode:{edition.code}", districts=len(missing))
    return len(missing)
