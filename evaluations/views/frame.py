"""What every page of an evaluation shares."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evaluations.domain import workflow
from evaluations.models import Edition, Evaluation
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.regions.models import Province


def page(
    request: HttpRequest, template: str, evaluation: Evaluation, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about one evaluation: its place stands in the frame, its closing time in the context."""
    request.place = evaluation  # type: ignore[attr-defined]
    zone = workflow.zone_of(evaluation)
    spec = loaded(evaluation.edition.instrument).spec
    common = {
        "evaluation": evaluation,
        "zone": zone,
        "closes_at": workflow.closes_at(evaluation),
        "now": clock.now(),
        "bands": spec.bands,
        "maximum": spec.total,
    }
    return render(request, template, common | context, status=status)


def area_page(
    request: HttpRequest, template: str, edition: Edition, province: Province | None, context: dict[str, Any]
) -> HttpResponse:
    """A page about a province, or the whole country, in one edition."""
    request.place = (edition, province)  # type: ignore[attr-defined]
    return render(request, template, {"edition": edition, "province": province, "now": clock.now()} | context)
