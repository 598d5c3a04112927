"""The districts of a province, and the provinces of the nation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain.activity import with_latest, with_latest_of
from evaluations.domain.ranking import NATIONAL, status_word
from evaluations.domain.standing import Stored, standing_of_many
from evaluations.models import Edition, Evaluation, Stage, State
from evaluations.views.frame import area_page
from indicators.domain.spec import loaded
from indicators.spec import Band
from kla_portal.accounts.roles import Permission
from kla_portal.prepared import prepared
from kla_portal.regions.models import Province

SORTS = {
    "nama": ("district__name",),
    "nilai": ("-claimed_total", "district__name"),
    "hasil": ("district__name",),
    "aman": ("-safe_total", "district__name"),
    "terjawab": ("-answered_count", "district__name"),
    # PostgreSQL would put those who never did anything first.
    "kegiatan": (F("latest").desc(nulls_last=True), "district__name"),
    "kode": ("district_id",),
}

SORT_WORDS = {
    "nama": "Nama",
    "nilai": "Nilai klaim",
    "hasil": "Hasil verifikasi",
    "aman": "Nilai aman",
    "terjawab": "Terjawab",
    "kegiatan": "Kegiatan terakhir",
}

STATUSES = {
    "belum-mulai": ("Belum mulai", Q(state=State.FILLING, last_activity_at__isnull=True)),
    "pengisian": ("Pengisian", Q(state=State.FILLING, last_activity_at__isnull=False)),
    **{state.value: (str(state.label), Q(state=state)) for state in State if state is not State.FILLING},
}


@require_GET
def provinces(request: HttpRequest, code: str) -> HttpResponse:
    """One line per province of the person's area."""
    edition = access.get_edition_for(request.user, code, Permission.SUPERVISE)
    area = access.area_of(request.user, Permission.SUPERVISE)
    rows = [row for row in _provinces(edition.pk) if area.covers_province(row.code)]
    return area_page(request, "evaluations/provinces.html", edition, None, {"rows": rows})


@prepared
def _provinces(edition: int) -> QuerySet[Province]:
    """Every province, with how many of its districts take part, have begun and have handed in, and when it was last."""
    found, here = "districts__evaluations", Q(districts__evaluations__edition=edition)
    begun = here & Q(districts__evaluations__last_activity_at__isnull=False)
    submitted = here & ~Q(districts__evaluations__state=State.FILLING)
    counted = Province.objects.annotate(
        districts_count=Count(found, filter=here),
        begun=Count(found, filter=begun),
        submitted=Count(found, filter=submitted),
        last_deed=Max(f"{found}__last_activity_at", filter=here),
    )
    return with_latest_of(counted, edition, "last_deed").order_by("name")


@require_GET
def districts(request: HttpRequest, code: str, province: str) -> HttpResponse:
    """Status, progress, score, predikat and last activity of every district; all 514 on one page."""
    edition = access.get_edition_for(request.user, code, Permission.SUPERVISE)
    place = None
    if province != NATIONAL:
        place = access.get_province_for(request.user, province, Permission.SUPERVISE)
    found = _taking_part(request, edition, place)
    sort = request.GET.get("urut", "") if request.GET.get("urut") in SORTS else "nama"
    status = request.GET.get("status", "") if request.GET.get("status") in STATUSES else ""
    words = request.GET.get("q", "").replace("\0", "").strip()[:80]
    if status:
        found = found.filter(STATUSES[status][1])
    if words:
        found = found.filter(district__name__icontains=words)
    spec = loaded(edition.instrument).spec
    results = standing_of_many(edition.pk, place.code if place else "")
    rows = [
        _row(evaluation, results.get(evaluation.pk, {}), spec.band_by_code)
        for evaluation in found.order_by(*SORTS[sort])
    ]
    if sort == "hasil":
        rows.sort(key=lambda row: (row["verified"] is None, -(row["verified"] or row["claim"]).total))
    context: dict[str, Any] = {
        "rows": rows,
        "sort": sort,
        "sorts": SORT_WORDS,
        "status": status,
        "statuses": {key: label for key, (label, _) in STATUSES.items()},
        "words": words,
        "question_count": sum(1 for _ in spec.questions()),
        "maximum": spec.total,
        "begun": sum(row["begun"] for row in rows),
        "submitted": sum(row["submitted"] for row in rows),
        "place_code": province,
        "zone": place.zone if place else None,
    }
    return area_page(request, "evaluations/districts.html", edition, place, context)


def _taking_part(request: HttpRequest, edition: Edition, place: Province | None) -> QuerySet[Evaluation]:
    """The evaluations of the person's area, or of one province of it."""
    area = access.area_of(request.user, Permission.SUPERVISE)
    mine = Evaluation.objects.filter(area.filter("district__"), edition=edition)
    found = with_latest(mine.select_related("district__province")).defer("unready")
    return found.filter(district__province=place) if place else found


def _row(
    evaluation: Evaluation, results: Mapping[Stage, Stored], bands: Mapping[str, Band]
) -> dict[str, Any]:
    """``claim``: as submitted, else as it is now; ``now``: of a submitted one, where a return made it another."""
    live = Stored(Stage.EM, evaluation.claimed_total, evaluation.claimed_predikat, evaluation.safe_total)
    claim = results.get(Stage.EM, live)
    newest = list(results.values())[-1] if results else live
    return {
        "evaluation": evaluation,
        "status": status_word(evaluation),
        "begun": evaluation.begun,
        "submitted": evaluation.state != State.FILLING,
        "claim": claim,
        "now": live.total if live.total != claim.total else None,
        "verified": newest if newest.stage != Stage.EM else None,
        "band": bands.get(newest.predikat) if newest.total > Decimal(0) else None,
    }
