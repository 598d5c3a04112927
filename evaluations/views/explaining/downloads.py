"""The calculation as a ZIP that recomputes itself, and the explained tree as JSON and XLSX."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.comparison import visible_stages
from evaluations.domain.explaining import calculation
from evaluations.domain.explaining.explanation import Shown, of_stage
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Stage
from evaluations.reports.tree_xlsx import tree_xlsx
from evaluations.reports.xlsx import CONTENT_TYPE
from evaluations.scoring.score import canonical_json
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.views import confirming


@require_GET
def calculation_of_claim(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The claim as it stands now."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    if ask := _asked(request, evaluation):
        return ask
    made = calculation.export_claim(evaluation=evaluation, by=access.signed_in(request.user))
    return _file(made.content, made.name, "application/zip")


@require_GET
def calculation_of_result(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A stored result, as it was taken."""
    result = access.get_result_for(request.user, pk)
    if ask := _asked(request, result.evaluation):
        return ask
    made = calculation.export_result(result=result, by=access.signed_in(request.user))
    return _file(made.content, made.name, "application/zip")


def _asked(request: HttpRequest, evaluation: Evaluation) -> HttpResponse | None:
    """A district's own people take their calculation as they like; of others it is asked who they are."""
    if any(held.district_id == evaluation.district_id for held in memberships_of(request.user)):
        return None
    return confirming.wanted(request, f"mengunduh perhitungan {evaluation.district}", reading=True)


@require_GET
def tree_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The explained tree of the stage shown on the page (``?tahap=``, ``?nilai=aman``), canonical."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    content = chosen_stage(request, evaluation).explanation.content()
    response = HttpResponse(canonical_json(content), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def tree_workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same tree as a workbook."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    shown = chosen_stage(request, evaluation)
    name = f"Penjelasan nilai KLA {evaluation.edition.code} {evaluation.district}.xlsx"
    return _file(tree_xlsx(shown.explanation), name, CONTENT_TYPE)


def chosen_stage(request: HttpRequest, evaluation: Evaluation) -> Shown:
    """The stage in the address, else the newest that the person may see; never one they may not."""
    visible = visible_stages(evaluation, request.user)
    wanted = request.GET.get("tahap", "")
    stage = Stage(wanted) if wanted in visible.stages else visible.newest
    return of_stage(evaluation, visible, stage, safe=request.GET.get("nilai") == "aman")


def _file(content: bytes, name: str, content_type: str) -> FileResponse:
    response = FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response
