"""The score with its reasons, and the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.progress import current_score
from evaluations.domain.workflow import Action
from evaluations.models import PublishedResult, Stage, StageResult
from evaluations.scoring.score import tree_from_dict
from evaluations.views.frame import page


@require_GET
def score_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree from total to question: of the stored result where there is one, else of the claim so far."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    result = StageResult.objects.filter(evaluation=evaluation, stage=Stage.EM).order_by("-sequence").first()
    tree = tree_from_dict(result.snapshot["score"]) if result else current_score(evaluation)
    context = {
        "tree": tree,
        "result": result,
        "history": PublishedResult.objects.filter(district=evaluation.district_id).order_by("year", "stage"),
    }
    return page(request, "evaluations/score.html", evaluation, context)


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Proof of what was submitted and when."""
    result = access.get_result_for(request.user, pk)
    tree = tree_from_dict(result.snapshot["score"])
    return page(request, "evaluations/receipt.html", result.evaluation, {"result": result, "tree": tree})
