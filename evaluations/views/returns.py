"""Pengembalian: the verifier sends questions back; the district sees what is needed and hands them in again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import access, tasks
from evaluations.domain import documents, objections, returns, workflow
from evaluations.domain.differences import differences
from evaluations.domain.shortfall import (
    Sent,
    candidates,
    countdown,
    lacks,
    returns_of,
    take_back_refusal,
)
from evaluations.domain.workflow import Action
from evaluations.forms.returns import ResubmitForm, SendBackForm
from evaluations.models import Evaluation, Stage
from evaluations.views.frame import page
from evaluations.views.reports import deliver
from kla_portal import clock
from kla_portal.accounts.models import User


def _return_action(stage: str) -> Action:
    """Stages that return nothing have no such page."""
    if stage not in workflow.SEND_BACK:
        raise Http404
    return workflow.SEND_BACK[Stage(stage)]


@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Choose, say what is needed, set the deadline; look at it once more; send. Filtering keeps what is typed."""
    evaluation = access.get_evaluation_for(request.user, pk, _return_action(stage))
    zone, now = workflow.zone_of(evaluation), clock.now()
    posted = request.POST if request.method == "POST" else None
    form = SendBackForm(candidates(evaluation, Stage(stage)), zone, now, posted)
    awaited = objections.awaited(evaluation, Stage(stage))
    context = {"form": form, "stage": Stage(stage), "awaited": awaited}
    editing = posted is None or "saring" in posted or "ubah" in posted
    if editing or awaited or not form.is_valid():
        status = 200 if editing else 422
        return page(request, "evaluations/returns/send_back.html", evaluation, context, status=status)
    if form.due_at is None or "kirim" not in request.POST:
        return page(request, "evaluations/returns/confirm.html", evaluation, context)
    sent_back = returns.send_back(
        evaluation=evaluation,
        stage=Stage(stage),
        needed=form.needed,
        due_at=form.due_at,
        locks_at=form.locks_at,
        message=form.message,
        by=access.signed_in(request.user),
    )
    messages.success(request, f"{len(form.needed)} pertanyaan dikembalikan kepada {evaluation.district}.")
    return redirect("evaluations:changes", evaluation.pk, sent_back.sequence)


@require_GET
def shortfall(request: HttpRequest, pk: int) -> HttpResponse:
    """Daftar kekurangan: what is needed now, and the returns before."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    return _shortfall_page(request, evaluation, ResubmitForm(request=request))


def _shortfall_page(
    request: HttpRequest, evaluation: Evaluation, form: ResubmitForm, *, status: int = 200
) -> HttpResponse:
    user, now = access.signed_in(request.user), clock.now()
    sent = returns_of(evaluation)
    current = next((one for one in sent if one.open), None)
    listed = lacks(evaluation, current.row, by=user) if current else []
    context = {
        "current": current,
        "listed": listed,
        "done": sum(lack.difference.changed for lack in listed),
        "left": countdown(current.limit.due_at, now) if current else "",
        "left_to_lock": countdown(current.limit.locks_at, now) if current else "",
        "past": [one for one in sent if not one.open],
        "form": form,
        "resubmit_refusal": workflow.refusal(evaluation, Action.RESUBMIT, by=user),
        "answer_refusal": workflow.refusal(evaluation, Action.ANSWER, by=user),
        "may_read_all": workflow.refusal(evaluation, Action.READ_ALL, by=user) is None,
    }
    return page(request, "evaluations/returns/shortfall.html", evaluation, context, status=status)


@sensitive_post_parameters("password")
@require_POST
def resubmit(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.RESUBMIT)
    form = ResubmitForm(request.POST, request=request)
    if not form.is_valid():
        return _shortfall_page(request, evaluation, form, status=422)
    sent_back = returns.resubmit(evaluation=evaluation, by=access.signed_in(request.user))
    messages.success(request, "Kekurangan sudah diajukan kembali. Jawaban terkunci lagi.")
    return redirect("evaluations:changes", evaluation.pk, sent_back.sequence)


@require_GET
def shortfall_pdf(request: HttpRequest, pk: int, sequence: int) -> HttpResponseBase:
    """The list of one return on paper; for a contributor their own questions."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    user = access.signed_in(request.user)
    sent = _sent(evaluation, sequence)
    document = documents.shortfall_document(documents.shortfall_report(evaluation, sent, by=user))
    name = f"Daftar kekurangan KLA {evaluation.edition.code} {evaluation.district} {sequence}.pdf"
    return deliver(request, document, name, tasks.render_shortfall, evaluation.pk, sequence, user.pk)


@require_GET
def changes(request: HttpRequest, pk: int, sequence: int) -> HttpResponse:
    """One return: only its questions, each as it was sent back and as it came back; the changed ones first."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    sent = _sent(evaluation, sequence)
    user, now = access.signed_in(request.user), clock.now()
    found = differences(evaluation, sent.row)
    stage = Stage(sent.row.stage)
    context = {
        "sent": sent,
        "stage": stage,
        "found": found,
        "changed": [one for one in found if one.changed],
        "unchanged": [one for one in found if not one.changed],
        "left": countdown(sent.limit.locks_at, now) if sent.open else "",
        "may_verify": workflow.refusal(evaluation, workflow.VERIFY[stage], by=user) is None,
        "may_take_back": take_back_refusal(evaluation, sent, by=user, now=now) is None,
    }
    return page(request, "evaluations/returns/changes.html", evaluation, context)


@require_POST
def take_back(request: HttpRequest, pk: int, sequence: int) -> HttpResponse:
    """The deadline has passed: the verifier goes on with what is there."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    user: User = access.signed_in(request.user)
    refusal = take_back_refusal(evaluation, _sent(evaluation, sequence), by=user, now=clock.now())
    if refusal:
        raise access.Refused(refusal)
    returns.take_back(evaluation=evaluation, by=user)
    messages.success(request, "Pengembalian diambil kembali. Verifikasi dapat dilanjutkan.")
    return redirect("evaluations:changes", evaluation.pk, sequence)


def _sent(evaluation: Evaluation, sequence: int) -> Sent:
    sent = next((one for one in returns_of(evaluation) if one.row.sequence == sequence), None)
    if sent is None:
        raise Http404
    return sent
