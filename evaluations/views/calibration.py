"""Kalibrasi: how alike verifiers decide. Risiko: where one of them looks first."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import calibration as domain
from evaluations.domain import risk as risk_domain
from evaluations.domain import workflow
from evaluations.domain.workflow import Action
from evaluations.models import VERIFYING, Evaluation, Stage
from evaluations.views.frame import area_page, page
from indicators.domain.spec import loaded
from indicators.models import Instrument
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.regions.models import Province


@require_GET
def calibration(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """Agreement per question and per verifier, for the administrators of the area alone."""
    edition, province = access.get_area_for(request.user, code, place)
    _only_administrators(request.user, province)
    wanted = request.GET.get("tahap", "")
    stage = Stage(wanted) if wanted in VERIFYING else Stage.VA
    districts = Evaluation.objects.filter(edition=edition).select_related("edition", "district")
    sample = districts.filter(district__province=province) if province else districts.none()
    context = {
        "found": domain.calibration(edition=edition, stage=stage, province=province),
        "stage": stage,
        "stages": [Stage(value) for value in VERIFYING],
        "enough": domain.ENOUGH,
        "share": settings.CALIBRATION_SHARE,
        "base": f"{settings.CALIBRATION_SEED}:{edition.code}/<kode kabupaten/kota>/{stage}",
        "draws": _draws(sample.order_by("district__name"), edition.instrument, stage),
    }
    return area_page(request, "evaluations/calibration/page.html", edition, province, context)


def _only_administrators(user: User | AnonymousUser, province: Province | None) -> None:
    area = access.area_of(user, Permission.MANAGE_ACCOUNTS)
    if not (area.national or (province and area.covers_province(province.code))):
        raise access.Refused("Kalibrasi hanya untuk admin provinsi dan admin nasional.")


def _draws(
    evaluations: Iterable[Evaluation], instrument: Instrument, stage: Stage
) -> list[dict[str, object]]:
    """What was drawn for each district, in the instrument's order."""
    rows = []
    for evaluation in evaluations:
        evaluation.edition.instrument = instrument
        chosen = domain.drawn(evaluation, stage)
        codes = [code for code in loaded(instrument).spec.by_code if code in chosen]
        seed = domain.seed_of(evaluation, stage)
        rows.append({"district": evaluation.district, "seed": seed, "codes": codes})
    return rows


@require_GET
def risk(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    risk_domain.ensure_verifier(evaluation, by=access.signed_in(request.user))
    found = risk_domain.risks(evaluation)
    action = workflow.VERIFY.get(found.stage)
    context = {
        "found": found,
        "enough": risk_domain.ENOUGH,
        "verifies": action is not None
        and workflow.refusal(evaluation, action, by=access.signed_in(request.user)) is None,
    }
    return page(request, "evaluations/calibration/risk.html", evaluation, context)
