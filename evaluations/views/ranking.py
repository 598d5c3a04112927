"""Peringkat: page, PDF, XLSX and CSV of one ranking."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from evaluations import access, tasks
from evaluations.domain.analysis.totals import CLAIM, bases
from evaluations.domain.documents import CONTENT_TYPES, ranking_document
from evaluations.domain.ranking import ranking as rank_districts
from evaluations.domain.ranking import stored_ranking
from evaluations.models import Edition, Stage
from evaluations.views.frame import area_page
from evaluations.views.ranking_table import draw
from evaluations.views.reports import deliver
from kla_portal.regions.models import Province


def _stage(request: HttpRequest, edition: Edition, province: Province | None) -> Stage:
    """``?tahap=``; without it the newest stage with results in force here (one query), else the self-assessment."""
    wanted = request.GET.get("tahap", "")
    if wanted in Stage.values:
        return Stage(wanted)
    newest = bases(edition, province)[-1]
    return Stage.EM if newest == CLAIM else Stage(newest)


@require_GET
def ranking(request: HttpRequest, code: str, place: str) -> HttpResponse:
    edition, province = access.get_area_for(request.user, code, place)
    stage = _stage(request, edition, province)
    found = stored_ranking(edition=edition, stage=stage, province=province)
    context = {
        "table": draw(found),
        "ranked": bool(found.results),
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
    stage = _stage(request, edition, province)
    document = ranking_document(rank_districts(edition=edition, stage=stage, province=province).report, form)
    name = f"Peringkat KLA {edition.code} {stage.upper()} {province or 'Nasional'}.{form}"
    arguments = (edition.pk, str(stage), province.code if province else None, form, request.user.pk)
    return deliver(request, document, name, tasks.render_ranking, *arguments)
