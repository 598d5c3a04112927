"""The front door: each person lands where their work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.landing import current_edition, own_evaluation
from evaluations.domain.ranking import NATIONAL
from kla_portal.accounts.roles import Permission, Role


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Contributor: tasks. Coordinator, leader: the district. Province: its districts. Nation: provinces."""
    user = access.signed_in(request.user)
    evaluation = own_evaluation(user)
    if evaluation:
        roles = access.roles_in(user, evaluation.district)
        page = "tasks" if roles == {Role.CONTRIBUTOR} else "overview"
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
