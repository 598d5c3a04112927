"""Rows as a workbook: download, upload, see what would change, agree."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain.units.books import Plan, apply_book, make_book, plan_book
from evaluations.domain.units.rows import Change, Conflict
from evaluations.domain.workflow import Action, refusal
from evaluations.files.faults import FileRefused
from evaluations.forms.units import BookForm
from evaluations.models import Evaluation
from evaluations.reports.unit_sheet import read_units
from evaluations.reports.workbook.reading import NotAWorkbook
from evaluations.reports.xlsx import CONTENT_TYPE
from evaluations.views.frame import page
from kla_portal.accounts.models import User

SALT = "evaluations.units.agreed"
MAX_AGE = 3600
"""Seconds between the check and the agreement."""

AGAIN = "Pemeriksaan ini sudah lewat satu jam atau rusak. Unggah lagi buku kerjanya."


@require_GET
def book_file(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    evaluation, only = access.get_places_for(request.user, pk, place)
    content = make_book(evaluation, access.signed_in(request.user), only)
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    name = f"baris-{evaluation.edition.code}-{place if only else evaluation.district_id}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, pk: int, place: str) -> HttpResponse:
    evaluation, _ = access.get_places_for(request.user, pk, place, _action(request))
    by = access.signed_in(request.user)
    if request.method == "POST" and "agreed" in request.POST:
        return _agreed(request, evaluation, place, by)
    form = BookForm(request.POST, request.FILES) if request.method == "POST" else BookForm()
    plan = None
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            seal, filled = read_units(upload.file, name=upload.name, size=upload.size)
            plan = plan_book(evaluation, by, seal, filled)
        except (NotAWorkbook, FileRefused) as fault:
            form.add_error("file", str(fault))
    return _page(request, evaluation, place, form, plan, status=422 if form.errors else 200)


def _action(request: HttpRequest) -> Action | None:
    return Action.ENTER_UNITS if request.method == "POST" else None


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    place: str,
    form: BookForm,
    plan: Plan | None,
    *,
    status: int = 200,
) -> HttpResponse:
    by = access.signed_in(request.user)
    context = {
        "form": form,
        "plan": plan,
        "agreed": _sealed(by, evaluation, plan) if plan and plan.changes else "",
        "place": place,
        "whole": place == access.ALL_PLACES,
        "locked": refusal(evaluation, Action.ENTER_UNITS, by=by),
    }
    return page(request, "evaluations/units/book.html", evaluation, context, status=status)


def _sealed(by: User, evaluation: Evaluation, plan: Plan) -> str:
    rows = [[c.code, c.place, c.seen, c.holds] for c in plan.changes]
    kept = {"by": by.pk, "evaluation": evaluation.pk, "rows": rows}
    return signing.dumps(kept, salt=SALT, compress=True)


def _agreed(request: HttpRequest, evaluation: Evaluation, place: str, by: User) -> HttpResponse:
    """The changes come back signed, for this person, within the hour; the verb judges each of them anew."""
    try:
        kept = signing.loads(request.POST["agreed"], salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        kept = {}
    if (kept.get("by"), kept.get("evaluation")) != (by.pk, evaluation.pk):
        messages.error(request, AGAIN)
        return redirect("evaluations:units_book", evaluation.pk, place)
    try:
        count = apply_book(evaluation=evaluation, changes=[Change(*row) for row in kept["rows"]], by=by)
    except Conflict:
        messages.error(
            request, "Belum ada yang disimpan: sebagian isian baru saja diubah. Unggah lagi untuk memeriksa."
        )
        return redirect("evaluations:units_book", evaluation.pk, place)
    messages.success(request, f"{count} isian dari buku kerja tersimpan.")
    if place == access.ALL_PLACES:
        return redirect("evaluations:units", evaluation.pk)
    return redirect("evaluations:units_kecamatan", evaluation.pk, place)
