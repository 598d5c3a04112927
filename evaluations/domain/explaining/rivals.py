"""What the other districts of the province have, as far as one reader may see it.

Who supervises the province compares with what is there now. A district's own people see of the others only what
has been announced: the final results of this edition, else of the last one; before that, nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from django.db.models import QuerySet

from evaluations.domain.publication import is_public
from evaluations.domain.ranking import latest_results
from evaluations.domain.rulings import closed_stages
from evaluations.models import Edition, Evaluation, Stage, StageResult, State
from evaluations.scoring.ranking import rank
from evaluations.scoring.score import percent_of
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec
from kla_portal.accounts.access import area_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission

ENOUGH = 3
"""Districts from which a median tells nothing about any one of them."""


@dataclass(frozen=True)
class Shares:
    """Cluster code -> percent of its maximum; ``name`` says whose and of when. Without values: why, in ``absent``."""

    name: str
    clusters: Mapping[str, Fraction]
    absent: str = ""


@dataclass(frozen=True)
class Place:
    """A rank among ``count`` districts, this one included; ``basis`` says what it was compared with."""

    rank: int
    count: int
    basis: str


def supervises(evaluation: Evaluation, user: User) -> bool:
    """Whether the person sees every district of its province."""
    return area_of(user, Permission.SUPERVISE).covers_province(evaluation.district.province_id)


def province_median(evaluation: Evaluation, stage: Stage, user: User) -> Shares:
    """Per cluster, of submitted or closed results only. One query beside the cached instrument."""
    found = _comparable(evaluation, stage, user)
    if found is None:
        return Shares("Median provinsi", {}, "Median provinsi muncul sesudah hasil akhir diumumkan.")
    edition, stage = found
    rows = [
        clusters for (clusters,) in _results(evaluation, edition, stage).values_list("clusters") if clusters
    ]
    name = f"Median provinsi ({edition.code} {stage.upper()}, {len(rows)} kabupaten/kota)"
    if len(rows) < ENOUGH:
        words = f"Median provinsi belum dihitung: baru {len(rows)} hasil {stage.upper()}, perlu {ENOUGH}."
        return Shares(name, {}, words)
    spec = loaded(edition.instrument).spec
    shares = [_shares(spec, clusters) for clusters in rows]
    return Shares(
        name, {part.code: Fraction(median(share[part.code] for share in shares)) for part in spec.clusters}
    )


def last_edition(evaluation: Evaluation) -> Shares:
    """The district's own last closed stage of the previous edition. Five queries at most."""
    previous = evaluation.edition.previous
    if previous is None:
        return Shares("Periode sebelumnya", {}, "Tidak ada periode sebelumnya di portal ini.")
    name = previous.name
    before = Evaluation.objects.filter(edition=previous, district=evaluation.district_id).first()
    closed = closed_stages(before) if before else set()
    stage = next((stage for stage in reversed(Stage) if stage in closed), None)
    rows = StageResult.objects.filter(evaluation=before, stage=stage).order_by("-sequence")
    clusters = rows.values_list("clusters", flat=True).first() if stage else None
    if not clusters or stage is None:
        return Shares(name, {}, f"{name}: tidak ada hasil di portal ini.")
    spec = loaded(previous.instrument).spec
    return Shares(f"{name} ({stage.upper()})", _shares(spec, clusters))


def place_of(evaluation: Evaluation, totals: Mapping[str, Decimal], user: User) -> dict[str, Place]:
    """Where each of ``totals`` (key -> total) would stand among the others of the province; empty where nobody may
    tell. One query: shares of the maximum, because weights differ between editions.
    """
    others, basis = _others(evaluation, user)
    if not others:
        return {}
    maximum = loaded(evaluation.edition.instrument).spec.total
    places = {}
    for key, total in totals.items():
        rows = [*others, (None, Decimal(100) * total / maximum)]
        found = next(place for place, code, _ in rank(rows) if code is None)
        places[key] = Place(found or len(rows), len(rows), basis)
    return places


def _others(evaluation: Evaluation, user: User) -> tuple[list[tuple[str | None, Decimal]], str]:
    """(District code, percent of the maximum) of every other district."""
    if supervises(evaluation, user):
        edition, basis = evaluation.edition, "klaim kabupaten/kota lain sekarang"
        begun = Evaluation.objects.filter(edition=edition, last_activity_at__isnull=False)
        province = begun.filter(district__province=evaluation.district.province_id)
        rows = list(province.exclude(pk=evaluation.pk).values_list("district", "claimed_total"))
    else:
        found = _announced(evaluation.edition)
        if found is None:
            return [], ""
        edition, basis = found, f"hasil akhir {found.name} yang diumumkan"
        results = _results(evaluation, edition, Stage.VF).exclude(evaluation__district=evaluation.district_id)
        rows = list(results.values_list("evaluation__district", "total"))
    maximum = loaded(edition.instrument).spec.total
    return [(code, Decimal(100) * total / maximum) for code, total in rows], basis


def _comparable(evaluation: Evaluation, stage: Stage, user: User) -> tuple[Edition, Stage] | None:
    if supervises(evaluation, user):
        return evaluation.edition, stage
    announced = _announced(evaluation.edition)
    return (announced, Stage.VF) if announced else None


def _announced(edition: Edition) -> Edition | None:
    """This edition when its results are out, else the last one when they are."""
    return next((found for found in (edition, edition.previous) if found and is_public(found)), None)


def _results(evaluation: Evaluation, edition: Edition, stage: Stage) -> QuerySet[StageResult]:
    """The results of the province at the stage; of the final stage only those that stand."""
    rows = latest_results(edition, stage).filter(
        evaluation__district__province=evaluation.district.province_id
    )
    return rows.filter(evaluation__state=State.FINAL) if stage == Stage.VF else rows


def _shares(spec: InstrumentSpec, clusters: Mapping[str, str]) -> dict[str, Fraction]:
    return {
        part.code: percent_of(Decimal(clusters.get(part.code, "0")), part.weight) for part in spec.clusters
    }
