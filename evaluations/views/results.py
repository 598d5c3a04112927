"""The score with its reasons, and the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.comparison import StageView, stage_views, visible_stages
from evaluations.domain.evidence import readiness
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, PublishedResult, Stage
from evaluations.scoring.score import tree_from_dict
from evaluations.views.frame import page


@require_GET
def score_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree from total to question at one stage (``?tahap=va``): by default the newest the person may see."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    visible = visible_stages(evaluation, request.user)
    wanted = request.GET.get("tahap", "")
    stage = Stage(wanted) if wanted in visible.stages else visible.newest
    view = stage_views(evaluation, [stage], visible.closed)[stage]
    reasons = _unready(evaluation, view)
    as_safe = reasons is not None and request.GET.get("nilai") == "aman"
    explained = None if reasons is None else readiness.explain(evaluation, view.tree, reasons)
    context = {
        "tree": explained if as_safe else view.tree,
        "claim": view.tree,
        "safe": explained,
        "as_safe": as_safe,
        "result": view.result,
        "stage": stage,
        "running": view.running and stage != Stage.EM,
        "stages": [(value, visible.running(value)) for value in visible.stages],
        "history": PublishedResult.objects.filter(district=evaluation.district_id).order_by("year", "stage"),
    }
    return page(request, "evaluations/score.html", evaluation, context)


def _unready(evaluation: Evaluation, view: StageView) -> Mapping[str, Sequence[str]] | None:
    """Why answers of the self-assessment are not safe: as submitted, else as kept now; ``None`` where nobody asked."""
    if view.stage != Stage.EM:
        return None
    return view.result.unready if view.result else evaluation.unready


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Proof of what was submitted and when."""
    result = access.get_result_for(request.user, pk)
    tree = tree_from_dict(result.snapshot["score"])
    return page(request, "evaluations/receipt.html", result.evaluation, {"result": result, "tree": tree})
