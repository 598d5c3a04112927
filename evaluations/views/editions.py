"""Periode: preparing editions, their windows, and opening them for every district."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import access
from evaluations.domain import closing
from evaluations.domain import editions as domain
from evaluations.domain.publication import is_public
from evaluations.forms.edition import EditionForm, WindowForm
from evaluations.forms.history import PublishForm
from evaluations.models import Edition, Stage, State
from kla_portal.accounts.roles import Permission
from kla_portal.accounts.views import confirming
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam

MANAGE = Permission.MANAGE_INSTRUMENTS


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    access.require(request.user, MANAGE)
    rows = Edition.objects.select_related("instrument", "previous").prefetch_related("windows")
    return render(request, "evaluations/editions.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    access.require(request.user, MANAGE)
    form = EditionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        edition = domain.create_edition(
            code=data["code"],
            name=data["name"],
            instrument=data["instrument"],
            evidence_years=(data["first_year"], data["last_year"]),
            previous=data["previous"],
            by=request.user,
        )
        messages.success(request, f"{edition} dibuat. Tetapkan jadwalnya.")
        return redirect("evaluations:edition", edition.code)
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/edition_create.html", {"form": form}, status=status)


@require_GET
def detail(request: HttpRequest, code: str) -> HttpResponse:
    access.require(request.user, MANAGE)
    edition = get_object_or_404(Edition.objects.select_related("instrument", "previous"), code=code)
    return _edition_page(request, edition, PublishForm())


def _edition_page(
    request: HttpRequest, edition: Edition, form: PublishForm, *, status: int = 200
) -> HttpResponse:
    windows = {window.stage: window for window in edition.windows.all()}
    context = {
        "edition": edition,
        "stages": [(stage, windows.get(stage)) for stage in Stage],
        "districts_count": edition.evaluations.count(),
        "final_count": edition.evaluations.filter(state=State.FINAL).count(),
        "ready": Stage.EM in windows,
        "publish_form": form,
        "is_public": is_public(edition),
        "zone": NATIONAL_ZONE,
    }
    return render(request, "evaluations/edition.html", context, status=status)


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Set, or move, the time from which everyone may read the final results."""
    access.require(request.user, MANAGE)
    edition = get_object_or_404(Edition.objects.select_related("instrument", "previous"), code=code)
    if ask := confirming.wanted(request, f"mengumumkan hasil akhir {edition}"):
        return ask
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            edition = closing.publish(edition=edition, at=form.moment, by=request.user)
        except access.Refused as refused:
            form.add_error(None, str(refused))
        else:
            when = tanggal_jam(form.moment, NATIONAL_ZONE)
            messages.success(request, f"Hasil akhir {edition} diumumkan {when}.")
            return redirect("evaluations:edition", edition.code)
    return _edition_page(request, edition, form, status=422)


@require_http_methods(["GET", "POST"])
def window(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    """Set when a stage is open. A change takes effect at once, for every district of an opened edition."""
    access.require(request.user, MANAGE)
    edition = get_object_or_404(Edition, code=code)
    if stage not in Stage.values:
        raise Http404
    if edition.opened_at and (
        ask := confirming.wanted(request, f"mengubah jadwal {Stage(stage).label} {edition}")
    ):
        return ask
    now = edition.windows.filter(stage=stage).first()
    names = ("opens_on", "opens_time", "closes_on", "closes_time")
    form = WindowForm(
        request.POST or None,
        initial={name: getattr(now, name) for name in names} if now else None,
        edition=edition,
        stage=Stage(stage),
    )
    if request.method == "POST" and form.is_valid():
        domain.set_window(
            edition=edition, stage=Stage(stage), opens=form.opens, closes=form.closes, by=request.user
        )
        messages.success(request, f"Jadwal {Stage(stage).label} disimpan.")
        return redirect("evaluations:edition", edition.code)
    context = {"edition": edition, "stage": Stage(stage), "form": form}
    return render(request, "evaluations/edition_window.html", context, status=422 if form.is_bound else 200)


@require_POST
def open_edition(request: HttpRequest, code: str) -> HttpResponse:
    access.require(request.user, MANAGE)
    edition = get_object_or_404(Edition.objects.select_related("instrument"), code=code)
    count = domain.open_edition(edition=edition, by=request.user)
    messages.success(request, f"{edition} dibuka untuk {count} kabupaten/kota.")
    return redirect("evaluations:edition", edition.code)
