"""Answering a warning about a document, and taking the answer back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from evaluations import access
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import concerns
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.forms.concerns import ConcernForm, ReplyForm
from evaluations.models import Evaluation, Evidence
from indicators.domain.spec import loaded


@require_POST
def answer(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """Close a warning with a reason; back to the question's slots."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = _document(request, evaluation, document)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Peringatan ini tidak dikenali. Muat ulang halaman, lalu jawab lagi.")
        return _back(request, evaluation, request.POST.get("code", ""))
    code = form.cleaned_data.pop("code")
    try:
        concerns.answer(
            evaluation=evaluation, evidence=evidence, by=access.signed_in(request.user), **form.cleaned_data
        )
        messages.success(request, "Jawaban tersimpan. Verifikator membacanya di samping dokumen.")
    except EvidenceRefused as refused:
        messages.error(request, str(refused))
    return _back(request, evaluation, code)


@require_POST
def take_back(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    """The warning is open again; back to the question's slots."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = _document(request, evaluation, document)
    form = ConcernForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Peringatan ini tidak dikenali. Muat ulang halaman, lalu coba lagi.")
        return _back(request, evaluation, request.POST.get("code", ""))
    code = form.cleaned_data.pop("code")
    try:
        concerns.take_back(
            evaluation=evaluation, evidence=evidence, by=access.signed_in(request.user), **form.cleaned_data
        )
        messages.success(request, "Jawaban ditarik. Peringatannya terbuka lagi.")
    except EvidenceRefused as refused:
        messages.error(request, str(refused))
    return _back(request, evaluation, code)


def _document(request: HttpRequest, evaluation: Evaluation, pk: UUID) -> Evidence:
    evidence = access.get_evidence_for(request.user, pk)
    if evidence.district_id != evaluation.district_id:
        raise Http404
    return evidence


def _back(request: HttpRequest, evaluation: Evaluation, code: str) -> HttpResponse:
    """To the question's slots where the person sees that question, else to the library."""
    codes = codes_open_to(access.signed_in(request.user), evaluation)
    known = loaded(evaluation.edition.instrument).spec.by_code
    if code in known and (codes is None or code in codes):
        return redirect(reverse("evaluations:evidence_slots", args=[evaluation.pk, code]))
    return redirect("evaluations:library", evaluation.pk)
