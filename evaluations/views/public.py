"""Hasil yang diumumkan: the one page about evaluations that needs no signing in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.publication import is_public, public_results
from evaluations.models import Edition, Evaluation
from indicators.domain.spec import loaded
from kla_portal.accounts.access import memberships_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import Province

Place = Evaluation | tuple[Edition, Province | None] | None


@login_not_required
@require_GET
def results(request: HttpRequest, code: str) -> HttpResponse:
    """Final results per province. Before the set time the page does not exist; who is signed in reads when it will."""
    access.anyone(request.user)
    edition = Edition.objects.select_related("instrument").filter(code=code).first()
    awaited = bool(edition and edition.results_public_at and _signed_in(request))
    if edition is None or not (is_public(edition) or awaited):
        raise Http404
    place = _place_in(edition, request)
    request.place = place  # type: ignore[attr-defined]
    context = {"edition": edition, "zone": _zone_of(place)} | (_found(edition) if is_public(edition) else {})
    return render(request, "evaluations/public/results.html", context)


def _found(edition: Edition) -> dict[str, Any]:
    provinces = public_results(edition)
    return {
        "public": True,
        "provinces": provinces,
        "count": sum(len(part.rows) for part in provinces),
        "maximum": loaded(edition.instrument).spec.total,
    }


def _signed_in(request: HttpRequest) -> bool:
    """Between the password and the code nobody is signed in yet."""
    return isinstance(request.user, User) and not getattr(request, "half_signed_in", False)


def _place_in(edition: Edition, request: HttpRequest) -> Place:
    """The reader's own place in this edition, so that the frame names this one and not the newest."""
    if not _signed_in(request):
        return None
    held = memberships_of(request.user)
    district = next((m.district_id for m in held if m.district_id), None)
    if district:
        return Evaluation.objects.with_place().filter(edition=edition, district=district).first()
    if not access.area_of(request.user, Permission.SUPERVISE):
        return None
    return edition, next((m.province for m in held if m.province), None)


def _zone_of(place: Place) -> ZoneInfo | None:
    """The time that the reader's messages tell; ``None``, the national one, for everyone else."""
    if isinstance(place, Evaluation):
        return workflow.zone_of(place)
    return place[1].zone if place and place[1] else None
