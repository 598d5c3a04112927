"""Beranda of one district."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.contests import CONTESTED, window
from evaluations.domain.overview import overview as at_a_glance
from evaluations.domain.planning.targets import aim_of
from evaluations.domain.shortfall import Sent, countdown, returns_of
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, StageResult, State
from evaluations.views.frame import page
from kla_portal import clock


@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Score and predikat first, then what to do next, then progress per cluster and agency."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    locked = workflow.refusal(evaluation, Action.SUBMIT, by=request.user)
    context = {
        "glance": at_a_glance(evaluation),
        "result": _newest_result(evaluation),
        "shortfall": _shortfall(evaluation),
        "contest": _contest(evaluation),
        "aim": aim_of(evaluation),
        "may_answer": workflow.refusal(evaluation, Action.ANSWER, by=request.user) is None,
        "may_submit": locked is None,
        "locked": None if workflow.role_refusal(evaluation, Action.SUBMIT, by=request.user) else locked,
    }
    return page(request, "evaluations/overview.html", evaluation, context)


def _newest_result(evaluation: Evaluation) -> StageResult | None:
    """For its receipt. While a district fills in, none is shown."""
    if evaluation.state == State.FILLING:
        return None
    rows = StageResult.objects.filter(evaluation=evaluation).defer("snapshot")
    return rows.order_by("-taken_at").first()


def _shortfall(evaluation: Evaluation) -> dict[str, Any] | None:
    """The return that waits for the district."""
    if evaluation.state != State.RETURNED:
        return None
    sent: Sent | None = next((one for one in returns_of(evaluation) if one.open), None)
    return {"sent": sent, "left": countdown(sent.limit.due_at, clock.now())} if sent else None


def _contest(evaluation: Evaluation) -> dict[str, Any] | None:
    """The stage whose verdicts can be contested now."""
    stage = CONTESTED.get(State(evaluation.state))
    found = window(evaluation, stage, clock.now()) if stage else None
    return {"stage": stage, "window": found} if found and found.running else None
