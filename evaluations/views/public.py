"""Hasil yang diumumkan: the one page about evaluations that needs no signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.publication import is_public, public_results
from evaluations.models import Edition
from indicators.domain.spec import loaded


@login_not_required
@require_GET
def results(request: HttpRequest, code: str) -> HttpResponse:
    """Final results per province. Before the set time the page does not exist."""
    access.anyone(request.user)
    edition = Edition.objects.select_related("instrument").filter(code=code).first()
    if edition is None or not is_public(edition):
        raise Http404
    provinces = public_results(edition)
    context = {
        "edition": edition,
        "provinces": provinces,
        "count": sum(len(part.rows) for part in provinces),
        "maximum": loaded(edition.instrument).spec.total,
    }
    return render(request, "evaluations/public/results.html", context)
