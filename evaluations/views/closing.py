"""Closing a stage with its record, taking a stage up again, and giving a district more time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.domain import closing as domain
from evaluations.domain import deadlines, objections, returns, workflow
from evaluations.domain.desk import desk_of
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.forms.closing import CloseForm, CloseVAForm, CloseVLForm, ExtendForm, ReopenForm
from evaluations.models import Evaluation, Stage, StageResult, VisitMode
from evaluations.views.desk import action_at
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def close_stage(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The stage's record and a password; then the result is stored and the district sees the verdicts."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.CLOSE, stage))
    user, closes = access.signed_in(request.user), Stage(stage)
    form = _close_form(request, evaluation, closes)
    if request.method == "POST" and form.is_valid():
        try:
            result = _close(evaluation, closes, form, user)
        except domain.StillOpen as still:
            form.add_error(None, f"{still} Daftarnya di atas.")
        except Refused as refused:
            form.add_error(None, str(refused))
        except EvidenceRefused as refused:
            form.add_error("letter" if "letter" in form.fields else None, str(refused))
        else:
            messages.success(request, f"{closes.label} ditutup. Kabupaten/kota sekarang melihat putusannya.")
            return redirect("evaluations:receipt", result.pk)
    desk = desk_of(evaluation, closes)
    titles = desk.instrument.spec.by_code
    context = {
        "form": form,
        "stage": closes,
        "sums": desk.sums(),
        "still_open": [titles[code] for code in desk.open_codes],
        "awaited": objections.awaited(evaluation, closes),
    }
    status = 422 if form.errors else 200
    return page(request, "evaluations/verification/close.html", evaluation, context, status=status)


def _close_form(request: HttpRequest, evaluation: Evaluation, stage: Stage) -> CloseForm:
    data: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    zone = workflow.zone_of(evaluation)
    if stage is Stage.VA:
        return CloseVAForm(*data, request=request, zone=zone)
    if stage is Stage.VL:
        clusters = loaded(evaluation.edition.instrument).spec.clusters
        return CloseVLForm(*data, request=request, zone=zone, clusters=clusters)
    return CloseForm(*data, request=request, zone=zone)


def _close(evaluation: Evaluation, stage: Stage, form: CloseForm, by: User) -> StageResult:
    """Raises ``StillOpen``, ``EvidenceRefused`` for the letter, ``Refused``."""
    data = form.cleaned_data
    if isinstance(form, CloseVAForm):
        return domain.close_va(
            evaluation=evaluation,
            letter_number=data["letter_number"],
            letter_date=data["letter_date"],
            letter=data["letter"],
            by=by,
        )
    if isinstance(form, CloseVLForm):
        return domain.close_vl(
            evaluation=evaluation,
            mode=VisitMode(data["mode"]),
            held_on=data["held_on"],
            participants=form.participants,
            notes=form.notes,
            by=by,
        )
    return domain.close_vf(evaluation=evaluation, by=by)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Take a closed stage up again, with a reason that stays. Results stored before remain."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.REOPEN, stage))
    user = access.signed_in(request.user)
    form = ReopenForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        domain.reopen(evaluation=evaluation, stage=Stage(stage), reason=reason, by=user)
        messages.success(request, f"{Stage(stage).label} {evaluation.district} dibuka kembali.")
        return redirect("evaluations:overview", evaluation.pk)
    context = {"form": form, "stage": Stage(stage)}
    status = 422 if form.errors else 200
    return page(request, "evaluations/verification/reopen.html", evaluation, context, status=status)


@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """More time for one district: for its self-assessment, or for the return it is working on."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.EXTEND)
    form = ExtendForm(request.POST or None, evaluation=evaluation)
    if request.method == "POST" and form.is_valid():
        try:
            returns.extend(
                evaluation=evaluation,
                due_at=form.due_at,
                locks_at=form.locks_at,
                reason=form.cleaned_data["reason"],
                by=access.signed_in(request.user),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            until = deadlines.words(evaluation, form.due_at)
            messages.success(request, f"{evaluation.district} punya waktu sampai {until}.")
            return redirect("evaluations:overview", evaluation.pk)
    context = {"form": form, "limit": form.limit, "sent_back": deadlines.open_return(evaluation)}
    status = 422 if form.errors else 200
    return page(request, "evaluations/verification/extend.html", evaluation, context, status=status)
