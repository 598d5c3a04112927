"""Tugas saya: only my agency's questions, grouped by what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from evaluations import access
from evaluations.checks.documents.words import short
from evaluations.domain import deadlines, progress, workflow
from evaluations.domain.assignments import agencies_by_question, own_agencies
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation
from evaluations.scoring.answers import is_blank, read_answer
from evaluations.scoring.totals import totals
from evaluations.views.cards import shown_to
from evaluations.views.frame import page
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Agency, User

GROUPS = (
    ("returned", "Dikembalikan", "flag"),
    ("unanswered", "Belum dijawab", "question"),
    ("incomplete", "Jawaban belum lengkap", "alert"),
    ("evidence", "Kurang data dukung", "document"),
    ("done", "Selesai", "check"),
)


@dataclass(frozen=True)
class Task:
    """One line of the list. A ``Card`` says the same and much more; a test holds the two together."""

    question: QuestionSpec
    points: Decimal
    state: str
    """unanswered, incomplete or answered."""
    missing_evidence: bool
    unsafe: str
    """Why its points do not count as safe, in few words; empty when they do, or when there are none."""
    editable: bool

    @property
    def status(self) -> str:
        """What is to do; one of ``GROUPS``."""
        if self.state != "answered":
            return self.state
        return "evidence" if self.missing_evidence and self.points else "done"


@require_GET
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = access.get_evaluation_for(request.user, pk, Action.READ)
    own = own_agencies(request.user, evaluation)
    assigned = agencies_by_question(evaluation)
    spec = loaded(evaluation.edition.instrument).spec
    mine = [q for q in spec.questions() if q.code in assigned and assigned[q.code].pk in own]
    cards = tasks_of(evaluation, mine, request.user, assigned)
    groups = _groups(evaluation, cards)
    context = {
        "groups": groups,
        "cards": cards,
        "agencies": sorted({assigned[q.code].name for q in mine}),
        "next": next((card for group in groups[:-1] for card in group["cards"] if card.editable), None),
        "locked": workflow.refusal(evaluation, Action.ANSWER, by=request.user),
    }
    return page(request, "evaluations/tasks.html", evaluation, context)


def tasks_of(
    evaluation: Evaluation, questions: Iterable[QuestionSpec], user: User, agencies: Mapping[str, Agency]
) -> list[Task]:
    """One query, whatever is filled in."""
    instrument, questions = loaded(evaluation.edition.instrument), list(questions)
    values = progress.values_at(evaluation, [question.code for question in questions])
    found, empty = totals(instrument.spec, values), progress.open_slots(evaluation, instrument)
    tasks = []
    for question, _, locked in shown_to(user, evaluation, questions, agencies):
        code = question.code
        points = found.points.get(code, Decimal(0))
        state = "answered" if code in found.answered else _open_state(question, values.get(code))
        unsafe = short(evaluation.unready.get(code, ())) if points else ""
        tasks.append(Task(question, points, state, bool(empty.get(code)), unsafe, locked is None))
    return tasks


def _open_state(question: QuestionSpec, value: Mapping[str, Any] | None) -> str:
    answer = read_answer(question.rule, value)
    return "unanswered" if answer is None or is_blank(answer) else "incomplete"


def _groups(evaluation: Evaluation, cards: list[Task]) -> list[dict[str, Any]]:
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
