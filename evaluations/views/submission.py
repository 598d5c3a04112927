"""Periksa & ajukan: what a verifier would ask, then one button, a password and a receipt."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.checks import Finding, Severity
from evaluations.domain import deadlines, submission, workflow
from evaluations.domain.checking import findings_of
from evaluations.domain.differences import differences
from evaluations.domain.evidence import readiness
from evaluations.domain.overview import claim_of
from evaluations.domain.progress import current_totals
from evaluations.domain.shortfall import waiting
from evaluations.domain.standing import head_of, standing
from evaluations.domain.workflow import Action
from evaluations.forms.submission import HandInForm
from evaluations.models import Evaluation, Stage, State
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal import clock

UNANSWERED = "unanswered"
"""The rule (checks/unanswered.py) whose findings are one line each and all say the same."""


@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    return _check_page(request, evaluation, _form(request, evaluation))


def _form(request: HttpRequest, evaluation: Evaluation, *data: QueryDict) -> HandInForm:
    return HandInForm(*data, unanswered=submission.unanswered(evaluation), request=request)


def _check_page(
    request: HttpRequest, evaluation: Evaluation, form: HandInForm, *, status: int = 200
) -> HttpResponse:
    findings, now = findings_of(evaluation), clock.now()
    refused = deadlines.refusal(evaluation, Stage.EM, now)
    changeable = refused is None and evaluation.state in (State.FILLING, State.RETURNED)
    results = standing(evaluation)
    claim = claim_of(loaded(evaluation.edition.instrument).spec, current_totals(evaluation))
    columns = _columns(findings, folded=not changeable)
    context = {
        "columns": columns,
        "errors": sum(finding.severity is Severity.ERROR for finding in findings),
        "head": head_of(evaluation, claim, readiness.kept(evaluation), results, urged=changeable),
        "em": results.get(Stage.EM),
        "form": form,
        "changeable": changeable,
        "blank": [] if changeable else [f.code for f in findings if f.rule == UNANSWERED],
        "unanswered": submission.unanswered(evaluation),
        "nothing": evaluation.answered_count == 0,
        "late": submission.said_late(evaluation, now),
        "limit": deadlines.limit_of(evaluation, Stage.EM),
        "over": submission.over(evaluation, now),
        "locked": workflow.refusal(evaluation, Action.SUBMIT, by=request.user),
        "result": list(results.values())[-1] if results else None,
        **_returned(request, evaluation, now),
    }
    return page(request, "evaluations/check.html", evaluation, context, status=status)


def _columns(findings: list[Finding], *, folded: bool) -> list[tuple[Severity, list[Finding]]]:
    """The findings by severity, gravest first; ``folded``: the unanswered questions are named together elsewhere."""
    shown = [finding for finding in findings if not (folded and finding.rule == UNANSWERED)]
    return [(severity, [f for f in shown if f.severity is severity]) for severity in Severity]


def _returned(request: HttpRequest, evaluation: Evaluation, now: datetime) -> dict[str, object]:
    """The return that waits for the district: how much of it is changed, and whether the person may hand it in."""
    back, row = waiting(evaluation, now), deadlines.open_return(evaluation)
    if back is None or row is None:
        return {"waiting": None}
    return {
        "waiting": back,
        "done": sum(one.changed for one in differences(evaluation, row)),
        "may_resubmit": workflow.refusal(evaluation, Action.RESUBMIT, by=request.user) is None,
    }


@sensitive_post_parameters("password")
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze and store. Whatever keeps it back brings the page back, saying so."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.SUBMIT)
    form = _form(request, evaluation, request.POST)
    if not form.is_valid():
        return _check_page(request, evaluation, form, status=422)
    try:
        result = submission.submit(
            evaluation=evaluation,
            by=request.user,
            incomplete_accepted=form.cleaned_data.get("incomplete", False),
        )
    except submission.NotReady as error:
        form.add_error(None, str(error))
        return _check_page(request, evaluation, form, status=422)
    late = " Tercatat terlambat." if deadlines.late(evaluation, Stage.EM, result.taken_at) else ""
    messages.success(request, f"Evaluasi mandiri sudah diajukan. Simpan tanda terimanya.{late}")
    return redirect("evaluations:receipt", result.pk)
