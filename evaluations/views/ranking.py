"""Peringkat: page, PDF, XLSX and CSV of one ranking."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from evaluations import access, tasks
from evaluations.domain.documents import CONTENT_TYPES, ranking_document
from evaluations.domain.ranking import ranking as rank_districts
from evaluations.domain.ranking import stored_ranking
from evaluations.models import Stage
from evaluations.views.frame import area_page
from evaluations.views.ranking_table import draw
from evaluations.views.reports import deliver


def _stage(request: HttpRequest) -> Stage:
    wanted = request.GET.get("tahap", "")
    return Stage(wanted) if wanted in Stage.values else Stage.EM


@require_GET
def ranking(request: HttpRequest, code: str, place: str) -> HttpResponse:
    edition, province = access.get_area_for(request.user, code, place)
    stage = _stage(request)
    context = {
        "table": draw(stored_ranking(edition=edition, stage=stage, province=province)),
        "stage": stage,
        "stages": Stage,
        "place_code": place,
        "forms": list(CONTENT_TYPES),
    }
    return area_page(request, "evaluations/ranking.html", edition, province, context)


@require_GET
def download(request: HttpRequest, code: str, place: str, form: str) -> HttpResponseBase:
    edition, province = access.get_area_for(request.user, code, place)
    if form not in CONTENT_TYPES:
        raise Http404
    stage = _stage(request)
    document = ranking_document(rank_districts(edition=edition, stage=stage, province=province).report, form)
    name = f"Peringkat KLA {edition.code} {stage.upper()} {province or 'Nasional'}.{form}"
    arguments = (edition.pk, str(stage), province.code if province else None, form, request.user.pk)
    return deliver(request, document, name, tasks.render_ranking, *arguments)
