"""Whether a numbered paper is still in force, and which one took its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import QuerySet

from evaluations.domain.rulings import closed_stages
from evaluations.models import Stage, StageResult, StoredReport
from kla_portal.events.models import Event, EventAction


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
    found = standing_of_result(result) if result else None
    if found and found.result:
        return replace(found, newer=_newest(report, found.result.receipt_number))
    if found and found.state is State.REOPENED:
        return found
    newest = _newest(report, receipt)
    if newest is None or newest.pk <= report.pk:
        return Standing(State.IN_FORCE)
    digest = report.about.get("digest")
    same = bool(digest) and newest.about.get("digest") == digest
    return Standing(State.REPRINTED if same else State.SUPERSEDED, newest)


def standing_of_result(result: StageResult) -> Standing:
    """In force, superseded (with the newer ``result``) or reopened. Four queries at most."""
    newer = newer_result(result)
    if newer:
        return Standing(State.SUPERSEDED, result=newer)
    closed = Stage(result.stage) in closed_stages(result.evaluation)
    return Standing(State.IN_FORCE if closed else State.REOPENED)


def newer_result(result: StageResult) -> StageResult | None:
    """The last one of its stage, without its snapshot, where that is another. One query."""
    same = StageResult.objects.filter(evaluation=result.evaluation_id, stage=result.stage).defer("snapshot")
    latest = same.latest("sequence")
    return latest if latest.pk != result.pk else None


def was_late(result: StageResult) -> bool:
    """Whether it was submitted late, as the log noted at that moment: a deadline that is moved afterwards changes no
    receipt. One query, for a self-assessment only.
    """
    if result.stage != Stage.EM:
        return False
    told = Event.objects.filter(
        action=EventAction.EVALUATION_SUBMITTED,
        subject=f"evaluasi:{result.evaluation_id}",
        data__receipt=result.receipt_number,
    ).first()
    return bool(told and told.data.get("late"))


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
