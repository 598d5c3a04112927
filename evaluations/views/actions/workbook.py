"""The plan as a workbook: download it, read it back, look at what would change, apply it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain.actions import workbook
from evaluations.domain.workflow import Action
from evaluations.forms.actions import WorkbookForm
from evaluations.models import Evaluation
from evaluations.reports.action_reader import BookRow, NotAPlanBook, ReadBook, read_actions
from evaluations.reports.action_xlsx import actions_xlsx
from evaluations.reports.xlsx import CONTENT_TYPE
from evaluations.views.frame import page

HOUR = 3600
"""Seconds that a preview may be applied."""


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person sees of the plan, as it stands now; made at once, never stored."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    book = workbook.book_of(evaluation, by=access.signed_in(request.user))
    response = HttpResponse(actions_xlsx(book), content_type=CONTENT_TYPE)
    name = f"Rencana aksi KLA {evaluation.edition.code} {evaluation.district}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload, then the preview; its button sends the signed rows back, and they are compared once more."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.PLAN)
    if request.method == "GET":
        return _page(request, evaluation, WorkbookForm())
    if "rows" in request.POST:
        return _apply(request, evaluation)
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            book = read_actions(form.cleaned_data["file"].read())
            preview = workbook.compare(evaluation, book, by=access.signed_in(request.user))
        except (NotAPlanBook, access.Refused) as refused:
            form.add_error("file", str(refused))
        else:
            rows = _signed(request, evaluation, book)
            return _page(request, evaluation, WorkbookForm(), preview=preview, rows=rows)
    return _page(request, evaluation, form, status=422)


def _apply(request: HttpRequest, evaluation: Evaluation) -> HttpResponse:
    form = WorkbookForm()
    try:
        content = signing.loads(request.POST["rows"], salt=_salt(request, evaluation), max_age=HOUR)
        rows = tuple(BookRow(r["number"], r["cells"], tuple(r["numeric"])) for r in content["rows"])
        book = ReadBook(content["origin"], rows)
        new, changed = workbook.apply(evaluation=evaluation, book=book, by=access.signed_in(request.user))
    except signing.BadSignature:
        reason = "Pratinjau ini sudah terlalu lama. Baca buku kerjanya sekali lagi."
    except access.Refused as refused:
        reason = str(refused)
    else:
        messages.success(request, f"{new} aksi ditambahkan, {changed} diubah dari buku kerja.")
        return redirect("evaluations:actions", evaluation.pk)
    return _page(request, evaluation, form, refusal=reason, status=409)


def _signed(request: HttpRequest, evaluation: Evaluation, book: ReadBook) -> str:
    content: dict[str, Any] = {"origin": dict(book.origin), "rows": [asdict(row) for row in book.rows]}
    return signing.dumps(content, salt=_salt(request, evaluation), compress=True)


def _salt(request: HttpRequest, evaluation: Evaluation) -> str:
    """Who looked at the preview applies it, there and nowhere else."""
    return f"rencana-aksi:{evaluation.pk}:{request.user.pk}"


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    form: WorkbookForm,
    *,
    preview: workbook.Preview | None = None,
    rows: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "preview": preview, "rows": rows, "refusal": refusal, "kinds": workbook.KINDS}
    return page(request, "evaluations/actions/read.html", evaluation, context, status=status)
