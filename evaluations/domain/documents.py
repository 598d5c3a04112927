"""Rendered files: found by the key of what they show, or rendered once, stored and served again.

One way to make a paper: ``Document(kind, form, payload, render, district=..., series=..., title=..., about=...)``,
where ``render(seal)`` returns the bytes and hands the seal to its function in ``reports/pdf.py``. A PDF with a
``series`` is sealed: numbered, coded, signed when the portal signs (ADR 0017); of a series the newest is in force. A
table, or a PDF without a series, has only its sha256. Number and code are no part of the key: the same content finds
the same file, with its number, unless another paper took its place meanwhile: then it gets a new one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from evaluations.domain.contests import roles_of
from evaluations.domain.evidence.store import FULL
from evaluations.domain.explaining.explanation import sources
from evaluations.domain.letterheads import district_letterhead, letterhead
from evaluations.domain.ranking import ranking
from evaluations.domain.sealing.about import NATION, About, about
from evaluations.domain.sealing.numbers import next_seal
from evaluations.domain.sealing.standing import newer_result, replaced_by, was_late
from evaluations.domain.shortfall import Sent, lacks
from evaluations.domain.snapshots import snapshot
from evaluations.models import Edition, Evaluation, ReportKind, Stage, StageResult, StoredReport
from evaluations.reports import signing
from evaluations.reports.data import DistrictReport, build_district_report
from evaluations.reports.keys import report_key
from evaluations.reports.paper import printable
from evaluations.reports.ranking import RankingReport
from evaluations.reports.seal import Seal
from evaluations.reports.shortfall import ShortfallItem, ShortfallReport, clean_items
from evaluations.reports.stages import StagesReport
from evaluations.scoring.score import digest
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.regions.models import Province

log = logging.getLogger(__name__)

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

ATTEMPTS = 5
"""Printings of one paper, when others take its number each time."""
TITLE_LENGTH = 200


class NotKept(Exception):
    """The storage does not take a paper now. Nothing of it was kept."""


class Document:
    """A file that may not be rendered yet: its kind, its key, and how to make it.

    ``render`` takes the ``Seal`` that the paper prints, ``None`` for tables. ``about`` comes from ``sealing.about``.
    """

    def __init__(
        self,
        kind: ReportKind,
        form: str,
        payload: object,
        render: Callable[[Seal | None], bytes],
        *,
        district: str | None = None,
        series: str = "",
        title: str = "",
        about: About | None = None,
    ) -> None:
        self.kind, self.form, self.district = ReportKind(kind), form, district
        self.sealed = form == "pdf" and bool(series)
        self.series = series if self.sealed else ""
        self.title, self.about = title[:TITLE_LENGTH], about or About()
        if self.sealed:
            # What the seal says beside the number: another portal or signer is another paper.
            signer = "" if self.about.get("draft") else signing.fingerprint()
            payload = {"payload": payload, "portal": settings.PORTAL_URL, "signer": signer}
        self.key = report_key(f"{kind}.{form}", payload)
        self._render = render

    def stored(self) -> StoredReport | None:
        found = self._kept()
        other = replaced_by(found) if found else None
        if other is None:
            return found
        # The content is again what it was: on a paper of its own, or its check page would name the other one.
        self.key = report_key(self.key, other.number)
        return self._kept()

    def _kept(self) -> StoredReport | None:
        return StoredReport.objects.filter(kind=self.kind, key=self.key).first()

    def ensure(self, *, by: User | None) -> StoredReport:
        """Render and keep it, unless it is kept already. No lock is held while it renders.

        Raises ``SigningFailed`` when it must be signed and cannot be, ``NotKept``; then nothing is kept.
        """
        for attempt in range(1, ATTEMPTS + 1):
            found = self.stored() or self._made(by, last=attempt == ATTEMPTS or not self.sealed)
            if found:
                return found
        raise AssertionError("the last attempt returns or raises")

    def _made(self, by: User | None, *, last: bool) -> StoredReport | None:
        """``None``: someone took the number meanwhile. Unless it is the ``last`` attempt, then ``IntegrityError``."""
        seal = next_seal(self.kind, self.about) if self.sealed else None
        content = self._render(seal)
        if seal and seal.signer:
            content = signing.sign(content, at=clock.now(), reason=f"Penerbitan laporan {seal.number}")
        name = _put(f"{self.kind}/{uuid4().hex}.{self.form}", content)
        try:
            with transaction.atomic():
                return self._keep(name, content, seal, by)
        except IntegrityError:
            storages["reports"].delete(name)
            # Someone rendered the same meanwhile: theirs stands, this number and code are never used.
            found = self.stored()
            if last and found is None:
                raise
            return found
        except Exception:
            storages["reports"].delete(name)
            raise

    def _keep(self, name: str, content: bytes, seal: Seal | None, by: User | None) -> StoredReport:
        report = StoredReport.objects.create(
            kind=self.kind,
            key=self.key,
            content_type=CONTENT_TYPES[self.form],
            storage_name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            series=self.series,
            number=seal.number if seal else "",
            code=seal.code if seal else "",
            title=self.title,
            about=dict(self.about),
            signed=bool(seal and seal.signer),
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
            **({"number": report.number} if report.number else {}),
        )
        return report


def _put(name: str, content: bytes) -> str:
    """Into the storage; returns the name there. Raises ``NotKept``."""
    storage = storages["reports"]
    try:
        return storage.save(name, ContentFile(content))
    except Exception as fault:  # whatever a storage backend raises
        log.exception("the report storage did not take a paper")
        with suppress(Exception):
            storage.delete(name)
        state = "penuh" if isinstance(fault, OSError) and fault.errno in FULL else "sedang terganggu"
        raise NotKept(f"Penyimpanan portal {state}; laporan ini belum tersimpan.") from fault


def result_report(result: StageResult) -> DistrictReport:
    """The district report of a stored result."""
    evaluation, data, newer = result.evaluation, result.snapshot, newer_result(result)
    return build_district_report(
        snapshot=data,
        instrument=loaded(evaluation.edition.instrument).spec,
        digest=result.digest,
        receipt_number=result.receipt_number,
        letterhead=letterhead(evaluation.district.province),
        unready=result.unready,
        sources=sources(evaluation, {code: row["version"] for code, row in data["answers"].items()}),
        newer=(newer.receipt_number, newer.taken_at) if newer else None,
        late=was_late(result),
    )


def draft_report(evaluation: Evaluation) -> DistrictReport:
    """The report of an evaluation still being filled, as of its last change: a concept."""
    moment = evaluation.last_activity_at or evaluation.edition.opened_at or clock.now()
    data = snapshot(evaluation, stage=Stage.EM, taken_at=moment, draft=True)
    return build_district_report(
        snapshot=data,
        instrument=loaded(evaluation.edition.instrument).spec,
        digest=digest(data),
        letterhead=district_letterhead(evaluation.district),
        unready=evaluation.unready,
        sources=sources(evaluation, None),
    )


def about_result(report: DistrictReport, *, shown: str = "") -> About:
    """For every paper that prints one result, or one evaluation still being filled.

    ``shown``: digest of all that the paper says, where that is more than the result: two of them are then no reprint.
    """
    return about(
        edition=report.edition_code,
        edition_name=report.edition_name,
        place=report.district_code,
        place_name=report.district_name,
        taken_at=report.taken_at,
        zone=report.zone,
        stage=report.stage,
        draft=report.draft,
        digest=shown or report.digest,
        receipt=report.receipt_number or "",
    )


def result_series(kind: ReportKind, report: DistrictReport) -> str:
    """Of one district, edition and stage the newest paper of a kind is in force; drafts stand apart."""
    stage = "konsep" if report.draft else report.stage
    return f"{kind}:{report.edition_code}:{report.district_code}:{stage}"


def district_document(report: DistrictReport) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import district_report_pdf  # noqa: PLC0415

        return district_report_pdf(report, seal)

    return _of_result(ReportKind.DISTRICT, "Laporan Evaluasi Kabupaten/Kota Layak Anak", report, render)


def receipt_document(report: DistrictReport) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import receipt_pdf  # noqa: PLC0415

        return receipt_pdf(report, seal)

    return _of_result(ReportKind.RECEIPT, f"Tanda terima {report.receipt_number}", report, render)


def _of_result(
    kind: ReportKind, title: str, report: DistrictReport, render: Callable[[Seal | None], bytes]
) -> Document:
    return Document(
        kind,
        "pdf",
        report.payload(),
        render,
        district=report.district_code,
        series=result_series(kind, report),
        title=title,
        about=about_result(report),
    )


def ranking_document(report: RankingReport, form: str) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import ranking_pdf  # noqa: PLC0415
        from evaluations.reports.table_csv import ranking_csv  # noqa: PLC0415
        from evaluations.reports.xlsx import ranking_xlsx  # noqa: PLC0415

        if form == "csv":
            return ranking_csv(report).encode()
        return ranking_pdf(report, seal) if form == "pdf" else ranking_xlsx(report)

    place = report.place_code or NATION
    return Document(
        ReportKind.RANKING,
        form,
        report.payload(),
        render,
        series=f"{ReportKind.RANKING}:{report.edition_code}:{place}:{report.stage}",
        title="Peringkat Kabupaten/Kota Layak Anak",
        about=about(
            edition=report.edition_code,
            edition_name=report.edition_name,
            place=report.place_code,
            place_name=report.place_name,
            taken_at=report.printed_at,
            zone=report.zone,
            stage=report.stage,
            digest=report.digest,
        ),
    )


def ranking_document_of(edition: Edition, stage: Stage, province: Province | None, form: str) -> Document:
    return ranking_document(ranking(edition=edition, stage=stage, province=province).report, form)


STAGES_FORMS = ("pdf", "xlsx")


def stages_document(report: StagesReport, form: str) -> Document:
    """The comparison of the stages that one person may see; what they see is part of its key and its series."""

    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import stages_pdf  # noqa: PLC0415
        from evaluations.reports.stages_xlsx import stages_xlsx  # noqa: PLC0415

        return stages_pdf(report, seal) if form == "pdf" else stages_xlsx(report)

    shown = "-".join(f"{part.code.lower()}{'*' if part.running else ''}" for part in report.stages)
    return Document(
        ReportKind.STAGES,
        form,
        report.payload(),
        render,
        district=report.district_code,
        series=f"{ReportKind.STAGES}:{report.edition_code}:{report.district_code}:{shown}",
        title="Perbandingan nilai antartahap",
        about=about(
            edition=report.edition_code,
            edition_name=report.edition_name,
            place=report.district_code,
            place_name=report.district_name,
            taken_at=report.printed_at,
            zone=report.zone,
            digest=report.digest,
            draft=any(part.running for part in report.stages),
        ),
    )


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
        edition_code=evaluation.edition.code,
    )


def shortfall_document(report: ShortfallReport) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import shortfall_pdf  # noqa: PLC0415

        return shortfall_pdf(report, seal)

    # An agency's own list stands beside the whole one and does not replace it.
    part = f":{digest([item.code for item in report.items])[:12]}" if report.partial else ""
    return Document(
        ReportKind.RETURN,
        "pdf",
        report.payload(),
        render,
        district=report.district_code,
        series=f"{ReportKind.RETURN}:{report.edition_code}:{report.district_code}:{report.stage}:{report.sequence}{part}",
        title=f"Daftar kekurangan, pengembalian ke-{report.sequence}",
        about=about(
            edition=report.edition_code,
            edition_name=report.edition_name,
            place=report.district_code,
            place_name=report.district_name,
            taken_at=report.sent_at,
            zone=report.zone,
            stage=report.stage,
            digest=report.digest,
        ),
    )
