"""The least that a signed-in request costs in this stack: session, person, and one reply or one UPDATE."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from evaluations.models import Evaluation
from kla_portal import clock
from kla_portal.accounts import access


@require_GET
def read(request: HttpRequest) -> HttpResponse:
    person = access.signed_in(request.user)
    return HttpResponse(f"{person.pk}", content_type="text/plain")


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """One UPDATE of one row, committed before the reply: ``evaluation`` names it."""
    access.signed_in(request.user)
    changed = Evaluation.objects.filter(pk=request.POST["evaluation"]).update(last_activity_at=clock.now())
    return HttpResponse(f"{changed}", content_type="text/plain")
