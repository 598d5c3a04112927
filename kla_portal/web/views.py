"""The front door: each person lands where their work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.landing import current_edition, own_evaluation
from evaluations.domain.ranking import NATIONAL
from evaluations.domain.units.scope import own_kecamatan
from kla_portal.accounts.roles import PARTIAL, Permission, Role


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Kecamatan officer: their rows. Contributor: tasks. Coordinator, leader: the district. Province: its
    districts. Nation: provinces.
    """
    user = access.signed_in(request.user)
    evaluation = own_evaluation(user)
    if evaluation:
        roles = access.roles_in(user, evaluation.district)
        if roles == {Role.KECAMATAN}:
            own = min(own_kecamatan(user, evaluation.district_id))
            return redirect("evaluations:units_kecamatan", evaluation.pk, own)
        page = "tasks" if roles <= PARTIAL else "overview"
        return redirect(f"evaluations:{page}", evaluation.pk)
    edition = current_edition()
    area = access.area_of(user, Permission.SUPERVISE)
    if edition is None or not area:
        return render(
            request, "home_empty.html", {"may_prepare": access.area_of(user, Permission.MANAGE_INSTRUMENTS)}
        )
    if area.national:
        return redirect("evaluations:provinces", edition.code)
    return redirect("evaluations:districts", edition.code, min(area.provinces, default=NATIONAL))
