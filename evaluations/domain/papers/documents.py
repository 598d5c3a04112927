"""The papers as files: rendered once, sealed, served again."""

from __future__ import annotations

from evaluations.domain.documents import Document, about_result, result_series
from evaluations.models import ReportKind
from evaluations.reports.card import Card
from evaluations.reports.evaluation_report import EvaluationReport
from evaluations.reports.gaps import GapsReport
from evaluations.reports.seal import Seal
from evaluations.scoring.score import digest


def evaluation_document(report: EvaluationReport) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import evaluation_report_pdf  # noqa: PLC0415

        return evaluation_report_pdf(report, seal)

    district = report.district
    return Document(
        ReportKind.EVALUATION,
        "pdf",
        report.payload(),
        render,
        district=district.district_code,
        series=result_series(ReportKind.EVALUATION, district),
        title=f"Laporan Hasil Evaluasi {district.stage_name}",
        about=about_result(district, shown=digest(report.payload())),
    )


def card_document(card: Card) -> Document:
    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import card_pdf  # noqa: PLC0415

        return card_pdf(card, seal)

    district = card.district
    return Document(
        ReportKind.CARD,
        "pdf",
        card.payload(),
        render,
        district=district.district_code,
        series=result_series(ReportKind.CARD, district),
        title="Rapor Kabupaten/Kota Layak Anak",
        about=about_result(district, shown=digest(card.payload())),
    )


def gaps_document(report: GapsReport) -> Document:
    """A working list: it is used up while people work on it, so it has no number and no code."""

    def render(seal: Seal | None) -> bytes:
        from evaluations.reports.pdf import gaps_pdf  # noqa: PLC0415

        return gaps_pdf(report, seal)

    return Document(
        ReportKind.RETURN,
        "pdf",
        report.payload(),
        render,
        district=report.district_code,
        title="Daftar kekurangan sebelum diajukan",
    )
