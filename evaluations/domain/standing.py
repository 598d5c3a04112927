"""The stored results that stand now: of one evaluation for its pages, of many for a list.

A result stands while its stage is closed (``rulings.standing_results``); where the stage was opened again, it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluations.domain.rulings import standing_results
from evaluations.models import Evaluation, Stage, StageResult, State
from evaluations.scoring.bands import gap_note, predikat_for
from evaluations.scoring.safe import Safe
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluations.domain.overview import Claim

Results = dict[Stage, StageResult]


def standing(evaluation: Evaluation) -> Results:
    """The newest result of every closed stage, in the stages' order, without snapshots. One query; none in filling."""
    if evaluation.state == State.FILLING:
        return {}
    newest = {Stage(row.stage): row for row in _standing(evaluation.pk)}
    return {stage: newest[stage] for stage in Stage if stage in newest}


@prepared
def _standing(evaluation: int) -> QuerySet[StageResult]:
    rows = standing_results().filter(evaluation=evaluation)
    return rows.defer("snapshot", "unready").order_by("sequence")


@dataclass(frozen=True)
class Now:
    """The answers as they stand, where a return made them differ from what was submitted."""

    total: Decimal
    predikat: Band
    safe: Decimal


@dataclass(frozen=True)
class Head:
    """The large number of a district's first page."""

    stage: Stage | None
    """Of the newest result that stands; ``None`` while the district fills in: the claim as it is."""
    claim: Claim
    safe: Safe | None
    """Beside a claim only."""
    steps: tuple[tuple[Stage, Decimal], ...]
    """The total of every closed stage, once more than the claim stands."""
    now: Now | None


def head_of(evaluation: Evaluation, claim: Claim, safe: Safe, results: Results, *, urged: bool) -> Head:
    """``claim``, ``safe``: of the answers now; ``urged``: they can still be raised, so the next predikat is named."""
    if not results:
        return Head(None, claim if urged else _settled(claim), safe, (), None)
    bands = loaded(evaluation.edition.instrument).spec.bands
    stage, result = list(results.items())[-1]
    first = results.get(Stage.EM)
    sealed = None
    if first is not None and first.safe_total is not None:
        sealed = Safe(first.safe_total, predikat_for(bands, first.safe_total))
    shown = replace(
        _settled(claim),
        total=result.total,
        predikat=predikat_for(bands, result.total),
        note=gap_note(bands, result.total),
    )
    steps = tuple((one, row.total) for one, row in results.items()) if stage != Stage.EM else ()
    return Head(stage, shown, sealed if stage == Stage.EM else None, steps, _now(claim, safe, first))


def _settled(claim: Claim) -> Claim:
    return replace(claim, next_band=None, to_next=None)


def _now(claim: Claim, safe: Safe, sealed: StageResult | None) -> Now | None:
    if sealed is None or (claim.total == sealed.total and sealed.safe_total in (None, safe.total)):
        return None
    return Now(claim.total, claim.predikat, safe.total)


class Stored(NamedTuple):
    """A result as a list shows it."""

    stage: Stage
    total: Decimal
    predikat: str
    safe_total: Decimal | None


def standing_of_many(edition: int, province: str = "") -> dict[int, dict[Stage, Stored]]:
    """Evaluation -> its standing results in the stages' order, of an edition or of a province in it. One query."""
    found: dict[int, dict[Stage, Stored]] = {}
    for evaluation, stage, *columns in (
        _standing_in_province(edition, province) if province else _standing_in(edition)
    ):
        found.setdefault(evaluation, {})[Stage(stage)] = Stored(Stage(stage), *columns)
    return {pk: {stage: rows[stage] for stage in Stage if stage in rows} for pk, rows in found.items()}


@prepared
def _standing_in(edition: int) -> QuerySet[StageResult, tuple[Any, ...]]:
    return _columns(standing_results().filter(evaluation__edition=edition))


@prepared
def _standing_in_province(edition: int, province: str) -> QuerySet[StageResult, tuple[Any, ...]]:
    rows = standing_results().filter(evaluation__edition=edition)
    return _columns(rows.filter(evaluation__district__province=province))


def _columns(rows: QuerySet[StageResult]) -> QuerySet[StageResult, tuple[Any, ...]]:
    """The newest last."""
    return rows.order_by("sequence").values_list("evaluation", "stage", "total", "predikat", "safe_total")
