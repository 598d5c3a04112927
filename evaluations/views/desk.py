"""Meja verifikasi: one question at a time, its verdict, and accepting the untouched ones together."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluations import access
from evaluations.domain import desk as domain
from evaluations.domain import verification, workflow
from evaluations.domain.calibration import drawn
from evaluations.domain.desk import Assignments, Desk, desk_of
from evaluations.domain.queue import assignments_of
from evaluations.domain.workflow import Action
from evaluations.forms.verdict import VerdictForm
from evaluations.models import Evaluation, Stage
from evaluations.scoring.rules import AnswerError
from evaluations.views.desk_page import QuestionDesk, context_of, render_desk
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec


def action_at(actions: Mapping[Stage, Action], stage: str) -> Action:
    """The action of the stage in the address; 404 for a stage that has none."""
    if stage not in Stage.values or Stage(stage) not in actions:
        raise Http404
    return actions[Stage(stage)]


@require_GET
def start(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """To the first question that waits for this person."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.VERIFY, stage))
    assigned = assignments_of(evaluation, Stage(stage))
    for reading in (2,) if request.GET.get("baca") == "2" else (1, 2):
        desk = desk_of(evaluation, Stage(stage), reading=reading)
        code = next(iter(_waiting_for(request, desk, assigned)), None)
        if code:
            return redirect(_desk_url(evaluation, stage, code, reading))
    first = next(iter(desk_of(evaluation, Stage(stage)).codes), None)
    if first is None:
        messages.info(
            request, f"{evaluation.district} tidak menjawab satu pertanyaan pun; langsung tutup tahap ini."
        )
        return redirect("evaluations:close_stage", evaluation.pk, stage)
    return redirect(_desk_url(evaluation, stage, first, 1))


def _waiting_for(request: HttpRequest, desk: Desk, assigned: Assignments) -> list[str]:
    """Open questions that the person decides in this reading."""
    user = access.signed_in(request.user)
    return [
        code
        for code in desk.open_codes
        if (desk.reading == 2) == domain.reads_second(desk, assigned, code, user)
        and not domain.not_assigned(assigned, domain.cluster_of(desk, code), desk.reading, user)
    ]


def _desk_url(evaluation: Evaluation, stage: str, code: str, reading: int) -> str:
    return reverse("evaluations:desk", args=[evaluation.pk, stage, code]) + (
        "?baca=2" if reading == 2 else ""
    )


@require_GET
def desk(request: HttpRequest, pk: int, stage: str, code: str) -> HttpResponse:
    """One question. A cluster's second reader always stands at the second reading."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.VERIFY, stage))
    _question(evaluation, code)
    assigned = assignments_of(evaluation, Stage(stage))
    found = desk_of(evaluation, Stage(stage), reading=2 if request.GET.get("baca") == "2" else 1)
    if found.reading == 1 and domain.reads_second(found, assigned, code, access.signed_in(request.user)):
        found = domain.second_reading(found)
    return render_desk(request, QuestionDesk(request, found, code, assigned))


def _question(evaluation: Evaluation, code: str) -> QuestionSpec:
    question = loaded(evaluation.edition.instrument).spec.by_code.get(code)
    if question is None:
        raise Http404
    return question


@require_POST
def save(request: HttpRequest, pk: int, stage: str, code: str, reading: int) -> HttpResponse:
    """Save a verdict. 200 saved, 409 someone was faster or the claim changed, 422 something is missing."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.VERIFY, stage))
    form = VerdictForm(_question(evaluation, code), request.POST.dict())
    if reading not in {1, 2} or (reading == 2 and code not in drawn(evaluation, Stage(stage))):
        raise Http404
    stale = None
    if form.is_valid() and form.decision:
        version, answer_version = form.versions
        try:
            verification.decide(
                evaluation=evaluation,
                stage=Stage(stage),
                code=code,
                decision=form.decision,
                value=form.value,
                reason=form.reason,
                version=version,
                answer_version=answer_version,
                reading=reading,
                by=access.signed_in(request.user),
            )
        except AnswerError as error:
            form.errors = dict(error.errors)
        except verification.StaleVerdict as found:
            stale = found
    return _answer(request, evaluation, Stage(stage), code, reading, form, stale)


def _answer(
    request: HttpRequest,
    evaluation: Evaluation,
    stage: Stage,
    code: str,
    reading: int,
    form: VerdictForm,
    stale: verification.StaleVerdict | None,
) -> HttpResponse:
    """What became of it: fragments for htmx; else the page with what was typed, or on to the next question."""
    assigned, desk = assignments_of(evaluation, stage), desk_of(evaluation, stage, reading=reading)
    if not form.errors and stale is None:
        here = QuestionDesk(request, desk, code, assigned)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "evaluations/verification/_saved.html", context_of(here))
        messages.success(request, f"Putusan {code} tersimpan.")
        waiting = _waiting_for(request, desk, assigned)
        return redirect(_desk_url(evaluation, stage, waiting[0] if waiting else code, reading))
    here = QuestionDesk(request, desk, code, assigned, form=form, stale=stale)
    status = 409 if stale else 422
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "evaluations/verification/_refused.html", context_of(here), status=status)
    return render_desk(request, here, status=status)


@require_http_methods(["GET", "POST"])
def accept_all(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """The untouched open questions as a list to confirm; each gets a verdict under the person's name."""
    evaluation = access.get_evaluation_for(request.user, pk, action_at(workflow.VERIFY, stage))
    desk, assigned = desk_of(evaluation, Stage(stage)), assignments_of(evaluation, Stage(stage))
    untouched = [c for c in _waiting_for(request, desk, assigned) if desk.verdict(c) is None]
    if request.method == "POST":
        wanted = [code for code in request.POST.getlist("code") if code in untouched]
        by = access.signed_in(request.user)
        count = verification.accept_untouched(evaluation=evaluation, stage=Stage(stage), codes=wanted, by=by)
        messages.success(request, f"{count} butir diterima sesuai klaim, atas nama {by.name}.")
        return redirect("evaluations:desk_start", evaluation.pk, stage)
    spec = desk.instrument.spec
    groups = [
        (cluster, [(q, desk.steps(q.code)[-1].points) for q in cluster.questions() if q.code in untouched])
        for cluster in spec.clusters
    ]
    context = {
        "stage": Stage(stage),
        "groups": [(cluster, rows) for cluster, rows in groups if rows],
        "count": len(untouched),
    }
    return page(request, "evaluations/verification/accept_all.html", evaluation, context)
