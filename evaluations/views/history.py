"""Keadaan per tanggal: the whole evaluation and its score as they stood at any moment."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.history import as_of as state_at
from evaluations.domain.history import moments, parts
from evaluations.domain.workflow import Action, zone_of
from evaluations.forms.history import AsOfForm
from evaluations.views.frame import page


@require_GET
def as_of(request: HttpRequest, pk: int) -> HttpResponse:
    """``?tanggal=2026-06-30&jam=14:00`` in the district's zone, or ``?saat=`` an exact moment."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    form = AsOfForm(request.GET or None, zone=zone_of(evaluation))
    context: dict[str, Any] = {"form": form, "moments": moments(evaluation)}
    if form.is_bound and form.is_valid():
        found = state_at(evaluation, form.moment, by=request.user)
        context |= {"found": found, "parts": parts(found)}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return page(request, "evaluations/history/as_of.html", evaluation, context, status=status)
