"""Verifikasi: the districts that wait, who verifies them, and the reasons a verifier uses often."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain import desk, workflow
from evaluations.domain import queue as domain
from evaluations.domain.ranking import status_word
from evaluations.domain.rulings import reached_stage
from evaluations.domain.workflow import Action
from evaluations.forms.verdict import PhraseForm, VerifiersForm
from evaluations.models import Evaluation, Stage
from evaluations.views.area import STATUSES
from evaluations.views.frame import area_page, page
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from kla_portal.accounts.roles import Permission


@require_GET
def queue(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """The districts of the area, the person's own work first."""
    edition, province = access.get_area_for(request.user, code, place)
    status = request.GET.get("status", "") if request.GET.get("status") in STATUSES else ""
    verifies = bool(access.area_of(request.user, Permission.VERIFY))
    mine = verifies and request.GET.get("saya") == "1"
    rows = domain.waiting(
        edition=edition,
        province=province,
        by=access.signed_in(request.user),
        condition=STATUSES[status][1] if status else None,
        mine=mine,
    )
    context = {
        "rows": [(row, status_word(row.evaluation)) for row in rows],
        "status": status,
        "statuses": {key: label for key, (label, _) in STATUSES.items()},
        "verifies": verifies,
        "mine": mine,
        "to_verify": sum(row.may_verify for row in rows),
        "place_code": place,
    }
    return area_page(request, "evaluations/verification/queue.html", edition, province, context)


@require_http_methods(["GET", "POST"])
def verifiers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who verifies this district, and its clusters, at one stage; first and second reading."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.ASSIGN_VERIFIER)
    stage = _stage_of(request, evaluation)
    form = VerifiersForm(
        request.POST or None,
        clusters=loaded(evaluation.edition.instrument).spec.clusters,
        people=domain.people_for(evaluation, stage),
        assigned=domain.assignments_of(evaluation, stage),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = domain.set_verifiers(
                evaluation=evaluation, stage=stage, wanted=form.wanted, by=access.signed_in(request.user)
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, f"{changed} penugasan diubah." if changed else "Tidak ada yang berubah."
            )
            return redirect(f"{request.path}?tahap={stage}")
    context = {"form": form, "stage": stage, "stages": list(workflow.VERIFY)}
    status = 422 if form.errors else 200
    return page(request, "evaluations/verification/verifiers.html", evaluation, context, status=status)


def _stage_of(request: HttpRequest, evaluation: Evaluation) -> Stage:
    """The stage asked for, else the running one; before VA, VA."""
    asked = request.GET.get("tahap", "")
    if asked:
        stage = next((stage for stage in workflow.VERIFY if stage == asked), None)
        if stage is None:
            raise Http404
        return stage
    reached = reached_stage(evaluation)
    return reached if reached in workflow.VERIFY else Stage.VA


@require_http_methods(["GET", "POST"])
def phrases(request: HttpRequest) -> HttpResponse:
    """One's own reasons: add one, or take one away."""
    access.require(request.user, Permission.VERIFY)
    owner = access.signed_in(request.user)
    if "hapus" in request.POST:
        pk = request.POST["hapus"]
        if pk.isascii() and pk.isdigit() and len(pk) < 18 and desk.drop_phrase(pk=int(pk), by=owner):
            messages.success(request, "Alasan dihapus. Putusan yang sudah memakainya tidak berubah.")
        return redirect("evaluations:phrases")
    form = PhraseForm(request.POST or None, owner=owner)
    if request.method == "POST" and form.is_valid():
        desk.add_phrase(text=form.cleaned_data["text"], by=owner)
        messages.success(request, "Alasan ditambahkan.")
        return redirect("evaluations:phrases")
    context = {"form": form, "phrases": owner.reason_phrases.all()}
    status = 422 if form.errors else 200
    return render(request, "evaluations/verification/phrases.html", context, status=status)
