"""Tahap: EM, VA, VL and VF side by side, on the page and as PDF and XLSX."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from evaluations import access, tasks
from evaluations.domain.comparison import comparison, visible_stages
from evaluations.domain.documents import STAGES_FORMS, stages_document
from evaluations.domain.workflow import Action
from evaluations.views.frame import page
from evaluations.views.reports import deliver


@require_GET
def stages(request: HttpRequest, pk: int) -> HttpResponse:
    """All questions by cluster; with ``?berubah`` only what changed, most points lost first."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    visible = visible_stages(evaluation, request.user)
    report = comparison(evaluation, visible.stages, visible.closed)
    changed = report.changed
    context = {
        "report": report,
        "changed": changed,
        "only_changed": "berubah" in request.GET,
        "running": [part for part in report.stages if part.running and part.code != "EM"],
        "forms": STAGES_FORMS,
    }
    return page(request, "evaluations/stages/stages.html", evaluation, context)


@require_GET
def download(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    if form not in STAGES_FORMS:
        raise Http404
    visible = visible_stages(evaluation, request.user)
    document = stages_document(comparison(evaluation, visible.stages, visible.closed), form)
    name = f"Perbandingan tahap KLA {evaluation.edition.code} {evaluation.district}.{form}"
    stages, closed = [str(s) for s in visible.stages], sorted(str(s) for s in visible.closed)
    return deliver(
        request, document, name, tasks.render_stages, evaluation.pk, stages, closed, form, request.user.pk
    )
