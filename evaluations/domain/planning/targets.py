"""What a district aims for: a predikat of the instrument or a score."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Target
from evaluations.scoring.bands import CENT, entry_total, next_band, predikat_for
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.indonesian import angka
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


def target_of(evaluation: Evaluation) -> Target | None:
    """One query."""
    return next(iter(_target(evaluation.pk)), None)


@prepared
def _target(evaluation: int) -> QuerySet[Target]:
    return Target.objects.filter(evaluation=evaluation)


def aimable(evaluation: Evaluation) -> tuple[Band, ...]:
    """The predikat one can aim for, best first: all but the one that 0 points give."""
    return tuple(band for band in loaded(evaluation.edition.instrument).spec.bands if band.threshold > 0)


def next_target(evaluation: Evaluation) -> Decimal:
    """Where the predikat above the claim begins; the best one's own beginning for who has that. No query."""
    bands = loaded(evaluation.edition.instrument).spec.bands
    band = predikat_for(bands, evaluation.claimed_total)
    return entry_total(next_band(bands, band) or band)


def band_of(evaluation: Evaluation, total: Decimal) -> Band:
    """The predikat that a total brings. No query."""
    return predikat_for(loaded(evaluation.edition.instrument).spec.bands, total)


@dataclass(frozen=True)
class Aim:
    """A target beside a total. ``missing``: 0 when the total is there; ``predikat``: empty for a typed score."""

    target: Target
    predikat: str
    missing: Decimal


def aim_of(evaluation: Evaluation, total: Decimal) -> Aim | None:
    """For the district's first page, beside the ``total`` that stands there: no plan is computed. One query."""
    target = target_of(evaluation)
    if target is None:
        return None
    bands = loaded(evaluation.edition.instrument).spec.band_by_code
    name = bands[target.predikat].name if target.predikat in bands else ""
    return Aim(target, name, max(Decimal(0), target.total - total))


def set_target(
    *, evaluation: Evaluation, predikat: str = "", total: Decimal | None = None, by: User
) -> Target:
    """Aim for a predikat (its code) or a score of at most two decimals; one of the two."""
    if bool(predikat) == (total is not None):
        raise ValueError("a target is a predikat or a total")
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        wanted = _total(evaluation, predikat) if total is None else _checked(evaluation, total)
        target, _ = Target.objects.update_or_create(
            evaluation=evaluation,
            defaults={"predikat": predikat, "total": wanted, "set_at": clock.now(), "set_by": by},
        )
        record(
            EventAction.TARGET_SET,
            by=by,
            district=evaluation.district,
            subject=f"evaluasi:{evaluation.pk}",
            predikat=predikat,
            total=str(wanted),
        )
    return target


def clear_target(*, evaluation: Evaluation, by: User) -> bool:
    """Aim for nothing any more. Whether there was a target."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        target = target_of(evaluation)
        if target is None:
            return False
        target.delete()
        record(
            EventAction.TARGET_CLEARED,
            by=by,
            district=evaluation.district,
            subject=f"evaluasi:{evaluation.pk}",
            total=str(target.total),
        )
    return True


def _total(evaluation: Evaluation, predikat: str) -> Decimal:
    for band in aimable(evaluation):
        if band.code == predikat:
            return entry_total(band)
    raise Refused("Predikat itu tidak ada dalam instrumen ini. Pilih salah satu dari daftar.")


def _checked(evaluation: Evaluation, total: Decimal) -> Decimal:
    most = loaded(evaluation.edition.instrument).spec.total
    if not CENT <= total <= most:
        raise Refused(f"Nilai target antara {angka(CENT)} dan {angka(most)}. Tulis nilai di antaranya.")
    if total != total.quantize(CENT):
        raise Refused("Nilai target paling banyak dua angka di belakang koma, misalnya 712,50.")
    return total.quantize(CENT)
