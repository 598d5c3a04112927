"""Beranda of one district."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import deadlines, workflow
from evaluations.domain.contests import CONTESTED, window
from evaluations.domain.overview import Overview
from evaluations.domain.overview import overview as at_a_glance
from evaluations.domain.planning.targets import aim_of
from evaluations.domain.shortfall import waiting
from evaluations.domain.standing import Results, head_of, standing
from evaluations.domain.submission import over, said_late
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Stage, State
from evaluations.views.frame import page
from kla_portal import clock


@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Score and predikat first, then what to do next, then progress per cluster and agency."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    now = clock.now()
    refused = deadlines.refusal(evaluation, Stage.EM, now)
    locked = workflow.refusal(evaluation, Action.SUBMIT, by=request.user)
    glance, results = at_a_glance(evaluation), standing(evaluation)
    urged = evaluation.state == State.FILLING and refused is None
    head = head_of(evaluation, glance.claim, glance.safe, results, urged=urged)
    announced = evaluation.edition.results_public_at
    context = {
        "glance": glance,
        "head": head,
        "stage": head.stage,
        "ways": urged,
        "clusters": _clusters(glance, results),
        "claimed": results[Stage.EM].total if Stage.EM in results else glance.claim.total,
        "result": list(results.values())[-1] if results else None,
        "announced": announced if announced and announced <= now else None,
        "changeable": refused is None and evaluation.state in (State.FILLING, State.RETURNED),
        "limit": deadlines.limit_of(evaluation, Stage.EM),
        "late": said_late(evaluation, now),
        "waiting": waiting(evaluation, now),
        "contest": _contest(evaluation),
        "aim": aim_of(evaluation, head.claim.total),
        "may_answer": workflow.refusal(evaluation, Action.ANSWER, by=request.user) is None,
        "may_submit": locked is None,
        "locked": None if workflow.role_refusal(evaluation, Action.SUBMIT, by=request.user) else locked,
        "refused": refused,
        "over": over(evaluation, now),
    }
    return page(request, "evaluations/overview.html", evaluation, context)


def _clusters(glance: Overview, results: Results) -> list[dict[str, Any]]:
    """Each cluster with its exact points as submitted, and as the newest closed verification found them."""
    first, newest = results.get(Stage.EM), list(results.values())[-1] if results else None
    verified = newest if newest is not None and newest.stage != Stage.EM else None
    return [
        {
            "progress": cluster,
            "claimed": Decimal(first.clusters[cluster.code]) if first else cluster.points,
            "verified": Decimal(verified.clusters[cluster.code]) if verified else None,
        }
        for cluster in glance.clusters
    ]


def _contest(evaluation: Evaluation) -> dict[str, Any] | None:
    """The stage whose verdicts can be contested now."""
    stage = CONTESTED.get(State(evaluation.state))
    found = window(evaluation, stage, clock.now()) if stage else None
    return {"stage": stage, "window": found} if found and found.running else None
