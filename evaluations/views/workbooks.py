"""Isian Excel: questions as a workbook, out; what came back, looked at first, then applied."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.workbooks.applying import apply_workbook, steps_of
from evaluations.domain.workbooks.export import choices_for, export_workbook
from evaluations.domain.workbooks.reading import Rejected, sort_out
from evaluations.domain.workflow import Action
from evaluations.files.inspection import clean_name
from evaluations.forms.workbooks import ExportForm, UploadForm, pack, unpack
from evaluations.models import Evaluation
from evaluations.reports.xlsx import CONTENT_TYPE
from evaluations.views.frame import page
from indicators.domain.spec import loaded


@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """In three steps: download, fill in, upload."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    return _page(request, evaluation)


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    *,
    export: ExportForm | None = None,
    upload: UploadForm | None = None,
    expired: bool = False,
) -> HttpResponse:
    user = access.signed_in(request.user)
    export = export or ExportForm(choices=choices_for(evaluation, user))
    faulty = expired or export.errors or (upload is not None and upload.errors)
    context = {
        "export": export,
        "upload": upload or UploadForm(evaluation=evaluation),
        "locked": workflow.refusal(evaluation, Action.ANSWER, by=user),
        "expired": expired,
    }
    return page(
        request, "evaluations/workbooks/page.html", evaluation, context, status=422 if faulty else 200
    )


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """``?opd=`` an agency, ``?klaster=`` a cluster; made at once, kept nowhere."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    form = ExportForm(request.GET, choices=choices_for(evaluation, user))
    if not form.is_valid():
        return _page(request, evaluation, export=form)
    exported = export_workbook(
        evaluation=evaluation, agency=form.agency, cluster=form.cleaned_data["klaster"], by=user
    )
    response = HttpResponse(
        exported.content, content_type=CONTENT_TYPE, headers={"Cache-Control": "private, no-store"}
    )
    response["Content-Disposition"] = content_disposition_header(True, exported.name) or "attachment"
    return response


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What an uploaded workbook would change. Nothing is saved."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ANSWER)
    user = access.signed_in(request.user)
    form = UploadForm(request.POST, request.FILES, evaluation=evaluation)
    if not form.is_valid():
        return _page(request, evaluation, upload=form)
    entries, rejected = form.read()
    found = sort_out(evaluation=evaluation, entries=entries, rejected=rejected, by=user)
    context = {
        "found": found,
        "groups": (("Baru", found.new), ("Berubah", found.changed)),
        "rejected": _titled(evaluation, found.rejected),
        "plan": pack(steps_of(found), evaluation=evaluation, user=user),
        "selection": form.book.meta.get("selection", ""),
        "file_name": clean_name(form.cleaned_data["file"].name),
    }
    return page(request, "evaluations/workbooks/preview.html", evaluation, context)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was looked at; of the conflicts those that were ticked (``pakai``)."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ANSWER)
    user = access.signed_in(request.user)
    steps = unpack(request.POST.get("rencana", ""), evaluation=evaluation, user=user)
    if steps is None:
        return _page(request, evaluation, expired=True)
    applied = apply_workbook(
        evaluation=evaluation, steps=steps, ticked=set(request.POST.getlist("pakai")), by=user
    )
    context = {"applied": applied, "rejected": _titled(evaluation, applied.refused)}
    return page(request, "evaluations/workbooks/applied.html", evaluation, context)


def _titled(evaluation: Evaluation, rejected: list[Rejected]) -> list[tuple[Rejected, str]]:
    titles = loaded(evaluation.edition.instrument).spec.by_code
    return [(one, titles[one.code].title) for one in rejected]
