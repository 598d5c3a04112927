"""Who stands where in a province or the nation, from the stored results of one stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from evaluations.models import Edition, Evaluation, Stage, StageResult, State
from evaluations.reports.paper import Letterhead
from evaluations.reports.ranking import AbsentDistrict, RankingEntry, RankingReport, build_ranking_report
from evaluations.scoring.bands import gap_note
from evaluations.scoring.score import percent_of
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec
from kla_portal import clock
from kla_portal.indonesian import NATIONAL_ZONE
from kla_portal.regions.models import Province

NATIONAL = "nasional"
"""The place in an address that means the whole country."""


@dataclass(frozen=True)
class Ranking:
    """The report, and the evaluation behind each of its rows (district code -> pk)."""

    report: RankingReport
    evaluations: Mapping[str, int]


def latest_results(edition: Edition, stage: Stage) -> QuerySet[StageResult]:
    """The newest result of each evaluation at the stage, without the large snapshots."""
    newest = (
        StageResult.objects.filter(evaluation=OuterRef("evaluation"), stage=stage)
        .order_by("-sequence")
        .values("pk")[:1]
    )
    return StageResult.objects.filter(evaluation__edition=edition, stage=stage, pk=Subquery(newest)).defer(
        "snapshot"
    )


def ranking(*, edition: Edition, stage: Stage, province: Province | None) -> Ranking:
    """Four queries for thirteen districts or 514."""
    spec = loaded(edition.instrument).spec
    evaluations = Evaluation.objects.filter(edition=edition).select_related("district").defer("unready")
    results = latest_results(edition, stage)
    if province:
        evaluations = evaluations.filter(district__province=province)
        results = results.filter(evaluation__district__province=province)
    by_evaluation = {result.evaluation_id: result for result in results}
    before = _previous_shares(edition, stage, province)
    entries, absent, pks = [], [], {}
    for evaluation in evaluations:
        district = evaluation.district
        pks[district.code] = evaluation.pk
        result = by_evaluation.get(evaluation.pk)
        if result is None:
            absent.append(AbsentDistrict(district.code, district.name, status_word(evaluation)))
            continue
        entries.append(_entry(district.code, district.name, result, spec, before.get(district.code)))
    report = build_ranking_report(
        edition_name=edition.name,
        stage=stage,
        place_name=f"Provinsi {province}" if province else "Nasional",
        is_province=province is not None,
        instrument=spec,
        entries=entries,
        absent=absent,
        printed_at=clock.now(),
        zone=province.zone if province else NATIONAL_ZONE,
        letterhead=letterhead(province),
        previous_name=edition.previous.name if edition.previous else None,
        edition_code=edition.code,
        place_code=province.code if province else "",
    )
    return Ranking(report, pks)


def _entry(
    code: str, name: str, result: StageResult, spec: InstrumentSpec, before: Fraction | None
) -> RankingEntry:
    share = percent_of(result.total, spec.total)
    return RankingEntry(
        code=code,
        district=name,
        total=result.total,
        predikat=result.predikat,
        points={cluster: Decimal(points) for cluster, points in result.clusters.items()},
        change=None if before is None else share - before,
        note=gap_note(spec.bands, result.total) or "",
    )


def _previous_shares(edition: Edition, stage: Stage, province: Province | None) -> dict[str, Fraction]:
    """District code -> last edition's total in percent of that edition's maximum."""
    if edition.previous is None:
        return {}
    results = latest_results(edition.previous, stage)
    if province:
        results = results.filter(evaluation__district__province=province)
    maximum = edition.previous.instrument.total
    return {
        code: percent_of(total, maximum)
        for code, total in results.values_list("evaluation__district", "total")
    }


def status_word(evaluation: Evaluation) -> str:
    """Belum mulai, Pengisian, Diajukan: what a list says of an evaluation."""
    if evaluation.state == State.FILLING and not evaluation.begun:
        return "Belum mulai"
    return str(State(evaluation.state).label)


def letterhead(province: Province | None) -> Letterhead:
    """The sender's lines from the settings."""
    if province is None:
        return Letterhead(
            "Kementerian Pemberdayaan Perempuan dan Perlindungan Anak", signatory_title="Deputi"
        )
    return Letterhead(
        settings.REPORT_LETTERHEAD.format(province=province.name),
        settings.REPORT_AGENCY,
        settings.REPORT_ADDRESS,
        settings.REPORT_SIGNATORY_TITLE,
        settings.REPORT_PLACE,
    )
