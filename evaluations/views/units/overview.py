"""All questions that count places: how far the rows are, what follows from them, and taking that as the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import deadlines, workflow
from evaluations.domain.answers import StaleVersion
from evaluations.domain.units.coverage import Coverage, coverage, progress, tallies
from evaluations.domain.units.places import places_of
from evaluations.domain.units.scope import questions_seen
from evaluations.domain.units.taking import take_proposal
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import User

HEADINGS = {"kecamatan": "Pertanyaan tingkat kecamatan", "desa": "Pertanyaan tingkat desa/kelurahan"}


@require_GET
def units(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    reader = access.signed_in(request.user)
    questions = questions_seen(reader, evaluation)
    if not questions:
        raise Http404
    places, counted = places_of(evaluation.district_id), tallies(evaluation)
    lines = coverage(evaluation, questions, places, counted)
    may_take = _takeable(reader, evaluation, questions)
    context = {
        "places": places,
        "kecamatan": progress(questions, places, counted),
        "levels": _levels(lines, may_take),
        "may_take": may_take,
        "locked": workflow.refusal(evaluation, Action.ENTER_UNITS, by=reader),
    }
    return page(request, "evaluations/units/page.html", evaluation, context)


def _levels(lines: list[Coverage], may_take: set[str]) -> list[tuple[str, list[Coverage], int]]:
    """Heading, its questions, and how many of their proposals wait for a click."""
    found = []
    for level, heading in HEADINGS.items():
        part = [line for line in lines if line.question.level == level]
        ready = sum(
            bool(line.proposal and not line.taken and line.question.code in may_take) for line in part
        )
        found.append((heading, part, ready))
    return found


def _takeable(user: User, evaluation: Evaluation, questions: list[QuestionSpec]) -> set[str]:
    """Codes of the questions whose answer this person may change now."""
    if workflow.refusal(evaluation, Action.ANSWER, by=user):
        return set()
    back, ids = deadlines.returned_ids(evaluation), loaded(evaluation.edition.instrument).question_ids
    return {q.code for q in questions if back is None or ids[q.code] in back}


@require_POST
def take(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The proposal as the answer, made against the version that the page showed."""
    evaluation, question = access.get_question_for(request.user, pk, code, Action.ANSWER)
    by = access.signed_in(request.user)
    if question not in questions_seen(by, evaluation):
        raise access.Refused(
            "Pertanyaan ini tidak menghitung kecamatan atau desa/kelurahan. Jawab di halaman indikatornya."
        )
    version = request.POST.get("version", "")
    try:
        take_proposal(
            evaluation=evaluation,
            question=question,
            seen=(request.POST.get("numerator", ""), request.POST.get("denominator", "")),
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
            by=by,
        )
    except StaleVersion:
        messages.error(request, f"Jawaban {code} baru saja diubah orang lain. Bandingkan lagi, lalu pakai.")
    else:
        messages.success(
            request, f"Jawaban {code} kini {request.POST['numerator']} dari {request.POST['denominator']}."
        )
    response = redirect("evaluations:units", pk)
    response["Location"] += f"#{question.anchor}"
    return response
