"""Collects the Laporan Hasil Evaluasi (LHE) of a stored result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F

from evaluations.domain import deadlines
from evaluations.domain.documents import result_report
from evaluations.domain.letterheads import letterhead
from evaluations.domain.papers.advice import advice_for
from evaluations.domain.papers.beside import beside
from evaluations.domain.records import stages_up_to
from evaluations.models import Evaluation, Stage, StageRecord, StageResult
from evaluations.reports.evaluation_report import EvaluationReport, StageTime, build_evaluation_report
from evaluations.reports.paper import printable
from evaluations.reports.stages import StageInput, StagesReport, build_stages_report
from evaluations.scoring.score import tree_from_dict
from indicators.domain.spec import loaded
from kla_portal.indonesian import tanggal, tanggal_jam


def evaluation_report(result: StageResult) -> EvaluationReport:
    """The report with every stage up to the result's own, each as it stood when this result was taken.

    Raises ``SnapshotMismatch``. Fourteen queries at most beside the cached instrument.
    """
    evaluation = result.evaluation
    district = replace(result_report(result), beside=beside(evaluation))
    results = _up_to(result)
    records = _records(evaluation, results)
    field = records.get(Stage.VL)
    return build_evaluation_report(
        district=district,
        stages=_comparison(evaluation, results, result),
        times=[_time(evaluation, row, records.get(Stage(row.stage))) for row in results],
        remarks={code: printable(text) for code, text in field.notes.items()} if field else {},
        advice=advice_for(evaluation, district, result.snapshot["answers"]),
    )


def _up_to(result: StageResult) -> list[StageResult]:
    """Of each stage before, the newest result of that moment; then the result itself. One query."""
    before = [stage for stage in stages_up_to(Stage(result.stage)) if stage != result.stage]
    rows = StageResult.objects.filter(
        evaluation=result.evaluation_id, stage__in=before, taken_at__lte=result.taken_at
    ).order_by("sequence")
    newest = {Stage(row.stage): row for row in rows}
    return [*(newest[stage] for stage in Stage if stage in newest), result]


def _records(evaluation: Evaluation, results: Iterable[StageResult]) -> dict[Stage, StageRecord]:
    """How each of these results was closed; of one that an objection brought about, as the one before. One query."""
    shown = {row.stage: row.sequence for row in results}
    rows = StageRecord.objects.filter(evaluation=evaluation, stage__in=shown)
    found: dict[Stage, StageRecord] = {}
    for row in rows.annotate(sequence=F("result__sequence")).order_by("sequence"):
        if row.sequence <= shown[row.stage]:
            found[Stage(row.stage)] = row
    return found


def _comparison(evaluation: Evaluation, results: Iterable[StageResult], result: StageResult) -> StagesReport:
    district = evaluation.district
    return build_stages_report(
        instrument=loaded(evaluation.edition.instrument).spec,
        stages=[
            StageInput(
                stage=row.stage,
                tree=tree_from_dict(row.snapshot["score"]),
                verdicts=row.snapshot.get("verdicts", {}).get(row.stage, {}),
                taken_at=row.taken_at,
                receipt_number=row.receipt_number,
            )
            for row in results
        ],
        edition_name=evaluation.edition.name,
        district=(district.code, district.name),
        province_name=district.province.name,
        printed_at=result.taken_at,
        zone=district.province.zone,
        letterhead=letterhead(district.province),
        edition_code=evaluation.edition.code,
    )


def _time(evaluation: Evaluation, row: StageResult, record: StageRecord | None) -> StageTime:
    zone = evaluation.district.province.zone
    window = deadlines.window_of(evaluation, Stage(row.stage))
    return StageTime(
        code=row.stage.upper(),
        name=str(Stage(row.stage).label),
        window=(
            f"{tanggal_jam(window.opens_at(zone), zone)} sampai {tanggal_jam(window.closes_at(zone), zone)}"
            if window
            else ""
        ),
        closed=tanggal_jam(row.taken_at, zone),
        receipt_number=row.receipt_number,
        digest=row.digest,
        basis=_basis(record) if record else "",
    )


def _basis(record: StageRecord) -> str:
    """The governor's letter; how, when and with whom the field verification was held."""
    if record.stage == Stage.VA and record.letter_date:
        return f"Surat gubernur nomor {printable(record.letter_number)}, {tanggal(record.letter_date)}"
    if record.stage == Stage.VL and record.held_on:
        people = ", ".join(f"{printable(part['role'])} {part['count']} orang" for part in record.participants)
        held = f"{record.get_mode_display()}, {tanggal(record.held_on)}"
        return f"{held}; peserta: {people}" if people else held
    return ""
