"""Districts and editions side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.analysis.compare import editions_opened, side_by_side
from evaluations.domain.analysis.totals import bases
from evaluations.forms.analysis import CompareForm
from evaluations.views.analysis.common import analysis_page
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import District


@require_GET
def compare(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """``?d1=63.09&e1=2026&d2=…&tahap=em`` (or ``klaim``); 422 with the reason beside the field when it is none."""
    edition, province = access.get_area_for(request.user, code, place)
    area = access.area_of(request.user, Permission.SUPERVISE)
    districts = District.objects.filter(area.filter())
    if province:
        districts = districts.filter(province=province)
    asked = any(request.GET.get(f"d{number}") for number in CompareForm.NUMBERS)
    form = CompareForm(
        request.GET if asked else None,
        area=area,
        districts=dict(districts.order_by("name").values_list("code", "name")),
        editions=editions_opened(),
        initial_edition=edition.code,
        initial_basis=bases(edition, province)[-1],
    )
    wrong = asked and not form.is_valid()
    found = side_by_side(form.evaluations, form.basis) if asked and not wrong else None
    context = {"form": form, "found": found}
    response = analysis_page(request, "compare", edition, province, context)
    response.status_code = 422 if wrong else 200
    return response
