"""The plan and the coordination meeting on paper, and the plan as a workbook."""

from __future__ import annotations

from collections import defaultdict

from evaluations.domain.actions.meeting import Meeting, meeting_report
from evaluations.domain.actions.reading import Row, board
from evaluations.domain.actions.senders import as_of
from evaluations.domain.documents import Document
from evaluations.domain.letterheads import district_letterhead
from evaluations.domain.sealing.about import about_evaluation
from evaluations.models import Evaluation, ReportKind, Target
from evaluations.reports.action_plan import ActionPlanReport, PlanLine, PlanPart
from evaluations.reports.paper import printable
from evaluations.reports.seal import Seal
from indicators.domain.spec import loaded
from kla_portal.accounts.models import User
from kla_portal.indonesian import angka


def plan_document(evaluation: Evaluation, *, by: User) -> Document:
    """The whole plan. ``by`` reads it all: the view asks."""
    report = plan_report(evaluation, by=by)

    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import action_plan_pdf  # noqa: PLC0415

        return action_plan_pdf(report, seal)

    return Document(
        ReportKind.ACTIONS,
        "pdf",
        report.payload(),
        render,
        district=report.district_code,
        series=f"{ReportKind.ACTIONS}:{report.edition_code}:{report.district_code}",
        title="Rencana Aksi Daerah Kabupaten/Kota Layak Anak",
        about=about_evaluation(evaluation, taken_at=report.as_of, digest=report.digest),
    )


def meeting_document(evaluation: Evaluation, meeting: Meeting) -> Document:
    """A working paper: no number, no seal."""
    report = meeting_report(evaluation, meeting)

    def render(_: Seal | None) -> bytes:
        from evaluations.reports.pdf import meeting_pdf  # noqa: PLC0415

        return meeting_pdf(report)

    return Document(ReportKind.MEETING, "pdf", report.payload(), render, district=report.district_code)


def plan_report(evaluation: Evaluation, *, by: User) -> ActionPlanReport:
    found = board(evaluation, by=by)
    district = evaluation.district
    return ActionPlanReport(
        district_code=district.code,
        district_name=district.name,
        province_name=district.province.name,
        edition_code=evaluation.edition.code,
        edition_name=evaluation.edition.name,
        target=_target(evaluation),
        parts=_parts(evaluation, found.rows),
        count=found.count,
        expected=found.points.expected,
        reached=found.points.reached,
        budget=found.budget,
        as_of=as_of(evaluation, [row.action for row in found.rows]),
        zone=district.province.zone,
        letterhead=district_letterhead(district),
    )


def _target(evaluation: Evaluation) -> str:
    target = Target.objects.filter(evaluation=evaluation).first()
    if target is None:
        return ""
    band = loaded(evaluation.edition.instrument).spec.band_by_code.get(target.predikat)
    return f"{band.name}, nilai {angka(target.total, 2)}" if band else f"Nilai {angka(target.total, 2)}"


def _parts(evaluation: Evaluation, rows: list[Row]) -> tuple[PlanPart, ...]:
    """By the cluster of an action's first question; actions without any come last."""
    spec = loaded(evaluation.edition.instrument).spec
    grouped: dict[str, list[PlanLine]] = defaultdict(list)
    for row in rows:
        first = row.questions[0][0].code if row.questions else ""
        grouped[spec.cluster_of[spec.indicator_of[first].number].code if first else ""].append(_line(row))
    names = [(cluster.code, cluster.name) for cluster in spec.clusters]
    return tuple(
        PlanPart(code, name, tuple(grouped[code])) for code, name in [*names, ("", "")] if code in grouped
    )


def _line(row: Row) -> PlanLine:
    action, points = row.action, row.points
    return PlanLine(
        title=printable(action.title),
        output=printable(action.output),
        codes=tuple(question.code for question, _ in row.questions),
        agency=printable(action.agency.name) if action.agency else "",
        supporting=tuple(printable(agency.name) for agency in action.supporting.all()),
        budget=action.budget,
        budget_source=printable(action.budget_source),
        starts_on=action.starts_on,
        due_on=action.due_on,
        status=str(action.get_status_display()),
        expected=points.expected,
        reached=points.reached,
        proofs=action.evidence_count,  # type: ignore[attr-defined]
    )
