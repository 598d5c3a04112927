"""One action: what it says, what happened, what shows it was done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.actions import reading, tracking
from evaluations.domain.actions.content import ActionRefused, standing_of
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence.library import offered_to, visible_to
from evaluations.domain.workflow import Action
from evaluations.forms.actions import ProgressForm, ProofForm
from evaluations.models import ActionStatus, Evaluation, PlannedAction
from evaluations.views.frame import page
from kla_portal.accounts.models import User

OFFERED = 30
"""Documents in the list to tick; the search finds the others."""


def one_action(evaluation: Evaluation, user: User, pk: int) -> PlannedAction:
    """404 for what is not there, was removed, or belongs to other agencies."""
    found = reading.with_all(reading.visible_to(user, evaluation)).filter(pk=pk).first()
    if found is None:
        raise Http404
    found.evaluation = evaluation
    return found


@require_GET
def action(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    row = one_action(evaluation, access.signed_in(request.user), action)
    return _page(request, evaluation, row, ProgressForm(initial={"status": row.status}))


@require_POST
def note(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.REPORT_PROGRESS)
    user = access.signed_in(request.user)
    row = one_action(evaluation, user, action)
    form = ProgressForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            tracking.note(action=row, text=data["text"], status=ActionStatus(data["status"]), by=user)
        except ActionRefused as refused:
            form.refuse_part(refused)
        else:
            messages.success(request, "Kemajuan dicatat.")
            return redirect("evaluations:action", evaluation.pk, row.pk)
    return _page(request, evaluation, row, form, status=422)


@require_POST
def prove(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.REPORT_PROGRESS)
    user = access.signed_in(request.user)
    row = one_action(evaluation, user, action)
    form = ProofForm(request.POST, documents=offered_to(user, evaluation.district_id))
    if not form.is_valid():
        progress = ProgressForm(initial={"status": row.status})
        return _page(request, evaluation, row, progress, proof=form, status=422)
    added = tracking.prove(action=row, documents=list(form.cleaned_data["evidence"]), by=user)
    messages.success(request, f"{added} dokumen ditautkan sebagai bukti.")
    return redirect("evaluations:action", evaluation.pk, row.pk)


@require_POST
def unprove(request: HttpRequest, pk: int, action: int, document: UUID) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.REPORT_PROGRESS)
    user = access.signed_in(request.user)
    row = one_action(evaluation, user, action)
    evidence = get_object_or_404(visible_to(user, evaluation.district_id), pk=document)
    if tracking.unprove(action=row, evidence=evidence, by=user):
        messages.success(request, "Bukti dilepas. Dokumennya tetap di pustaka.")
    return redirect("evaluations:action", evaluation.pk, row.pk)


def _page(
    request: HttpRequest,
    evaluation: Evaluation,
    row: PlannedAction,
    form: ProgressForm,
    *,
    proof: ProofForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = access.signed_in(request.user)
    links = list(row.evidence.select_related("added_by").order_by("added_at", "pk"))
    seen = visible_to(user, evaluation.district_id)
    documents = {
        document.pk: document for document in seen.filter(pk__in=[link.evidence_id for link in links])
    }
    refusal = tracking.progress_refusal(row, by=user)
    search = request.GET.get("q", "").strip()[:100]
    offered = offered_to(user, evaluation.district_id).exclude(pk__in=[link.evidence_id for link in links])
    context = {
        "action": row,
        "row": reading.row_of(evaluation, row, standing_of(evaluation)),
        "open_codes": codes_open_to(user, evaluation),
        "notes": row.notes.select_related("by").order_by("-at", "-pk"),
        "proofs": [(link, documents[link.evidence_id]) for link in links if link.evidence_id in documents],
        "hidden": len(links) - len(documents),
        "may_note": refusal is None,
        "refusal": refusal,
        "may_plan": workflow.refusal(evaluation, Action.PLAN, by=user) is None,
        "form": form,
        "proof": proof,
        "search": search,
        "offered": offered.filter(title__icontains=search)[:OFFERED] if refusal is None else [],
    }
    return page(request, "evaluations/actions/action.html", evaluation, context, status=status)
