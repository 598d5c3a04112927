"""The score with its reasons, and the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.comparison import visible_stages
from evaluations.domain.explaining.explanation import of_stage
from evaluations.domain.sealing.standing import standing_of_result, was_late
from evaluations.domain.workflow import Action
from evaluations.models import PublishedResult, Stage
from evaluations.scoring.score import tree_from_dict
from evaluations.views.frame import page


@require_GET
def score_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree from total to question at one stage (``?tahap=va``): by default the newest the person may see."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    visible = visible_stages(evaluation, request.user)
    wanted = request.GET.get("tahap", "")
    stage = Stage(wanted) if wanted in visible.stages else visible.newest
    shown = of_stage(evaluation, visible, stage, safe=request.GET.get("nilai") == "aman")
    context = {
        "tree": shown.explanation.tree,
        "why": shown.explanation,
        "claim": shown.claim,
        "safe": shown.safe,
        "as_safe": shown.as_safe,
        "result": shown.view.result,
        "stage": stage,
        "running": shown.view.running and stage != Stage.EM,
        "stages": [(value, visible.running(value)) for value in visible.stages],
        "history": PublishedResult.objects.filter(district=evaluation.district_id).order_by("year", "stage"),
    }
    return page(request, "evaluations/score.html", evaluation, context)


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Proof of what was submitted and when."""
    result = access.get_result_for(request.user, pk)
    context = {
        "result": result,
        "tree": tree_from_dict(result.snapshot["score"]),
        "standing": standing_of_result(result),
        "late": was_late(result),
    }
    return page(request, "evaluations/receipt.html", result.evaluation, context)
