"""Tugas saya: only my agency's questions, grouped by what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_question, own_agencies
from evaluations.domain.workflow import Action
from evaluations.views.cards import build_cards, total_points
from evaluations.views.frame import page
from indicators.domain.spec import loaded

GROUPS = (
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
    groups = [
        {"key": key, "label": label, "icon": icon, "cards": [card for card in cards if card.status == key]}
        for key, label, icon in GROUPS
    ]
    context = {
        "groups": groups,
        "cards": cards,
        "indicator_of": {q.code: spec.indicator_of[q.code].number for q in mine},
        "points": total_points(cards),
        "agencies": sorted({assigned[q.code].name for q in mine}),
        "next": next((card for group in groups[:3] for card in group["cards"] if card.editable), None),
        "locked": workflow.refusal(evaluation, Action.ANSWER, by=request.user),
    }
    return page(request, "evaluations/tasks.html", evaluation, context)
