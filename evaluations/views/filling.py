"""Filling in: the list of indicators, one indicator's cards, one question, and the save."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from evaluations import access
from evaluations.domain import answers, workflow
from evaluations.domain.assignments import agencies_by_question, codes_open_to
from evaluations.domain.progress import current_score, current_totals
from evaluations.domain.timeline import timeline
from evaluations.domain.units.scope import counts_places
from evaluations.domain.workflow import Action
from evaluations.forms.answer import AnswerForm, typed_again
from evaluations.models import AnswerSource, Evaluation
from evaluations.scoring.tree import ClusterPoints, IndicatorPoints, ScoreTree
from evaluations.views.cards import Card, build_cards, saved_card, scored, total_points
from evaluations.views.drawn import draw, draw_saved
from evaluations.views.frame import page
from evaluations.views.question_page import after_save, back_of, may_restore, onward
from evaluations.views.search import Search
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal.accounts.models import Agency
from kla_portal.addresses import address

LIGHT_FROM = 20
"""With more cards than this on a page, guidance is fetched when it is opened."""

CARD_FILTERS = {
    "belum": ("Belum dijawab", {"unanswered", "incomplete"}),
    "kurang": ("Kurang data dukung", {"evidence"}),
    "selesai": ("Selesai", {"done"}),
}


@require_GET
def filling(request: HttpRequest, pk: int) -> HttpResponse:
    """All indicators with their progress; or, when something is sought, the questions found."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    agencies = agencies_by_question(evaluation)
    open_codes = codes_open_to(request.user, evaluation, agencies)
    search = Search(request.GET, evaluation, agencies, open_codes)
    indicator_of = search.instrument.spec.indicator_of
    cards = build_cards(evaluation, search.results, request.user) if search.active else None
    tree = current_score(evaluation)
    token = get_token(request)
    numbers = None if open_codes is None else {indicator_of[code].number for code in open_codes}
    context = {
        "search": search,
        "cards": cards,
        "drawn": draw(cards or (), token),
        "csrf_token": token,
        "tree": tree,
        "clusters": _open_to(tree, numbers),
        "counts_places": counts_places(search.instrument.spec, open_codes),
        "may_assign": workflow.refusal(evaluation, Action.ASSIGN, by=request.user) is None,
        "locked": workflow.refusal(evaluation, Action.ANSWER, by=request.user),
    }
    return page(request, "evaluations/filling.html", evaluation, context)


def _open_to(tree: ScoreTree, numbers: set[str] | None) -> list[tuple[ClusterPoints, list[IndicatorPoints]]]:
    """The clusters with those of their indicators that the person sees; without a cluster that would stand empty."""
    seen = [(c, [i for i in c.indicators if numbers is None or i.number in numbers]) for c in tree.clusters]
    return [(cluster, indicators) for cluster, indicators in seen if indicators]


