"""Periksa & ajukan: what a verifier would ask, then one button, a password and a receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.checks import Severity
from evaluations.domain import submission, workflow
from evaluations.domain.checking import findings_of
from evaluations.domain.evidence import readiness
from evaluations.domain.progress import current_score
from evaluations.domain.workflow import Action
from evaluations.forms.submission import SubmitForm
from evaluations.models import Evaluation
from evaluations.views.frame import page
from indicators.domain.spec import loaded


@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    return _check_page(request, evaluation, SubmitForm(request=request))


def _check_page(
    request: HttpRequest, evaluation: Evaluation, form: SubmitForm, *, status: int = 200
) -> HttpResponse:
    findings = findings_of(evaluation)
    spec = loaded(evaluation.edition.instrument).spec
    columns = [(severity, [f for f in findings if f.severity is severity]) for severity in Severity]
    context = {
        "columns": columns,
        "errors": len(columns[0][1]),
        "titles": spec.by_code,
        "tree": current_score(evaluation),
        "safe": readiness.kept(evaluation),
        "form": form,
        "locked": workflow.refusal(evaluation, Action.SUBMIT, by=request.user),
        "result": evaluation.results.defer("snapshot").order_by("-taken_at").first(),
    }
    return page(request, "evaluations/check.html", evaluation, context, status=status)


@sensitive_post_parameters("password")
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze and store. A wrong password or a finding that must be mended brings the page back, saying so."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.SUBMIT)
    form = SubmitForm(request.POST, request=request)
    if not form.is_valid():
        return _check_page(request, evaluation, form, status=422)
    try:
        result = submission.submit(evaluation=evaluation, by=request.user)
    except submission.HasErrors as error:
        form.add_error(None, str(error))
        return _check_page(request, evaluation, form, status=422)
    messages.success(request, "Evaluasi mandiri sudah diajukan. Simpan tanda terimanya.")
    return redirect("evaluations:receipt", result.pk)
