"""How totals move from stage to stage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.analysis.movement import movement as moved
from evaluations.views.analysis.common import analysis_page, part_of


@require_GET
def movement(request: HttpRequest, code: str, place: str) -> HttpResponse:
    edition, province = access.get_area_for(request.user, code, place)
    found = moved(edition, province)
    shown = part_of(request, found.districts)
    context = {
        "found": found,
        "page_obj": shown,
        "lines": [(row, list(zip(found.stages, row.steps, strict=True))) for row in shown],
        "clusters": [
            (row, [(*pair, value) for pair, value in zip(found.pairs, row.medians, strict=True)])
            for row in found.clusters
        ],
    }
    return analysis_page(request, "movement", edition, province, context)
