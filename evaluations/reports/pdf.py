"""The papers as PDF: each its values in its template, printed by ``press.py``.

With a ``seal`` a paper ends with its number, code and QR; without one it is the same paper unsealed (previews, tests).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template.loader import render_to_string

from evaluations.reports.action_plan import ActionPlanReport
from evaluations.reports.card import Card
from evaluations.reports.data import DistrictReport
from evaluations.reports.evaluation_report import EvaluationReport
from evaluations.reports.gaps import GapsReport
from evaluations.reports.keys import template_folder
from evaluations.reports.meeting import MeetingReport
from evaluations.reports.pictures import pictures
from evaluations.reports.press import ReportFailed, printed  # noqa: F401  what callers of this module catch
from evaluations.reports.ranking import RankingReport
from evaluations.reports.seal import Seal
from evaluations.reports.shortfall import ShortfallReport
from evaluations.reports.stages import StagesReport
from kla_portal import measures


def district_report_pdf(report: DistrictReport, seal: Seal | None = None) -> bytes:
    """A4 portrait: cover, identity, score, indicators, every question. KONSEP on every page of a draft."""
    return _pdf("district.html", {"report": report, "seal": seal, **pictures(report)})


def evaluation_report_pdf(report: EvaluationReport, seal: Seal | None = None) -> bytes:
    """A4 portrait: the Laporan Hasil Evaluasi with cover, table of contents, eight chapters and annexes."""
    return _pdf("evaluation_report.html", {"report": report, "seal": seal, **pictures(report.district)})


def card_pdf(card: Card, seal: Seal | None = None) -> bytes:
    """Two pages A4 for the head of district. KONSEP on both of a draft."""
    return _pdf("card.html", {"report": card, "seal": seal, **pictures(card.district)})


def receipt_pdf(report: DistrictReport, seal: Seal | None = None) -> bytes:
    """One page. ``ValueError`` for a draft or without a receipt number: it would prove nothing."""
    if report.draft or not report.receipt_number:
        raise ValueError("a receipt needs a submitted evaluation and its number")
    return _pdf("receipt.html", {"report": report, "seal": seal})


def ranking_pdf(report: RankingReport, seal: Seal | None = None) -> bytes:
    """A4 landscape with letterhead, repeating table head and signature block."""
    return _pdf("ranking.html", {"report": report, "seal": seal})


def stages_pdf(report: StagesReport, seal: Seal | None = None) -> bytes:
    """A4 landscape: totals, clusters and indicators, what changed and why, every question."""
    return _pdf("stages.html", {"report": report, "seal": seal})


def shortfall_pdf(report: ShortfallReport, seal: Seal | None = None) -> bytes:
    """A4 portrait: until when, and what is needed on each returned question, with a box to tick."""
    return _pdf("shortfall.html", {"report": report, "seal": seal})


def gaps_pdf(report: GapsReport, seal: Seal | None = None) -> bytes:
    """A4 portrait: what is open before submission, a page and more per agency, with boxes to tick."""
    return _pdf("gaps.html", {"report": report, "seal": seal})


def action_plan_pdf(report: ActionPlanReport, seal: Seal | None = None) -> bytes:
    """A4 landscape: the action plan, one table per cluster, with letterhead and signature block."""
    return _pdf("action_plan.html", {"report": report, "seal": seal})


def meeting_pdf(report: MeetingReport) -> bytes:
    """A4 portrait: the sheets of a cluster's coordination meeting, and the list of attendance."""
    return _pdf("meeting.html", {"report": report})


def _pdf(template: str, context: dict[str, Any]) -> bytes:
    """The time of creation is the report's own, not the clock's: the same report gives the same bytes.

    Raises ``ReportFailed``.
    """
    with measures.printing(template.removesuffix(".html")):
        return printed(render_to_string(f"evaluations/report/{template}", context), template, assets())


@cache
def assets() -> dict[str, bytes]:
    """File name -> content of all that a report may load."""
    files = [*template_folder().glob("*.css"), *template_folder().glob("*.svg")]
    return {path.name: path.read_bytes() for path in files}
