"""What everyone may have: final results of published editions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet

from evaluations.domain.publication import is_public
from evaluations.domain.ranking import latest_results
from evaluations.models import Edition, Stage, StageResult, State
from evaluations.reports.open_data import OpenResults, OpenRow
from evaluations.scoring.ranking import rank
from evaluations.scoring.score import plain
from indicators.domain.spec import loaded
from kla_portal import clock


def public_editions() -> QuerySet[Edition]:
    """Those whose time of publication has come, newest first."""
    return Edition.objects.filter(results_public_at__lte=clock.now()).select_related("instrument")


def open_results(edition: Edition) -> OpenResults | None:
    """``None`` before the results are public. One query beside the cached instrument."""
    published = edition.results_public_at
    if published is None or not is_public(edition):
        return None
    results = list(
        latest_results(edition, Stage.VF)
        .filter(evaluation__state=State.FINAL)
        .select_related("evaluation__district__province")
        .only(
            "stage",
            "total",
            "predikat",
            "taken_at",
            "evaluation__district__name",
            "evaluation__district__province__name",
        )
        .order_by("evaluation__district__code")
    )
    return OpenResults(
        edition_code=edition.code,
        edition_name=edition.name,
        published_at=published,
        changed_at=max([published, *(result.taken_at for result in results)]),
        rows=_rows(edition, results),
    )


def _rows(edition: Edition, results: list[StageResult]) -> list[OpenRow]:
    spec = loaded(edition.instrument).spec
    national = _places(results)
    by_province: dict[str, list[StageResult]] = {}
    for result in results:
        by_province.setdefault(result.evaluation.district.province_id, []).append(result)
    provincial = {pk: place for part in by_province.values() for pk, place in _places(part).items()}
    found = []
    for result in results:
        district = result.evaluation.district
        found.append(
            OpenRow(
                edition=edition.code,
                stage=result.stage,
                province_code=district.province_id,
                province=district.province.name,
                district_code=district.code,
                district=district.name,
                total=f"{result.total:.2f}",
                maximum=plain(spec.total),
                predikat_code=result.predikat,
                predikat=spec.band_by_code[result.predikat].name,
                rank_province=provincial[result.pk],
                rank_national=national[result.pk],
            )
        )
    return found


def _places(results: Iterable[StageResult]) -> dict[int, int]:
    """Result -> rank. Ties share one: 1, 2, 2, 4."""
    totals: list[tuple[int, Decimal | None]] = [(result.pk, result.total) for result in results]
    return {pk: place for place, pk, _ in rank(totals) if place is not None}
