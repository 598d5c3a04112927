"""Tugas saya: only my agency's questions, grouped by what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import agencies_by_question, own_agencies
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation
from evaluations.views.cards import Card, build_cards, total_points
from evaluations.views.frame import page
from indicators.domain.spec import loaded

GROUPS = (
    ("returned", "Dikembalikan", "flag"),
    ("unanswered", "Belum dijawab", "question"),
    ("incomplete", "Jawaban belum lengkap", "alert"),
    ("evidence", "Kurang data dukung", "document"),
    ("done", "Selesai", "check"),
)


@require_GET
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    own = own_agencies(request.user, evaluation)
    assigned = agencies_by_question(evaluation)
    spec = loaded(evaluation.edition.instrument).spec
    mine = [q for q in spec.questions() if q.code in assigned and assigned[q.code].pk in own]
    cards = build_cards(evaluation, mine, request.user)
    groups = _groups(evaluation, cards)
    context = {
        "groups": groups,
        "cards": cards,
        "indicator_of": {q.code: spec.indicator_of[q.code].number for q in mine},
        "points": total_points(cards),
        "agencies": sorted({assigned[q.code].name for q in mine}),
        "next": next((card for group in groups[:-1] for card in group["cards"] if card.editable), None),
        "locked": workflow.refusal(evaluation, Action.ANSWER, by=request.user),
    }
    return page(request, "evaluations/tasks.html", evaluation, context)


def _groups(evaluation: Evaluation, cards: list[Card]) -> list[dict[str, Any]]:
    """By what to do. In a return only what came back can be changed: it stands first, whatever its status."""
    codes = loaded(evaluation.edition.instrument).question_codes
    returned = {codes[pk] for pk in deadlines.returned_ids(evaluation) or ()}
    key_of = {c.question.code: "returned" if c.question.code in returned else c.status for c in cards}
    return [
        {
            "key": key,
            "label": label,
            "icon": icon,
            "cards": [c for c in cards if key_of[c.question.code] == key],
        }
        for key, label, icon in GROUPS
    ]
