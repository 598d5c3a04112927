"""The district's library of data dukung."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import library as verbs
from evaluations.domain.workflow import Action
from evaluations.files.inspection import EvidenceRefused
from evaluations.forms.evidence import LibraryFilter, TitleForm
from evaluations.models import Evaluation, Evidence
from evaluations.views.frame import page
from indicators.domain.spec import loaded

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A document with the questions it stands at; ``manageable``: by this person, now."""

    document: Evidence
    codes: list[str]
    manageable: bool


@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    form = LibraryFilter(request.GET)
    criteria = form.criteria()
    found = Paginator(verbs.library(evaluation, by=user, **criteria), PER_PAGE).get_page(
        request.GET.get("page")
    )
    slots_by_id = loaded(evaluation.edition.instrument).slots_by_id
    open_codes = codes_open_to(user, evaluation)
    writable = workflow.refusal(evaluation, Action.ATTACH, by=user) is None
    rows = []
    for document in found:
        codes = dict.fromkeys(slots_by_id[link.slot_id][0] for link in document.links_here)  # type: ignore[attr-defined]
        seen = [code for code in codes if open_codes is None or code in open_codes]
        rows.append(Row(document, seen, writable and verbs.may_manage(user, document)))
    context = {"form": form, "rows": rows, "page_obj": found, "filtered": any(criteria.values())}
    return page(request, "evaluations/evidence/library.html", evaluation, context)


@require_POST
def rename(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = _document(request, evaluation, document)
    form = TitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["title"])))
        return redirect("evaluations:library", evaluation.pk)
    try:
        verbs.rename(evidence=evidence, title=form.cleaned_data["title"], by=access.signed_in(request.user))
        messages.success(request, "Judul diganti.")
    except EvidenceRefused as refused:
        messages.error(request, str(refused))
    return redirect("evaluations:library", evaluation.pk)


@require_POST
def delete(request: HttpRequest, pk: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    evidence = _document(request, evaluation, document)
    try:
        verbs.delete_unused(evidence=evidence, by=access.signed_in(request.user))
        messages.success(request, f"“{evidence.title}” dihapus dari pustaka.")
    except EvidenceRefused as refused:
        messages.error(request, str(refused))
    return redirect("evaluations:library", evaluation.pk)


def _document(request: HttpRequest, evaluation: Evaluation, pk: UUID) -> Evidence:
    evidence = access.get_evidence_for(request.user, pk)
    if evidence.district_id != evaluation.district_id:
        raise Http404
    return evidence
