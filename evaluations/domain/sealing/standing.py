"""Whether a numbered paper is still in force, and which one took its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from evaluations.domain.rulings import closed_stages
from evaluations.models import Stage, StageResult, StoredReport


class State(StrEnum):
    DRAFT = "draft"
    TABLE = "table"
    """Without a number: only its bytes can be compared."""
    IN_FORCE = "in_force"
    REPRINTED = "reprinted"
    """The same data under a newer number; both hold."""
    SUPERSEDED = "superseded"
    REOPENED = "reopened"
    """The stage was taken up again and is not closed yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``newer``: the paper in its place; ``result``: the newer stored result, printed or not."""

    state: State
    newer: StoredReport | None = None
    result: StageResult | None = None


def standing(report: StoredReport) -> Standing:
    """Six queries at most."""
    if not report.number:
        return Standing(State.TABLE)
    if report.about.get("draft"):
        return Standing(State.DRAFT)
    receipt = report.about.get("receipt", "")
    result = _result(receipt)
    if result:
        latest = _latest(result)
        if latest.pk != result.pk:
            return Standing(State.SUPERSEDED, _newest(report, latest.receipt_number), latest)
        if Stage(result.stage) not in closed_stages(result.evaluation):
            return Standing(State.REOPENED)
    newest = _newest(report, receipt)
    if newest is None or newest.pk <= report.pk:
        return Standing(State.IN_FORCE)
    digest = report.about.get("digest")
    same = bool(digest) and newest.about.get("digest") == digest
    return Standing(State.REPRINTED if same else State.SUPERSEDED, newest)


def replaced_by(report: StoredReport) -> StoredReport | None:
    """The newer paper of its series that says something else; ``None`` for one that follows a stored result, and
    for one whose content has no digest to compare. One query.
    """
    digest = report.about.get("digest")
    if not report.number or not digest or report.about.get("receipt") or report.about.get("draft"):
        return None
    newest = _newest(report, "")
    return newest if newest and newest.pk > report.pk and newest.about.get("digest") != digest else None


def _newest(report: StoredReport, receipt: str) -> StoredReport | None:
    """The last paper of the series; of those about a result, the last of that result.

    An old result can be printed again after a newer one: the time of printing alone would put it in its place.
    """
    papers: QuerySet[StoredReport] = StoredReport.objects.filter(series=report.series).exclude(number="")
    if receipt:
        papers = papers.filter(about__receipt=receipt)
    return papers.order_by("-pk").first()


def _result(receipt: str) -> StageResult | None:
    if not receipt:
        return None
    results = StageResult.objects.select_related("evaluation").defer("snapshot")
    return results.filter(receipt_number=receipt).first()


def _latest(result: StageResult) -> StageResult:
    same = StageResult.objects.filter(evaluation=result.evaluation_id, stage=result.stage).defer("snapshot")
    return same.latest("sequence")
