"""Rencana aksi: the board, by status or as a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.actions import reading
from evaluations.domain.actions.filling import unfinished
from evaluations.domain.workflow import Action
from evaluations.forms.actions import BoardFilter
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency


@require_GET
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    spec = loaded(evaluation.edition.instrument).spec
    agencies = Agency.objects.filter(district=evaluation.district_id).order_by("name")
    form = BoardFilter(request.GET, clusters=spec.clusters, agencies=agencies)
    wanted = form.wanted()
    may_plan = workflow.refusal(evaluation, Action.PLAN, by=user) is None
    context = {
        "board": reading.board(evaluation, by=user, wanted=wanted),
        "form": form,
        "wanted": wanted,
        "as_list": form.as_list,
        "may_plan": may_plan,
        "reads_all": workflow.role_refusal(evaluation, Action.READ_ALL, by=user) is None,
        "left_over": unfinished(evaluation) if may_plan else [],
    }
    return page(request, "evaluations/actions/board.html", evaluation, context)
