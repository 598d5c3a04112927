"""Collects the rapor of a stored result, or of an evaluation still being filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evaluations.domain import deadlines
from evaluations.domain.documents import draft_report, result_report
from evaluations.domain.papers.advice import advice_for
from evaluations.domain.papers.beside import beside
from evaluations.domain.progress import answer_values
from evaluations.domain.publication import is_public
from evaluations.domain.ranking import latest_results
from evaluations.models import Evaluation, Stage, StageResult
from evaluations.reports.card import Card, Change, Deadline, Rank, build_card
from evaluations.reports.data import DistrictReport
from evaluations.reports.paper import printable
from evaluations.scoring.ranking import rank
from evaluations.scoring.score import percent_of
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.indonesian import tanggal_jam

TASKS = {
    Stage.EM: "Mengisi dan mengajukan Evaluasi Mandiri",
    Stage.VA: "Verifikasi Administrasi oleh provinsi",
    Stage.VL: "Verifikasi Lapangan oleh kementerian",
    Stage.VF: "Verifikasi Final oleh kementerian",
}
RETURNED = "Melengkapi pertanyaan yang dikembalikan"


def result_card(result: StageResult) -> Card:
    """Raises ``SnapshotMismatch``. Seventeen queries at most beside the cached instrument."""
    report = result_report(result)
    return _card(result.evaluation, report, result.snapshot["answers"], rank_of(result))


def draft_card(evaluation: Evaluation) -> Card:
    """As of the last change, marked KONSEP; without a rank."""
    instrument = loaded(evaluation.edition.instrument)
    answers = {code: {"value": value} for code, value in answer_values(evaluation, instrument).items()}
    return _card(evaluation, draft_report(evaluation), answers, None)


def _card(
    evaluation: Evaluation,
    report: DistrictReport,
    answers: Mapping[str, Mapping[str, Any]],
    place: Rank | None,
) -> Card:
    return build_card(
        district=replace(report, beside=beside(evaluation)),
        advice=advice_for(evaluation, report, answers),
        change=None if report.draft else _change(evaluation, report),
        rank=place,
        deadlines=_deadlines(evaluation, report),
    )


def rank_of(result: StageResult) -> Rank | None:
    """Among the province's districts at the same stage, once that stage is over for all of them; else ``None``.

    Final results are ranked from their publication on. A result that was superseded has no rank any more.
    """
    evaluation, stage = result.evaluation, Stage(result.stage)
    edition, province = evaluation.edition, evaluation.district.province
    districts = Evaluation.objects.filter(edition=edition, district__province=province).count()
    rows = list(
        latest_results(edition, stage)
        .filter(evaluation__district__province=province)
        .values_list("pk", "total")
    )
    if not _over(evaluation, stage, complete=len(rows) == districts):
        return None
    for place, pk, _ in rank(rows):
        if pk == result.pk and place is not None:
            return Rank(place, len(rows), districts)
    return None


def _over(evaluation: Evaluation, stage: Stage, *, complete: bool) -> bool:
    if stage is Stage.VF:
        return is_public(evaluation.edition)
    window = deadlines.window_of(evaluation, stage)
    closed = window is not None and window.closes_at(evaluation.district.province.zone) <= clock.now()
    return complete or closed


def _change(evaluation: Evaluation, report: DistrictReport) -> Change | None:
    """Against the newest result of the same stage in the edition before. One query."""
    previous = evaluation.edition.previous
    if previous is None:
        return None
    row = (
        latest_results(previous, Stage(report.stage)).filter(evaluation__district=evaluation.district).first()
    )
    if row is None:
        return None
    return Change(
        edition=printable(previous.name),
        before=percent_of(row.total, previous.instrument.total),
        now=percent_of(report.tree.total, report.instrument.total),
    )


def _deadlines(evaluation: Evaluation, report: DistrictReport) -> list[Deadline]:
    """What ends after the report's moment, the open return first. Extensions count; stages that are over do not."""
    zone = evaluation.district.province.zone
    found = []
    sent_back = deadlines.open_return(evaluation)
    ahead = list(Stage) if report.draft else Stage(report.stage).later
    for stage in ahead:
        window = deadlines.window_of(evaluation, stage)
        limit = None if sent_back else deadlines.limit_of(evaluation, stage)
        ends = limit.due_at if limit else window.closes_at(zone) if window else None
        if ends and ends > report.taken_at:
            found.append(Deadline(TASKS[stage], tanggal_jam(ends, zone)))
    if sent_back and (limit := deadlines.limit_of(evaluation, Stage.EM)):
        found.insert(0, Deadline(RETURNED, tanggal_jam(limit.due_at, zone)))
    return found
