"""Sanggah: the district contests verdicts of a closed stage; another person decides; both sides stay in view."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from evaluations import access
from evaluations.domain import objections as verbs
from evaluations.domain import workflow
from evaluations.domain.contests import Contest, contests, window
from evaluations.domain.evidence.exhibits import take_in
from evaluations.domain.evidence.library import discard, visible_to
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.files.inspection import ACCEPT_ATTRIBUTE, ACCEPTED_WORDS, clean_name
from evaluations.forms.evidence import MAX_FILES
from evaluations.forms.objections import DecideForm, ObjectionForm, ProofForm
from evaluations.models import Evaluation, Evidence, Objection, Stage
from evaluations.scoring.rules import AnswerError
from evaluations.views.cards import build_cards
from evaluations.views.evidence.slots import Result
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


@dataclass(frozen=True)
class Choice:
    """A document of the library beside the form. ``new``: put in since the verdict, so that it can go again."""

    document: Evidence
    picked: bool
    new: bool


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, pk: int, stage: str, code: str) -> HttpResponse:
    """Contest one verdict, with documents of the library and new files.

    Whatever is pressed, new files go into the library first and stay ticked, and what is written stays: a search, a
    file that will not do or a missing reason costs nothing that was sent.
    """
    evaluation = access.get_evaluation_for(request.user, pk, _object_action(stage))
    user, here = access.signed_in(request.user), _stage(stage)
    contest = _contest(evaluation, here, code)
    if contest.objection:
        return redirect(_page_of(evaluation, here, code))
    library = visible_to(user, evaluation.district_id)
    new = library.filter(added_at__gt=contest.verdict.at)
    results = _put_aside(request, new) if "buang" in request.POST else []
    form = ObjectionForm(request.POST if request.method == "POST" else None, documents=library)
    if form.is_bound:
        added, refused = _taken_in(request, evaluation, here, code)
        form.tick(added)
        results += [Result(True, "tersimpan di pustaka dan dicentang.", one.title) for one in added] + refused
    asked = form.is_bound and not request.POST.keys() & {"cari", "unggah", "buang"}
    refused_some = any(not result.ok for result in results)
    if asked and form.is_valid() and not refused_some:
        verbs.object_to(evaluation=evaluation, stage=here, code=code, by=user, **form.cleaned_data)
        messages.success(request, f"Sanggah atas pertanyaan {code} sudah diajukan.")
        return redirect(_page_of(evaluation, here, code))
    search = request.POST.get("q", "").replace("\0", "")[:100]
    context = {"stage": here, "contest": contest, "form": form, "sent": asked, "search": search}
    context |= {"results": results, "choices": _choices(library, form, contest, search)}
    context |= {
        "accept": ACCEPT_ATTRIBUTE,
        "accepted": ACCEPTED_WORDS,
        "max_bytes": settings.EVIDENCE_MAX_BYTES,
        "most": MAX_FILES,
    }
    context["window"] = window(evaluation, here, clock.now())
    status = 422 if asked or refused_some else 200
    return page(request, "evaluations/objections/file.html", evaluation, context, status=status)


def _taken_in(
    request: HttpRequest, evaluation: Evaluation, stage: Stage, code: str
) -> tuple[list[Evidence], list[Result]]:
    """The documents of the files that came along, and what became of those that will not do."""
    if not request.FILES:
        return [], []
    form = ProofForm(request.POST, {"files": request.FILES.getlist("files")})
    if not form.is_valid():
        return [], [Result(False, str(text)) for texts in form.errors.values() for text in texts]
    added, refused = [], []
    shrink, by = "shrink" in request.POST, access.signed_in(request.user)
    for upload in form.cleaned_data["files"]:
        try:
            added.append(
                take_in(evaluation=evaluation, stage=stage, code=code, upload=upload, shrink=shrink, by=by)
            )
        except EvidenceRefused as reason:
            refused.append(Result(False, str(reason), clean_name(upload.name or "")))
    return added, refused


def _put_aside(request: HttpRequest, new: QuerySet[Evidence]) -> list[Result]:
    """Discard a document that came in after the verdict and should not go with the objection."""
    document = next((one for one in new if str(one.pk) == request.POST["buang"]), None)
    if document is None:
        return [Result(False, "Dokumen ini tidak ada lagi di pustaka. Muat ulang halaman.")]
    try:
        discard(evidence=document, by=access.signed_in(request.user))
    except EvidenceRefused as reason:
        return [Result(False, str(reason), document.title)]
    return [Result(True, "dibuang dari pustaka.", document.title)]


def _choices(library: QuerySet[Evidence], form: ObjectionForm, contest: Contest, search: str) -> list[Choice]:
    """The ticked documents, then the newest that fit the search."""
    found = library
    for word in search.split():
        found = found.filter(title__icontains=word)
    picked = [one for one in library.order_by("-added_at", "pk") if str(one.pk) in form.picked]
    offered = [one for one in found.order_by("-added_at", "pk")[: OFFERED + len(picked)] if one not in picked]
    return [
        Choice(one, one in picked, one.added_at > contest.verdict.at) for one in [*picked, *offered[:OFFERED]]
    ]


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