@require_GET
def indicator(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    spec = loaded(evaluation.edition.instrument).spec
    found = spec.indicator_by_number.get(number)
    if found is None:
        raise Http404
    agencies = agencies_by_question(evaluation)
    cards = build_cards(evaluation, found.questions, request.user, agencies)
    if not cards:
        raise Http404
    chosen = request.GET.get("status", "") if request.GET.get("status") in CARD_FILTERS else ""
    open_codes = codes_open_to(request.user, evaluation, agencies)
    light = len(cards) > LIGHT_FROM
    token = get_token(request)
    shown = [card for card in cards if not chosen or card.status in CARD_FILTERS[chosen][1]]
    context = {
        "indicator": found,
        "cluster": spec.cluster_of[number],
        "cards": shown,
        "drawn": draw(shown, token, light=light),
        "csrf_token": token,
        "filters": [
            (key, label, sum(card.status in states for card in cards))
            for key, (label, states) in CARD_FILTERS.items()
        ],
        "chosen": chosen,
        "light": light,
        "estimated": any(card.question.estimated and card.question.weight for card in cards),
        "count": len(cards),
        "points": total_points(cards),
        "whole": len(cards) == len(found.questions),
        "counts_places": number in counts_places(spec, open_codes),
        **_beside(spec, number, open_codes),
    }
    return page(request, "evaluations/indicator.html", evaluation, context)


def _beside(spec: InstrumentSpec, number: str, open_codes: Collection[str] | None) -> dict[str, str | None]:
    """Numbers of the indicators before and after this one, of those with a question that the person sees."""
    numbers = [
        other
        for other, row in spec.indicator_by_number.items()
        if open_codes is None or any(question.code in open_codes for question in row.questions)
    ]
    place = numbers.index(number)
    return {
        "before": numbers[place - 1] if place else None,
        "after": numbers[place + 1] if place + 1 < len(numbers) else None,
    }


@require_GET
def question(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One question with all there is to know about it; ``?usul`` proposes last edition's answer."""
    evaluation, spec = access.get_question_for(request.user, pk, code, Action.READ)
    agencies = agencies_by_question(evaluation)
    card = build_cards(evaluation, [spec], request.user, agencies)[0]
    if "usul" in request.GET and card.previous and card.locked is None:
        card.form = AnswerForm(
            spec, typed_again(card.previous.value) | {"note": card.note, "version": str(card.version)}
        )
        card.proposed = True
    return _question_page(request, evaluation, spec, card, agencies)


@require_GET
def guidance(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The guidance of one question as a fragment."""
    _, question = access.get_question_for(request.user, pk, code, Action.READ)
    return HttpResponse(format_html("<p>{}</p>", question.guidance))


def _question_page(
    request: HttpRequest,
    evaluation: Evaluation,
    question: QuestionSpec,
    card: Card,
    agencies: Mapping[str, Agency],
    *,
    status: int = 200,
) -> HttpResponse:
    instrument = loaded(evaluation.edition.instrument)
    indicator = instrument.spec.indicator_of[question.code]
    answered = current_totals(evaluation).answered
    card.restorable = card.locked is None and may_restore(evaluation, question, card.answer)
    context = {
        "card": card,
        "indicator": indicator,
        "cluster": instrument.spec.cluster_of[indicator.number],
        "back": back_of(evaluation, question),
        "onward": onward(evaluation, question, answered, by=request.user, agencies=agencies),
        "history": timeline(evaluation, question, by=request.user),
        "supporting": [instrument.spec.agency_names[agency] for agency in question.agencies[1:]],
    }
    return page(request, "evaluations/question.html", evaluation, context, status=status)


@require_POST
def save(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Save one answer, or put back the one before it was emptied (``restore``).

    200 saved, 409 someone was faster, 422 something cannot be read; nothing is lost.
    """
    gate = access.get_locked_question_for(request.user, pk, code, Action.ANSWER)
    reused = request.POST.get("source") == AnswerSource.REUSE
    try:
        with gate as (evaluation, question):
            form = _form(request, evaluation, question)
            saved = form.is_valid() and answers.save_answer(
                evaluation=evaluation,
                code=code,
                value=form.value,
                note=form.note,
                version=form.version,
                by=request.user,
                source=AnswerSource.REUSE if reused else AnswerSource.FORM,
            )
    except answers.StaleVersion as stale:
        return _refused(request, evaluation, question, form, status=409, stale=stale)
    if not saved:
        return _refused(request, evaluation, question, form, status=422)
    if not request.htmx:  # type: ignore[attr-defined]
        return _saved_page(request, evaluation, code)
    evaluation.unready = saved.unready
    card = saved_card(evaluation, question, saved.answer)
    beside = ""
    if _is_question_page(request, evaluation, code):
        card.restorable = may_restore(evaluation, question, saved.answer)
        beside = after_save(evaluation, question, saved.totals.answered, by=request.user)
    # Without the request: a fragment has no frame, whose queries every save would pay for.
    totals = render_to_string("evaluations/question/_running_saved.html", _running(evaluation, code, saved))
    return HttpResponse(draw_saved(card) + totals + beside)


def _form(request: HttpRequest, evaluation: Evaluation, question: QuestionSpec) -> AnswerForm:
    """What was typed; or, to be put back, what stood there before it was emptied."""
    typed = AnswerForm(question, request.POST.dict())
    if "restore" not in request.POST:
        return typed
    value, note = answers.put_back(evaluation, question.code, emptied=typed.version)
    return AnswerForm(question, typed_again(value) | {"note": note, "version": str(typed.version)})


def _saved_page(request: HttpRequest, evaluation: Evaluation, code: str) -> HttpResponse:
    """After a plain form: back to the card among its neighbours; to the question's own page where an undo stands."""
    for name, done in (("clear", "dikosongkan"), ("restore", "dikembalikan seperti semula")):
        if name in request.POST:
            messages.success(request, f"Jawaban {code} {done}.")
            return redirect("evaluations:question", evaluation.pk, code)
    messages.success(request, f"Jawaban {code} tersimpan.")
    return redirect(_indicator_url(evaluation, code))


def _is_question_page(request: HttpRequest, evaluation: Evaluation, code: str) -> bool:
    """Whether the save comes from the question's own page, as htmx says."""
    current = request.headers.get("HX-Current-URL", "").partition("#")[0].partition("?")[0]
    return current.endswith(address("evaluations:question", evaluation.pk, code))


def _running(evaluation: Evaluation, code: str, saved: answers.Saved) -> dict[str, object]:
    """The running totals beside the questions: this indicator's, the whole claim, and what of it is safe."""
    totals = saved.totals
    indicator = loaded(evaluation.edition.instrument).spec.indicator_of[code]
    codes = [question.code for question in indicator.questions]
    return {
        "totals": totals,
        "safe": saved.safe,
        "indicator": indicator,
        "points": totals.of(codes),
        "answered": sum(code in totals.answered for code in codes),
    }


def _refused(
    request: HttpRequest,
    evaluation: Evaluation,
    question: QuestionSpec,
    form: AnswerForm,
    *,
    status: int,
    stale: answers.StaleVersion | None = None,
) -> HttpResponse:
    """The card again with what was typed; the conflict shows both answers side by side."""
    agencies = agencies_by_question(evaluation)
    card = build_cards(evaluation, [question], request.user, agencies)[0]
    card.form = form
    if stale:
        card.conflict = stale.current
        card.own_conflict = stale.current.updated_by_id == request.user.pk
        card.conflict_points = scored(question, stale.current.value)
        card.own_points = scored(question, form.value)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"card": card, "evaluation": evaluation, "zone": workflow.zone_of(evaluation)}
        return render(request, "evaluations/question/_refused.html", context, status=status)
    return _question_page(request, evaluation, question, card, agencies, status=status)


def _indicator_url(evaluation: Evaluation, code: str) -> str:
    spec = loaded(evaluation.edition.instrument).spec
    path = reverse("evaluations:indicator", args=[evaluation.pk, spec.indicator_of[code].number])
    return f"{path}#{spec.by_code[code].anchor}"
