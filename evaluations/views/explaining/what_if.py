"""Andaikan: answers that are tried out. GET and POST alike show what would be; neither saves anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from evaluations import access
from evaluations.domain.explaining.whatif import Move, WhatIf
from evaluations.domain.explaining.whatif import what_if as compute
from evaluations.domain.workflow import Action
from evaluations.forms.answer import AnswerForm, typed_again
from evaluations.forms.what_if import WhatIfForm, fields_of
from evaluations.models import Evaluation
from evaluations.reports.stages import signed
from evaluations.views.cards import Card
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from indicators.spec import IndicatorSpec, InstrumentSpec


@dataclass(frozen=True)
class Tried:
    """A question with its fields as they are typed, or as the claim stands."""

    card: Card
    move: Move
    changed: bool

    @property
    def faults(self) -> list[tuple[str, str]]:
        return self.card.form.faults if self.card.form else []


@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """``indikator`` chooses whose questions are shown; changes to others come along in hidden fields."""
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ_ALL)
    spec = loaded(evaluation.edition.instrument).spec
    data = (request.POST if request.method == "POST" else request.GET).dict()
    form = WhatIfForm(spec, data)
    found = compute(evaluation, form.values, access.signed_in(request.user))
    indicator = _indicator(spec, form, data.get("indikator", ""))
    shown = {question.code for question in indicator.questions}
    carried = {code: value for code, value in found.changes.items() if code not in shown}
    context = {
        "found": found,
        "gain": signed(found.gain, 2),
        "changed": [(move, signed(move.gain)) for move in found.changed],
        "indicator": indicator,
        "cluster": spec.cluster_of[indicator.number],
        "clusters": spec.clusters,
        "rows": _rows(evaluation, indicator, form, found),
        "carried": [pair for code, value in carried.items() for pair in fields_of(code, value).items()],
        "evaluation": evaluation,
    }
    status = 422 if form.refused else 200
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "evaluations/explaining/_moved.html", context, status=status)
    return page(request, "evaluations/explaining/what_if.html", evaluation, context, status=status)


def _indicator(spec: InstrumentSpec, form: WhatIfForm, wanted: str) -> IndicatorSpec:
    """The one asked for; while something typed elsewhere cannot be read, the one with its message."""
    if form.refused and spec.indicator_of[form.refused[0]].number != wanted:
        return spec.indicator_of[form.refused[0]]
    return spec.indicator_by_number.get(wanted) or next(spec.indicators())


def _rows(evaluation: Evaluation, indicator: IndicatorSpec, form: WhatIfForm, found: WhatIf) -> list[Tried]:
    rows = []
    for question in indicator.questions:
        move, value = found.moves[question.code], found.values.get(question.code)
        card = Card(
            evaluation=evaluation,
            question=question,
            answer=None,
            points=move.after,
            next_step=None,
            lines=(),
            slots=[],
            agency=None,
            previous=None,
            locked=None,
            form=form.forms.get(question.code) or AnswerForm(question, typed_again(value or {})),
        )
        rows.append(Tried(card, move, question.code in found.changes))
    return rows
