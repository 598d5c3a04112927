"""Many files, or a folder: sent first, looked at in a list, then saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from evaluations import access
from evaluations.domain.evidence import bulk as verbs
from evaluations.domain.evidence import placing, quotas, uploads
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.files.inspection import ACCEPT_ATTRIBUTE, ACCEPTED_WORDS, clean_name
from evaluations.forms.bulk import wishes_in
from evaluations.models import Evaluation, Upload
from evaluations.views.evidence import tus
from evaluations.views.frame import page
from indicators.domain.spec import loaded


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of what was sent and is not saved yet; by POST, more files without JavaScript."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    files = request.FILES.getlist("files")
    outcomes = [_staged(evaluation, file, request) for file in files]
    if outcomes and all(outcome.ok for outcome in outcomes):
        return redirect("evaluations:bulk_upload", evaluation.pk)
    missing = "Pilih berkas dahulu." if request.method == "POST" and not files else ""
    status = 422 if request.method == "POST" else 200
    return _show(request, evaluation, saved=verbs.Saved(outcomes), missing=missing, status=status)


def _staged(evaluation: Evaluation, file: UploadedFile, request: HttpRequest) -> verbs.Outcome:
    user = access.signed_in(request.user)
    name = clean_name(file.name or "")
    try:
        upload = uploads.stage(evaluation=evaluation, content=file, by=user)
        uploads.inspect_only(upload=upload, by=user)
    except EvidenceRefused as refused:
        return verbs.Outcome(name, False, str(refused))
    return verbs.Outcome(name, True, "")


@require_POST
@tus.speaks_tus
def look(request: HttpRequest, pk: int, upload: UUID) -> HttpResponse:
    """A file has arrived: its row of the list, with proposal, duplicate or refusal. Nothing is saved."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    user = access.signed_in(request.user)
    found = _upload(request, evaluation, upload)
    uploads.inspect_only(upload=found, by=user)
    rows = verbs.proposals(evaluation, by=user, only=found.pk)
    return render(request, "evaluations/evidence/_bulk_row.html", {"evaluation": evaluation, "row": rows[0]})


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what is ticked; the list again with what became of each."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    wishes = wishes_in(request.POST)
    saved = verbs.save(evaluation=evaluation, wishes=wishes, by=access.signed_in(request.user))
    return _show(request, evaluation, wishes=wishes, saved=saved, status=422 if saved.faults else 200)


@require_POST
def discard(request: HttpRequest, pk: int, upload: UUID) -> HttpResponse:
    """One file out of the list, not saved."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    uploads.abandon(upload=_upload(request, evaluation, upload), by=access.signed_in(request.user))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return _show(request, evaluation, wishes=wishes_in(request.POST))


def _upload(request: HttpRequest, evaluation: Evaluation, pk: UUID) -> Upload:
    """The person's own, in this evaluation, without a question; else 404."""
    own = Upload.objects.select_related("evidence").filter(
        evaluation=evaluation, by=access.signed_in(request.user)
    )
    found = get_object_or_404(own, pk=pk, slot=None)
    found.evaluation = evaluation
    return found


def _show(
    request: HttpRequest,
    evaluation: Evaluation,
    *,
    wishes: list[verbs.Wish] | None = None,
    saved: verbs.Saved | None = None,
    missing: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or its list alone for the script."""
    user = access.signed_in(request.user)
    rows = verbs.proposals(evaluation, by=user, wishes=wishes or (), saved=saved)
    outcomes = saved.outcomes if saved else ()
    context: dict[str, Any] = {
        "evaluation": evaluation,
        "rows": rows,
        "ticked": sum(row.wanted for row in rows),
        "fine": [outcome for outcome in outcomes if outcome.ok and outcome.text],
        "failed": [outcome for outcome in outcomes if not outcome.ok],
        "left": saved.left if saved else 0,
        "missing": missing,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "evaluations/evidence/_bulk_list.html", context, status=status)
    spec = loaded(evaluation.edition.instrument).spec
    codes = verbs.open_codes(evaluation, by=user)
    context |= {
        "places": placing.all_labels(spec, codes),
        "sensitive": [code for code in sorted(codes) if spec.by_code[code].sensitive],
        "room": quotas.room(evaluation, None),
        "accepted": ACCEPTED_WORDS,
        "accept": ACCEPT_ATTRIBUTE,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        "piece_bytes": settings.EVIDENCE_PIECE_BYTES,
    }
    return page(request, "evaluations/evidence/bulk.html", evaluation, context, status=status)
