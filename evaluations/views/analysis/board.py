"""Analisis: progress and risk, distribution, band edges, Provila, ranks that cannot be told apart."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.analysis import board as domain
from evaluations.domain.analysis import ties, totals
from evaluations.models import VERIFYING, Edition
from evaluations.reports.tiles import distribution_svg
from evaluations.views.analysis.common import analysis_page, basis_of, labelled, part_of
from indicators.domain.spec import loaded
from kla_portal.regions.models import Province


@require_GET
def analysis(request: HttpRequest, code: str, place: str) -> HttpResponse:
    edition, province = access.get_area_for(request.user, code, place)
    available = totals.bases(edition, province)
    found = totals.totals(edition, basis_of(request, available), province)
    lines = domain.board(edition=edition, province=province, by=access.signed_in(request.user))
    context = {
        "page_obj": part_of(request, lines),
        "districts": len(lines),
        "at_risk": sum(bool(line.risks) for line in lines),
        "bases": labelled(available),
        "found": found,
        "basis_name": dict(labelled(available))[found.basis],
    }
    context |= _shape(edition, province, found) | _ties(edition, province, found)
    return analysis_page(request, "board", edition, province, context)


def _shape(edition: Edition, province: Province | None, found: totals.Totals) -> dict[str, Any]:
    spec = loaded(edition.instrument).spec
    counts = totals.distribution(found.rows, spec.bands)
    return {
        "counts": counts,
        "chart": distribution_svg(counts),
        "below": totals.just_below(found.rows, spec.bands),
        "above": totals.just_above(found.rows, spec.bands),
        "near": totals.NEAR,
        "provila": totals.provila_distance(found, spec) if province else None,
    }


def _ties(edition: Edition, province: Province | None, found: totals.Totals) -> dict[str, Any]:
    disagreement = ties.usual_disagreement(edition, found.basis, province)
    width = disagreement.points if disagreement else None
    rows = ties.tie_rows(found.rows, width) if width is not None else []
    return {
        "verified": found.basis in VERIFYING,
        "disagreement": disagreement,
        "enough": ties.ENOUGH,
        "tied": [row for row in rows if row.tied],
    }
