"""The provinces: table, tiles, and the counts per predikat and year beside the published ones."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.analysis import nation as domain
from evaluations.domain.analysis import totals
from evaluations.models import Edition
from evaluations.reports.tiles import STEPS, Tile, tile_grid_svg
from evaluations.views.analysis.common import analysis_page, basis_of, labelled
from indicators.domain.spec import loaded


@require_GET
def nation(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """Only of the whole country: one province is no comparison of provinces."""
    edition, province = access.get_area_for(request.user, code, place)
    if province:
        raise Http404
    available = totals.bases(edition, None)
    found = totals.totals(edition, basis_of(request, available), None)
    lines = domain.provinces(edition, found)
    bands = loaded(edition.instrument).spec.bands
    years = domain.counts_by_year()
    context = {
        "lines": [(line, list(zip(bands, line.counts, strict=True))) for line in lines],
        "bands": bands,
        "tiles": tile_grid_svg([_tile(edition, line) for line in lines]),
        "steps": STEPS,
        "provila": sum(line.provila for line in lines),
        "bases": labelled(available),
        "found": found,
        "basis_name": dict(labelled(available))[found.basis],
        "years": [(year, [(band, year.counts.get(band.code, 0)) for band in bands]) for year in years],
    }
    return analysis_page(request, "nation", edition, None, context)


def _tile(edition: Edition, line: domain.ProvinceLine) -> Tile:
    return Tile(
        line.province.code,
        line.province.name,
        line.districts,
        line.known,
        line.awarded,
        reverse("evaluations:analysis", args=[edition.code, line.province.code]),
    )
