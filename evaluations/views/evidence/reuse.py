"""What last edition's verifiers accepted: looked through, and attached again by a click."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.evidence import reuse
from evaluations.domain.workflow import Action
from evaluations.views.evidence.slots import Result, answer, slot_of
from evaluations.views.frame import page
from indicators.domain.spec import loaded


@require_GET
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole list, with ticks."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    found = reuse.proposals(evaluation, by=user)
    context = {
        "valid": [one for one in found if one.valid],
        "expired": [one for one in found if not one.valid],
        "before": evaluation.edition.previous,
        "questions": loaded(evaluation.edition.instrument).spec.by_code,
        "locked": workflow.refusal(evaluation, Action.ATTACH, by=user),
    }
    return page(request, "evaluations/evidence/reuse.html", evaluation, context)


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that were ticked, each with its own outcome."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ATTACH)
    user = access.signed_in(request.user)
    outcomes = reuse.attach_many(evaluation=evaluation, keys=request.POST.getlist("usulan"), by=user)
    done = [outcome for outcome in outcomes if not outcome.refusal]
    if done:
        messages.success(request, f"{len(done)} dokumen dipasang. Periksa halaman dan tahunnya.")
    for outcome in outcomes:
        if outcome.refusal:
            one = outcome.proposal
            messages.error(request, f"{one.code}, “{one.document.title}”: {outcome.refusal}")
    if not outcomes:
        messages.error(request, "Centang dokumen yang akan dipasang dahulu.")
    return redirect("evaluations:evidence_reuse", evaluation.pk)


@require_POST
def attach_one(request: HttpRequest, pk: int, code: str, slot: int) -> HttpResponse:
    """One proposal, in its slot."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ATTACH)
    place = slot_of(question, slot)
    user = access.signed_in(request.user)
    keys = [request.POST.get("usulan", "")]
    outcomes = reuse.attach_many(evaluation=evaluation, keys=keys, codes=[code], by=user)
    results = [
        Result(not one.refusal, one.refusal or "Dokumen dipasang.", one.proposal.document.title)
        for one in outcomes
    ]
    gone = Result(False, "Usulan ini tidak ada lagi. Muat ulang halaman.")
    return answer(request, evaluation, question, place, results or [gone])
