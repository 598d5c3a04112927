"""How totals move from stage to stage, and where they fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median

from evaluations.domain.analysis.totals import evaluations_of
from evaluations.domain.ranking import latest_results
from evaluations.models import Edition, Stage
from indicators.domain.spec import loaded
from indicators.spec import Band, ClusterSpec
from kla_portal.regions.models import Province

Stored = tuple[Decimal, str, Mapping[str, str]]
"""Total, predikat, cluster code -> points."""


@dataclass(frozen=True)
class Step:
    """One stage of a district; ``change`` against its stage before, ``None`` at the first."""

    total: Decimal
    band: Band | None
    change: Decimal | None


@dataclass(frozen=True)
class Moved:
    evaluation: int
    name: str
    steps: tuple[Step | None, ...]
    """One per stage of ``Movement.stages``; ``None`` without a result there."""

    @property
    def change(self) -> Decimal | None:
        """From the first to the last stored stage."""
        known = [step for step in self.steps if step]
        return known[-1].total - known[0].total if len(known) > 1 else None


@dataclass(frozen=True)
class ClusterFall:
    """Median points by which a cluster changes between two stages, one per step; ``None`` without a pair."""

    cluster: ClusterSpec
    medians: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class Movement:
    stages: tuple[Stage, ...]
    """Those with any result here."""
    districts: tuple[Moved, ...]
    """The deepest fall first; those with one stage only last."""
    clusters: tuple[ClusterFall, ...]

    @property
    def pairs(self) -> list[tuple[Stage, Stage]]:
        return list(pairwise(self.stages))


def movement(edition: Edition, province: Province | None) -> Movement:
    """Five queries beside the cached instrument, for one district or 514."""
    spec = loaded(edition.instrument).spec
    stored = {stage: _stored(edition, stage, province) for stage in Stage}
    stages = tuple(stage for stage in Stage if stored[stage])
    districts = []
    for evaluation in evaluations_of(edition, province):
        own = [stored[stage].get(evaluation.pk) for stage in stages]
        if any(own):
            districts.append(Moved(evaluation.pk, evaluation.district.name, _steps(own, spec.band_by_code)))
    districts.sort(key=lambda row: (row.change is None, row.change or 0, row.name))
    clusters = tuple(
        ClusterFall(
            cluster,
            tuple(_median(cluster.code, stored[before], stored[after]) for before, after in pairwise(stages)),
        )
        for cluster in spec.clusters
    )
    return Movement(stages, tuple(districts), clusters)


def _stored(edition: Edition, stage: Stage, province: Province | None) -> dict[int, Stored]:
    results = latest_results(edition, stage)
    if province:
        results = results.filter(evaluation__district__province=province)
    return {
        pk: (total, predikat, clusters)
        for pk, total, predikat, clusters in results.values_list(
            "evaluation", "total", "predikat", "clusters"
        )
    }


def _steps(own: list[Stored | None], bands: Mapping[str, Band]) -> tuple[Step | None, ...]:
    steps: list[Step | None] = []
    before: Decimal | None = None
    for found in own:
        if found is None:
            steps.append(None)
            continue
        change = None if before is None else found[0] - before
        steps.append(Step(found[0], bands.get(found[1]), change))
        before = found[0]
    return tuple(steps)


def _median(code: str, before: Mapping[int, Stored], after: Mapping[int, Stored]) -> Fraction | None:
    changes = [
        Fraction(after[pk][2].get(code, "0")) - Fraction(before[pk][2].get(code, "0"))
        for pk in before.keys() & after.keys()
    ]
    return median(changes) if changes else None
