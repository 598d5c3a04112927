"""Beranda of one district."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.overview import overview as at_a_glance
from evaluations.domain.workflow import Action
from evaluations.models import StageResult
from evaluations.views.frame import page


@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Score and predikat first, then what to do next, then progress per cluster and agency."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    result = StageResult.objects.filter(evaluation=evaluation).defer("snapshot").order_by("-taken_at").first()
    context = {
        "glance": at_a_glance(evaluation),
        "result": result,
        "may_answer": workflow.refusal(evaluation, Action.ANSWER, by=request.user) is None,
        "may_submit": workflow.refusal(evaluation, Action.SUBMIT, by=request.user) is None,
        "locked": workflow.refusal(evaluation, Action.SUBMIT, by=request.user),
    }
    return page(request, "evaluations/overview.html", evaluation, context)
