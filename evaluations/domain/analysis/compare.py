"""Districts and editions side by side: points, or percent of the maximum where weights differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.domain.analysis.totals import CLAIM
from evaluations.domain.ranking import latest_results
from evaluations.models import Answer, Edition, Evaluation, Stage, StageResult
from evaluations.scoring.score import ScoreTree, percent_of, score
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal.accounts.access import Area

FEWEST, MOST = 2, 6
"""How many evaluations stand side by side."""


@dataclass(frozen=True)
class Column:
    """One evaluation; ``total`` is ``None`` where the basis has nothing of it, ``band`` where no band is known."""

    evaluation: Evaluation
    total: Decimal | None = None
    band: Band | None = None


@dataclass(frozen=True)
class Cell:
    points: Decimal
    weight: Decimal

    @property
    def percent(self) -> Fraction:
        return percent_of(self.points, self.weight)


@dataclass(frozen=True)
class Row:
    """A cluster, or an indicator of one; ``cells`` by column, ``None`` where there is nothing."""

    code: str
    name: str
    is_cluster: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Comparison:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    weights_differ: bool
    """Then only the percentages can be compared."""


def chosen(area: Area, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Evaluation]:
    """(District code, edition code) -> evaluation, of those in the area. One query."""
    rows = (
        Evaluation.objects.filter(
            area.filter("district__"),
            district__in=[district for district, _ in wanted],
            edition__code__in=[edition for _, edition in wanted],
            edition__opened_at__isnull=False,
        )
        .select_related("district__province", "edition__instrument")
        .defer("unready")
    )
    return {(row.district_id, row.edition.code): row for row in rows}


def side_by_side(evaluations: Sequence[Evaluation], basis: str) -> Comparison:
    """In the given order, on ``CLAIM`` or a stage.

    A stage takes one query per edition that takes part, and one for the trees; the claims take one in all.
    """
    read = _claims(evaluations) if basis == CLAIM else _results(evaluations, Stage(basis))
    columns = tuple(read[row.pk][0] if row.pk in read else Column(row) for row in evaluations)
    lines = [read[row.pk][1] if row.pk in read else {} for row in evaluations]
    order: dict[tuple[str, bool], str] = {}
    for line in lines:
        for key, (name, _) in line.items():
            order.setdefault(key, name)
    rows = tuple(
        Row(code, name, is_cluster, tuple(line[key][1] if key in line else None for line in lines))
        for (code, is_cluster), name in order.items()
        for key in [(code, is_cluster)]
    )
    weights = [{cell.weight for cell in row.cells if cell} for row in rows]
    missing = any(line and line.keys() != order.keys() for line in lines)
    return Comparison(columns, rows, missing or any(len(found) > 1 for found in weights))


Lines = dict[tuple[str, bool], tuple[str, Cell]]
"""(Code or number, whether a cluster) -> name and cell, in the instrument's order."""


def _results(evaluations: Sequence[Evaluation], stage: Stage) -> dict[int, tuple[Column, Lines]]:
    results: dict[int, StageResult] = {}
    for edition in dict.fromkeys(row.edition for row in evaluations):
        found = latest_results(edition, stage).filter(evaluation__in=evaluations)
        results |= {row.evaluation_id: row for row in found}
    trees = _trees(results)
    read = {}
    for row in evaluations:
        if result := results.get(row.pk):
            bands = loaded(row.edition.instrument).spec.band_by_code
            column = Column(row, result.total, bands.get(result.predikat))
            read[row.pk] = (column, _lines(trees.get(row.pk, ())))
    return read


def _claims(evaluations: Sequence[Evaluation]) -> dict[int, tuple[Column, Lines]]:
    """Scored from the answers as they stand now; without those who have not begun."""
    values: dict[int, dict[int, Mapping[str, Any] | None]] = {}
    answers = Answer.objects.filter(evaluation__in=evaluations).order_by()
    for evaluation, question, value in answers.values_list("evaluation", "question", "value"):
        values.setdefault(evaluation, {})[question] = value
    read = {}
    for row in evaluations:
        if row.begun:
            instrument = loaded(row.edition.instrument)
            answered = values.get(row.pk, {}).items()
            tree = score(instrument.spec, {instrument.question_codes[key]: value for key, value in answered})
            read[row.pk] = (Column(row, tree.total, tree.predikat), _claimed_lines(tree))
    return read


def _claimed_lines(tree: ScoreTree) -> Lines:
    found: Lines = {}
    for cluster in tree.clusters:
        found[cluster.code, True] = (cluster.name, Cell(cluster.points, cluster.weight))
        for part in cluster.indicators:
            found[part.number, False] = (part.name, Cell(part.points, part.weight))
    return found


def _trees(results: Mapping[int, StageResult]) -> dict[int, Sequence[Mapping[str, Any]]]:
    rows = StageResult.objects.filter(pk__in=[row.pk for row in results.values()])
    return {
        evaluation: clusters
        for evaluation, clusters in rows.values_list("evaluation", "snapshot__score__clusters")
        if clusters
    }


def _lines(clusters: Sequence[Mapping[str, Any]]) -> Lines:
    found: Lines = {}
    for cluster in clusters:
        found[cluster["code"], True] = (cluster["name"], _cell(cluster))
        for part in cluster["indicators"]:
            found[part["number"], False] = (part["name"], _cell(part))
    return found


def _cell(part: Mapping[str, Any]) -> Cell:
    return Cell(Decimal(part["points"]), Decimal(part["weight"]))


def editions_opened() -> list[Edition]:
    """Newest first. One query."""
    return list(Edition.objects.filter(opened_at__isnull=False).order_by("-code"))
