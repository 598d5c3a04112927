"""Preparing an edition and opening it for every district."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from evaluations.domain import notices
from evaluations.domain.evidence import readiness
from evaluations.models import Edition, Evaluation, Stage, StageWindow
from indicators.domain.spec import loaded
from indicators.models import Instrument, InstrumentState
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.domain.agencies import ensure_agencies
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.indonesian import ZONE_NAMES, angka, tanggal
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


WallClock = tuple[date, time]
"""A day and a time as every province's own clocks show it."""


def wall_words(moment: WallClock) -> str:
    """``30 Juni 2026 23.59``: without a zone, since it is each province's own."""
    return f"{tanggal(moment[0])} {moment[1]:%H.%M}"


def closing_of(window: StageWindow | None) -> WallClock | None:
    return (window.closes_on, window.closes_time) if window else None


def doubts(*, edition: Edition, stage: Stage, opens: WallClock, closes: WallClock) -> list[str]:
    """What is probably a slip in a new window of an opened edition, in words. Empty for an edition in preparation."""
    windows = {window.stage: window for window in edition.windows.all()}
    if edition.opened_at is None:
        return []
    found = []
    if closes != closing_of(windows.get(stage)) and _over_somewhere(closes):
        count = edition.evaluations.count()
        found.append(
            f"Waktu tutup ini sudah lewat: {stage.label} seketika tertutup bagi {angka(count)} kabupaten/kota, "
            "kecuali yang mendapat perpanjangan."
        )
    for other in (*stage.earlier, *stage.later):
        if other in windows:
            later = other in stage.later
            found += _out_of_order(stage, opens, closes, windows[other], later=later)
    return found


def _over_somewhere(closes: WallClock) -> bool:
    now = clock.now()
    return any(datetime.combine(*closes, tzinfo=ZoneInfo(zone)) <= now for zone in ZONE_NAMES)


def _out_of_order(
    stage: Stage, opens: WallClock, closes: WallClock, other: StageWindow, *, later: bool
) -> Iterator[str]:
    """Against a stage that comes after it (``later``) or before it: neither begin nor end may be beyond the other's."""
    name, side = Stage(other.stage).label, "sesudah" if later else "sebelum"
    begins, ends = (other.opens_on, other.opens_time), (other.closes_on, other.closes_time)
    for verb, mine, theirs in (("dibuka", opens, begins), ("ditutup", closes, ends)):
        if (mine > theirs) if later else (mine < theirs):
            yield f"{stage.label} akan {verb} {side} {name} {verb} ({wall_words(theirs)})."


def set_window(
    *, edition: Edition, stage: Stage, opens: WallClock, closes: WallClock, by: User | None
) -> StageWindow:
    """When a stage is open, in each province's own clock time. ``Refused`` when it closes before it opens.

    In an opened edition the coordinators hear of a change, and what is kept of the safe score is recomputed
    afterwards: whether a document is still valid goes by the end of the self-assessment.
    """
    if closes <= opens:
        raise Refused("Waktu tutup harus sesudah waktu buka.")
    with transaction.atomic():
        # One change after the other: each tells what stood before it.
        edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
        before = edition.windows.filter(stage=stage).first()
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
        if edition.opened_at is not None:
            _tell(edition, window, before, by=by)
    return window


def _tell(edition: Edition, window: StageWindow, before: StageWindow | None, *, by: User | None) -> None:
    def times(of: StageWindow) -> tuple[str, str]:
        return wall_words((of.opens_on, of.opens_time)), wall_words((of.closes_on, of.closes_time))

    stage, now = Stage(window.stage), times(window)
    if before is None or times(before) != now:
        notices.window_moved(edition, stage, old=times(before) if before else None, new=now, by=by)
    if stage is Stage.EM and closing_of(before) != closing_of(window):
        transaction.on_commit(lambda: readiness.refresh_edition.enqueue(edition.pk), robust=True)


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
