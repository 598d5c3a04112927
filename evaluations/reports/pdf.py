"""HTML -> tagged PDF (PDF/UA-1, fonts embedded). The only importer of WeasyPrint.

WeasyPrint is imported at the first PDF: processes that never print do not pay for it. It gets style sheets
and pictures from memory and reaches neither the network nor the disk.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template.loader import render_to_string

from evaluations.reports.charts import cluster_chart_svg, predikat_scale_svg
from evaluations.reports.data import DistrictReport
from evaluations.reports.keys import template_folder
from evaluations.reports.ranking import RankingReport
from evaluations.reports.shortfall import ShortfallReport
from evaluations.reports.stages import StagesReport

SCHEME = "kla-report"
"""``kla-report:district.css`` names a file in memory; no other address is served."""

TYPES = {".css": "text/css", ".svg": "image/svg+xml"}


class ReportFailed(Exception):
    """The PDF could not be made; the cause is chained. Nothing half-made is returned."""


def district_report_pdf(report: DistrictReport) -> bytes:
    """A4 portrait: cover, identity, score, indicators, every question. KONSEP on every page of a draft."""
    return _pdf(
        "district.html",
        {
            "report": report,
            "scale": predikat_scale_svg(
                report.tree.total, report.instrument.bands, maximum=report.instrument.total
            ),
            "chart": cluster_chart_svg(report.clusters),
        },
    )


def receipt_pdf(report: DistrictReport) -> bytes:
    """One page. ``ValueError`` for a draft or without a receipt number: it would prove nothing."""
    if report.draft or not report.receipt_number:
        raise ValueError("a receipt needs a submitted evaluation and its number")
    return _pdf("receipt.html", {"report": report})


def ranking_pdf(report: RankingReport) -> bytes:
    """A4 landscape with letterhead, repeating table head and signature block."""
    return _pdf("ranking.html", {"report": report})


def stages_pdf(report: StagesReport) -> bytes:
    """A4 landscape: totals, clusters and indicators, what changed and why, every question."""
    return _pdf("stages.html", {"report": report})


def shortfall_pdf(report: ShortfallReport) -> bytes:
    """A4 portrait: until when, and what is needed on each returned question, with a box to tick."""
    return _pdf("shortfall.html", {"report": report})


def _pdf(template: str, context: dict[str, Any]) -> bytes:
    """The time of creation is the report's own, not the clock's: the same report gives the same bytes."""
    html = render_to_string(f"evaluations/report/{template}", context)
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    try:
        document = HTML(string=html, base_url=None, url_fetcher=_fetcher_type()(assets()))
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True)
    except FatalURLFetchingError as error:
        # A BaseException: unhandled it would end the worker.
        raise ReportFailed(f"{template}: {error}") from error
    return pdf


@cache
def assets() -> dict[str, bytes]:
    """File name -> content of all that a report may load."""
    files = [*template_folder().glob("*.css"), *template_folder().glob("*.svg")]
    return {path.name: path.read_bytes() for path in files}


@cache
def _fetcher_type() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class MemoryFetcher(URLFetcher):
        """Serves ``kla-report:`` names from memory and refuses the rest; a refusal ends the rendering."""

        def __init__(self, files: dict[str, bytes]) -> None:
            super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False, fail_on_errors=True)
            self._files = files

        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme != SCHEME or name not in self._files:
                raise ValueError(f"a report may not load {url}")
            kind = TYPES[name[name.rindex(".") :]]
            return URLFetcherResponse(url, self._files[name], {"Content-Type": f"{kind}; charset=utf-8"})

    return MemoryFetcher
