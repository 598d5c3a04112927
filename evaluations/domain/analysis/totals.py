"""The totals of a province or the nation on one basis, and what they say: distribution, band edges, Provila."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from evaluations.domain.ranking import latest_results
from evaluations.domain.rulings import standing_results
from evaluations.models import Edition, Evaluation, Stage
from evaluations.scoring.bands import entry_total, next_band
from indicators.domain.spec import loaded
from indicators.spec import Band, InstrumentSpec
from kla_portal.regions.models import Province

CLAIM = "klaim"
"""The basis of what districts claim while they still fill in: nothing is stored yet."""
CLAIM_NAME = "Klaim sementara"

NEAR = Decimal(10)
"""Points within which a total counts as near the edge of its band."""


@dataclass(frozen=True)
class DistrictTotal:
    """One district's total on the basis that was asked for."""

    evaluation: int
    code: str
    name: str
    province: str
    """Code."""
    total: Decimal
    band: Band


@dataclass(frozen=True)
class Totals:
    """``rows`` best first, equal totals by name; ``absent``: names of the districts without one."""

    basis: str
    rows: tuple[DistrictTotal, ...]
    absent: tuple[str, ...]

    @property
    def claimed(self) -> bool:
        """Whether these are running claims that nobody has handed in."""
        return self.basis == CLAIM


def bases(edition: Edition, province: Province | None) -> list[str]:
    """``klaim``, then each stage with at least one result in force here. One query."""
    stored = standing_results().filter(evaluation__edition=edition)
    if province:
        stored = stored.filter(evaluation__district__province=province)
    found = set(stored.order_by().values_list("stage", flat=True).distinct())
    return [CLAIM, *(stage for stage in Stage.values if stage in found)]


def evaluations_of(edition: Edition, province: Province | None) -> QuerySet[Evaluation]:
    """Of the area, by the district's name, without the long columns."""
    found = Evaluation.objects.filter(edition=edition).select_related("district").defer("unready")
    if province:
        found = found.filter(district__province=province)
    return found.order_by("district__name", "pk")


def totals(edition: Edition, basis: str, province: Province | None) -> Totals:
    """Two queries beside the cached instrument; one for the claims."""
    spec = loaded(edition.instrument).spec
    evaluations = list(evaluations_of(edition, province))
    if basis == CLAIM:
        found = {row.pk: (row.claimed_total, row.claimed_predikat) for row in evaluations if row.begun}
    else:
        results = latest_results(edition, Stage(basis))
        if province:
            results = results.filter(evaluation__district__province=province)
        found = {
            pk: (total, code) for pk, total, code in results.values_list("evaluation", "total", "predikat")
        }
    rows = [
        DistrictTotal(
            row.pk,
            row.district_id,
            row.district.name,
            row.district.province_id,
            found[row.pk][0],
            spec.band_by_code[found[row.pk][1]],
        )
        for row in evaluations
        if row.pk in found and found[row.pk][1] in spec.band_by_code
    ]
    rows.sort(key=lambda row: -row.total)
    known = {row.evaluation for row in rows}
    absent = tuple(row.district.name for row in evaluations if row.pk not in known)
    return Totals(basis, tuple(rows), absent)


def distribution(rows: Iterable[DistrictTotal], bands: Sequence[Band]) -> list[tuple[Band, int]]:
    """How many districts hold each band, best first."""
    counts = Counter(row.band.code for row in rows)
    return [(band, counts[band.code]) for band in bands]


@dataclass(frozen=True)
class Edge:
    """``distance`` points from the edge to ``band``: below it those missing, above it those to spare."""

    district: DistrictTotal
    band: Band
    distance: Decimal


def just_below(rows: Iterable[DistrictTotal], bands: Sequence[Band]) -> list[Edge]:
    """Districts that miss the next band by at most ``NEAR`` points, the nearest first."""
    found = []
    for row in rows:
        above = next_band(bands, row.band)
        if above and (missing := entry_total(above) - row.total) <= NEAR:
            found.append(Edge(row, above, missing))
    return sorted(found, key=lambda edge: (edge.distance, edge.district.name))


def just_above(rows: Iterable[DistrictTotal], bands: Sequence[Band]) -> list[Edge]:
    """Districts that would leave their band by losing at most ``NEAR`` points, the nearest first."""
    found = [
        Edge(row, row.band, spare)
        for row in rows
        if row.band != bands[-1] and (spare := row.total - entry_total(row.band)) <= NEAR
    ]
    return sorted(found, key=lambda edge: (edge.distance, edge.district.name))


@dataclass(frozen=True)
class ProvilaDistance:
    """What keeps a province from being a Provinsi Layak Anak: all of its districts must hold a predikat."""

    band: Band
    """The lowest that counts."""
    short: tuple[Edge, ...]
    """Districts below it with the points they lack, the nearest first."""
    absent: tuple[str, ...]
    """Districts without a total: what they lack is not known."""
    districts: int

    @property
    def reached(self) -> bool:
        return bool(self.districts) and not self.short and not self.absent

    @property
    def missing(self) -> Decimal:
        """Points that the districts lack together."""
        return sum((edge.distance for edge in self.short), Decimal(0))


def provila_distance(found: Totals, spec: InstrumentSpec) -> ProvilaDistance | None:
    """``None`` when no band of the instrument is an award."""
    lowest = next((band for band in reversed(spec.bands) if band.award), None)
    if lowest is None:
        return None
    short = [Edge(row, lowest, entry_total(lowest) - row.total) for row in found.rows if not row.band.award]
    return ProvilaDistance(
        lowest,
        tuple(sorted(short, key=lambda edge: (edge.distance, edge.district.name))),
        found.absent,
        len(found.rows) + len(found.absent),
    )


def districts_by_province(edition: Edition) -> dict[str, int]:
    """Province code -> how many of its districts take part. One query."""
    rows = Evaluation.objects.filter(edition=edition).order_by().values_list("district__province")
    return dict(rows.annotate(number=Count("pk")))
