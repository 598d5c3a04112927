"""The plan as PDF, and the sheets of a cluster's coordination meeting."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access, tasks
from evaluations.domain.actions import papers
from evaluations.domain.actions.meeting import Meeting
from evaluations.domain.workflow import Action
from evaluations.forms.actions import MeetingForm
from evaluations.models import Evaluation
from evaluations.views.frame import page
from evaluations.views.reports import deliver
from indicators.domain.spec import loaded

SALT = "rapat"


@require_GET
def plan_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    user = access.signed_in(request.user)
    document = papers.plan_document(evaluation, by=user)
    name = f"Rencana aksi KLA {evaluation.edition.code} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_plan, evaluation.pk, user.pk)


@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Which cluster, when and where; nothing is stored, the sheet's address carries it."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    spec = loaded(evaluation.edition.instrument).spec
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, spec=spec)
    if posted is not None and form.is_valid():
        return redirect("evaluations:meeting_pdf", evaluation.pk, sheet_token(evaluation, form.cleaned_data))
    status = 200 if posted is None else 422
    return page(request, "evaluations/actions/meeting.html", evaluation, {"form": form}, status=status)


@require_GET
def meeting_pdf(request: HttpRequest, pk: int, sheet: str) -> HttpResponseBase:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    typed = _typed(evaluation, sheet)
    document = papers.meeting_document(evaluation, Meeting.typed(typed))
    name = f"Rapat koordinasi {typed['cluster']} {evaluation.district}.pdf"
    return deliver(request, document, name, tasks.render_meeting, evaluation.pk, typed, request.user.pk)


def sheet_token(evaluation: Evaluation, typed: dict[str, Any]) -> str:
    """What was typed, for the address: signed, so that the portal prints only what its own form took, and only
    under the letterhead it was typed for.
    """
    plain = {**typed, "held_on": typed["held_on"].isoformat()}
    return signing.dumps(plain, salt=_salt(evaluation), compress=True)


def _salt(evaluation: Evaluation) -> str:
    return f"{SALT}:{evaluation.pk}"


def _typed(evaluation: Evaluation, token: str) -> dict[str, str]:
    try:
        typed: dict[str, str] = signing.loads(token, salt=_salt(evaluation))
    except signing.BadSignature as error:
        raise Http404 from error
    return typed
