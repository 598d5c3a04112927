"""Periksa laporan: is this paper, or this file, one that the portal issued, and is it in force? Open to anyone.

Nothing of a report's content is shown: with the code or the file in hand one learns what it is, not what it says.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.domain.sealing.limits import TooMany, count_try
from evaluations.domain.sealing.lookup import by_code, by_sha256
from evaluations.domain.sealing.standing import standing
from evaluations.forms.checking import CheckForm, CompareForm
from evaluations.models import Stage, StoredReport
from kla_portal.accounts.client_address import client_address
from kla_portal.indonesian import NATIONAL_ZONE


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def check_reports(request: HttpRequest) -> HttpResponse:
    """Where a code, a file or a sha256 is given. A code leads to its own page, which the QR opens too."""
    access.anyone(request.user)
    if request.method == "GET":
        return render(request, "evaluations/checking/index.html", {"form": CheckForm()})
    try:
        count_try(client_address(request) or "")
    except TooMany as refused:
        return _later(request, refused)
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "evaluations/checking/index.html", {"form": form}, status=422)
    if form.cleaned_data["code"]:
        return redirect("evaluations:check_report", form.cleaned_data["code"])
    sha256 = form.cleaned_data["file"] or form.cleaned_data["sha256"]
    report = by_sha256(sha256)
    if report is None:
        return render(request, "evaluations/checking/unknown.html", {"sha256": sha256}, status=404)
    return _shown(request, report, sha256=sha256)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def check_report(request: HttpRequest, code: str) -> HttpResponse:
    """What the paper with this code is. A file sent here is compared with it."""
    access.anyone(request.user)
    try:
        count_try(client_address(request) or "")
    except TooMany as refused:
        return _later(request, refused)
    report = by_code(code)
    if report is None:
        return render(request, "evaluations/checking/unknown.html", status=404)
    if request.method == "GET":
        return _shown(request, report, form=CompareForm())
    form = CompareForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, report, form=form, status=422)
    return _shown(request, report, form=CompareForm(), sha256=form.cleaned_data["file"])


def _shown(
    request: HttpRequest,
    report: StoredReport,
    *,
    form: CompareForm | None = None,
    sha256: str = "",
    status: int = 200,
) -> HttpResponse:
    about = report.about
    other = by_sha256(sha256) if sha256 and sha256 != report.sha256 else None
    context = {
        "report": report,
        "about": about,
        "stage": Stage(about["stage"]).label if about.get("stage") in Stage.values else "",
        "zone": ZoneInfo(about["zone"]) if about.get("zone") else NATIONAL_ZONE,
        "taken_at": datetime.fromisoformat(about["taken_at"]) if about.get("taken_at") else None,
        "standing": standing(report),
        "form": form,
        "sha256": sha256,
        "same": sha256 == report.sha256,
        "other": other,
    }
    return render(request, "evaluations/checking/report.html", context, status=status)


def _later(request: HttpRequest, refused: TooMany) -> HttpResponse:
    response = render(
        request, "evaluations/checking/later.html", {"minutes": -(-refused.wait // 60)}, status=429
    )
    response["Retry-After"] = str(refused.wait)
    return response
