"""Sanggah: the district contests verdicts of a closed stage; another person decides; both sides stay in view."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain import objections as verbs
from evaluations.domain import workflow
from evaluations.domain.contests import Contest, contests, window
from evaluations.domain.evidence.library import visible_to
from evaluations.domain.workflow import Action
from evaluations.forms.objections import DecideForm, ObjectionForm
from evaluations.models import Evaluation, Objection, Stage
from evaluations.scoring.rules import AnswerError
from evaluations.views.cards import build_cards
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from kla_portal import clock

OFFERED = 30
"""Documents the library offers at once; a search narrows them down."""


def _stage(stage: str) -> Stage:
    if stage not in workflow.OBJECT:
        raise Http404
    return Stage(stage)


def _object_action(stage: str) -> Action:
    return workflow.OBJECT[_stage(stage)]


@require_GET
def objections(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Verdicts that changed or rejected a claim at a closed stage, each with its objection and decision."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    user, here = access.signed_in(request.user), _stage(stage)
    period = window(evaluation, here, clock.now())
    found = contests(evaluation, here) if period.closed else []
    context = {
        "stage": here,
        "window": period,
        "found": found,
        "waiting": sum(contest.state == "waiting" for contest in found),
        "may_object": period.running and workflow.refusal(evaluation, workflow.OBJECT[here], by=user) is None,
        "may_decide": workflow.refusal(evaluation, workflow.DECIDE[here], by=user) is None,
        "me": user.pk,
    }
    return page(request, "evaluations/objections/list.html", evaluation, context)


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, pk: int, stage: str, code: str) -> HttpResponse:
    """Contest one verdict, with documents of the library. A search keeps what is written and ticked."""
    evaluation = access.get_evaluation_for(request.user, pk, _object_action(stage))
    user, here = access.signed_in(request.user), _stage(stage)
    contest = _contest(evaluation, here, code)
    if contest.objection:
        return redirect(_page_of(evaluation, here, code))
    library = visible_to(user, evaluation.district_id).order_by("-added_at", "pk")
    posted = request.POST if request.method == "POST" else None
    form = ObjectionForm(posted, documents=library)
    sent = posted is not None and "cari" not in posted
    if sent and form.is_valid():
        verbs.object_to(evaluation=evaluation, stage=here, code=code, by=user, **form.cleaned_data)
        messages.success(request, f"Sanggah atas pertanyaan {code} sudah diajukan.")
        return redirect(_page_of(evaluation, here, code))
    search = request.POST.get("q", "")[:100]
    for word in search.split():
        library = library.filter(title__icontains=word)
    picked = [d for d in visible_to(user, evaluation.district_id) if str(d.pk) in form.picked]
    offered = [d for d in library[: OFFERED + len(picked)] if d not in picked][:OFFERED]
    context = {"stage": here, "contest": contest, "form": form, "sent": sent, "search": search}
    context |= {"picked": picked, "offered": offered, "window": window(evaluation, here, clock.now())}
    return page(request, "evaluations/objections/file.html", evaluation, context, status=422 if sent else 200)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """Both sides and the evidence; grant or refuse. Never by the person who gave the verdict."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    row = get_object_or_404(Objection, pk=objection, evaluation=evaluation)
    user, stage = access.signed_in(request.user), Stage(row.stage)
    code = loaded(evaluation.edition.instrument).question_codes[row.question_id]
    workflow.ensure(evaluation, workflow.DECIDE[stage], by=user)
    if row.granted is not None:
        messages.info(request, "Sanggah ini sudah diputuskan.")
        return redirect(_page_of(evaluation, stage, code))
    contest = _contest(evaluation, stage, code)
    if contest.verdict.by.pk == user.pk:
        raise access.Refused(
            "Sanggah diputus orang lain daripada yang memberi putusan. Serahkan kepada verifikator lain."
        )
    form = DecideForm(request.POST if request.method == "POST" else None, question=contest.question)
    if form.is_bound and form.is_valid() and _decided(form, row, request):
        return redirect(_page_of(evaluation, stage, code))
    card = build_cards(evaluation, [contest.question], user)[0]
    card.form = form.answer
    context = {"stage": stage, "contest": contest, "form": form, "card": card}
    status = 422 if form.is_bound else 200
    return page(request, "evaluations/objections/decide.html", evaluation, context, status=status)


def _decided(form: DecideForm, row: Objection, request: HttpRequest) -> bool:
    """Whether the decision was taken; what the question's rule refuses is put beside the form."""
    try:
        verbs.decide_objection(
            objection=row,
            granted=form.granted,
            reason=form.cleaned_data["reason"],
            decision=form.decision,
            value=form.value,
            by=access.signed_in(request.user),
        )
    except AnswerError as error:
        for message in error.errors.values():
            form.add_error(None, message)
        return False
    messages.success(request, "Sanggah dikabulkan." if form.granted else "Sanggah ditolak; putusan tetap.")
    return True


def _contest(evaluation: Evaluation, stage: Stage, code: str) -> Contest:
    """A verdict that can be contested or was; the stage must be closed for it to be there."""
    if not window(evaluation, stage, clock.now()).closed:
        raise Http404
    found = next((one for one in contests(evaluation, stage) if one.question.code == code), None)
    if found is None:
        raise Http404
    return found


def _page_of(evaluation: Evaluation, stage: Stage, code: str) -> str:
    anchor = loaded(evaluation.edition.instrument).spec.by_code[code].anchor
    return reverse("evaluations:objections", args=[evaluation.pk, stage.value]) + f"#{anchor}"
