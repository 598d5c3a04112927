"""Rendered files: found by the key of what they show, or rendered once, stored and served again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from evaluations.domain.contests import roles_of
from evaluations.domain.ranking import letterhead, ranking
from evaluations.domain.shortfall import Sent, lacks
from evaluations.domain.snapshots import snapshot
from evaluations.models import Edition, Evaluation, ReportKind, Stage, StageResult, StoredReport
from evaluations.reports.data import DistrictReport, build_district_report
from evaluations.reports.keys import report_key
from evaluations.reports.paper import printable
from evaluations.reports.ranking import RankingReport
from evaluations.reports.shortfall import ShortfallItem, ShortfallReport, clean_items
from evaluations.reports.stages import StagesReport
from evaluations.scoring.score import digest
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import Province

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class Document:
    """A file that may not be rendered yet: its kind, its key, and how to make it."""

    def __init__(
        self,
        kind: ReportKind,
        form: str,
        payload: object,
        render: Callable[[], bytes],
        *,
        district: str | None = None,
    ) -> None:
        self.kind, self.form, self.district = kind, form, district
        self.key = report_key(f"{kind}.{form}", payload)
        self._render = render

    def stored(self) -> StoredReport | None:
        return StoredReport.objects.filter(kind=self.kind, key=self.key).first()

    def ensure(self, *, by: User | None) -> StoredReport:
        """Render and keep it, unless it is kept already. No lock is held while it renders."""
        found = self.stored()
        if found:
            return found
        content = self._render()
        storage = storages["reports"]
        name = storage.save(f"{self.kind}/{uuid4().hex}.{self.form}", ContentFile(content))
        try:
            with transaction.atomic():
                return self._keep(name, content, by)
        except IntegrityError:
            # Someone rendered the same meanwhile: theirs stands.
            storage.delete(name)
            return StoredReport.objects.get(kind=self.kind, key=self.key)
        except Exception:
            storage.delete(name)
            raise

    def _keep(self, name: str, content: bytes, by: User | None) -> StoredReport:
        report = StoredReport.objects.create(
            kind=self.kind,
            key=self.key,
            content_type=CONTENT_TYPES[self.form],
            storage_name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            created_at=clock.now(),
            created_by=by,
        )
        record(
            EventAction.REPORT_STORED,
            by=by,
            district=self.district,
            subject=f"laporan:{report.pk}",
            kind=str(self.kind),
            form=self.form,
            sha256=report.sha256,
        )
        return report


def result_report(result: StageResult) -> DistrictReport:
    """The district report of a stored result."""
    evaluation = result.evaluation
    return build_district_report(
        snapshot=result.snapshot,
        instrument=loaded(evaluation.edition.instrument).spec,
        digest=result.digest,
        receipt_number=result.receipt_number,
        letterhead=letterhead(evaluation.district.province),
        unready=result.unready,
    )


def draft_report(evaluation: Evaluation) -> DistrictReport:
    """The report of an evaluation still being filled, as of its last change: a concept."""
    moment = evaluation.last_activity_at or evaluation.edition.opened_at or clock.now()
    data = snapshot(evaluation, stage=Stage.EM, taken_at=moment, draft=True)
    return build_district_report(
        snapshot=data,
        instrument=loaded(evaluation.edition.instrument).spec,
        digest=digest(data),
        letterhead=letterhead(evaluation.district.province),
        unready=evaluation.unready,
    )


def district_document(report: DistrictReport) -> Document:
    def render() -> bytes:
        from evaluations.reports.pdf import district_report_pdf  # noqa: PLC0415

        return district_report_pdf(report)

    return Document(ReportKind.DISTRICT, "pdf", report.payload(), render, district=report.district_code)


def receipt_document(report: DistrictReport) -> Document:
    def render() -> bytes:
        from evaluations.reports.pdf import receipt_pdf  # noqa: PLC0415

        return receipt_pdf(report)

    return Document(ReportKind.RECEIPT, "pdf", report.payload(), render, district=report.district_code)


def ranking_document(report: RankingReport, form: str) -> Document:
    def render() -> bytes:
        from evaluations.reports.pdf import ranking_pdf  # noqa: PLC0415
        from evaluations.reports.table_csv import ranking_csv  # noqa: PLC0415
        from evaluations.reports.xlsx import ranking_xlsx  # noqa: PLC0415

        if form == "csv":
            return ranking_csv(report).encode()
        return ranking_pdf(report) if form == "pdf" else ranking_xlsx(report)

    return Document(ReportKind.RANKING, form, report.payload(), render)


def ranking_document_of(edition: Edition, stage: Stage, province: Province | None, form: str) -> Document:
    return ranking_document(ranking(edition=edition, stage=stage, province=province).report, form)


STAGES_FORMS = ("pdf", "xlsx")


def stages_document(report: StagesReport, form: str) -> Document:
    """The comparison of the stages that one person may see; what they see is part of its key."""

    def render() -> bytes:
        from evaluations.reports.pdf import stages_pdf  # noqa: PLC0415
        from evaluations.reports.stages_xlsx import stages_xlsx  # noqa: PLC0415

        return stages_pdf(report) if form == "pdf" else stages_xlsx(report)

    return Document(ReportKind.STAGES, form, report.payload(), render, district=report.district_code)


def shortfall_report(evaluation: Evaluation, sent: Sent, *, by: User) -> ShortfallReport:
    """What was sent back, as the person sees it: a contributor's own questions only."""
    district, row = evaluation.district, sent.row
    return ShortfallReport(
        district_code=district.code,
        district_name=district.name,
        province_name=district.province.name,
        edition_name=evaluation.edition.name,
        stage=row.stage,
        sequence=row.sequence,
        sender=roles_of([row.sent_by], district).get(row.sent_by_id, ""),
        message=printable(row.message),
        items=clean_items(
            ShortfallItem(
                code=lack.question.code,
                title=lack.question.title,
                agency=lack.agency.name if lack.agency else "",
                answer=lack.difference.before.answer_text,
                reason=lack.difference.before.reason,
                needed=lack.difference.needed,
            )
            for lack in lacks(evaluation, row, by=by)
        ),
        count=sent.count,
        sent_at=row.sent_at,
        due_at=sent.limit.due_at,
        locks_at=sent.limit.locks_at,
        extended=sent.limit.extended,
        zone=district.province.zone,
        letterhead=letterhead(district.province),
    )


def shortfall_document(report: ShortfallReport) -> Document:
    def render() -> bytes:
        from evaluations.reports.pdf import shortfall_pdf  # noqa: PLC0415

        return shortfall_pdf(report)

    return Document(ReportKind.RETURN, "pdf", report.payload(), render, district=report.district_code)
