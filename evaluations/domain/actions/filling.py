"""Actions that come from elsewhere: the steps of a plan, and what the previous edition left unfinished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.actions.content import LIMITS, Content, Standing, goal, standing_of
from evaluations.domain.actions.editing import insert
from evaluations.domain.actions.reading import OPEN, with_all
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.workflow import Action
from evaluations.models import ActionNote, ActionQuestion, Evaluation, PlannedAction
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class Step(Protocol):
    """One step of a plan (scoring/planner): a question from ``before`` to ``after`` exact points."""

    @property
    def code(self) -> str: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def after(self) -> Decimal: ...
    @property
    def aim(self) -> Mapping[str, Any] | None: ...
    @property
    def words(self) -> str: ...


def from_plan(*, evaluation: Evaluation, steps: Iterable[Step], by: User) -> list[PlannedAction]:
    """One action for each question of the steps, its agency the one that answers it.

    A question that an open action serves already is left out. Returns what was added.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        instrument = loaded(evaluation.edition.instrument)
        served = _served(evaluation)
        standing, agencies = standing_of(evaluation), agencies_by_question(evaluation)
        made = []
        for step in steps:
            if step.code in served:
                continue
            served.add(step.code)
            title = f"{step.code} {instrument.spec.by_code[step.code].title}"
            content = Content(
                title=_cut(title, LIMITS["title"]),
                output=_cut(step.words, LIMITS["output"]),
                agency=agencies.get(step.code),
            )
            action = insert(evaluation, content, standing, by=by)
            _aim(action, instrument.question_ids[step.code], step, standing)
            made.append(action)
    return made


def _aim(action: PlannedAction, question_id: int, step: Step, standing: Standing) -> None:
    """A step without an answer to aim for is about documents: it starts from what is safe."""
    claimed = standing.claimed(step.code)
    documents = step.aim is None
    ActionQuestion.objects.create(
        action=action,
        question_id=question_id,
        aim=step.aim,
        points_before=standing.safe(step.code) if documents else claimed,
        points_expected=claimed if documents else max(claimed, step.after),
    )


def _served(evaluation: Evaluation) -> set[str]:
    codes = loaded(evaluation.edition.instrument).question_codes
    rows = ActionQuestion.objects.filter(
        action__evaluation=evaluation, action__removed_at__isnull=True, action__status__in=OPEN
    )
    return {codes[pk] for pk in rows.values_list("question_id", flat=True)}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def unfinished(evaluation: Evaluation) -> list[PlannedAction]:
    """Open actions of the district's evaluation in the previous edition that were not carried over yet."""
    previous = evaluation.edition.previous_id
    if previous is None:
        return []
    carried = PlannedAction.objects.filter(
        evaluation=evaluation, carried_from__isnull=False, removed_at__isnull=True
    ).values("carried_from")
    return list(
        with_all(
            PlannedAction.objects.filter(
                evaluation__edition=previous,
                evaluation__district=evaluation.district_id,
                removed_at__isnull=True,
                status__in=OPEN,
            ).exclude(pk__in=carried)
        )
    )


def carry_over(*, evaluation: Evaluation, by: User) -> list[PlannedAction]:
    """What the previous edition left unfinished, each once; questions are found again by their code.

    Their points start from today's claim: weights and rules may have changed with the instrument.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.PLAN, by=by)
        old = unfinished(evaluation)
        if not old:
            raise Refused("Tidak ada aksi periode sebelumnya yang belum selesai dan belum dibawa.")
        standing = standing_of(evaluation)
        made = [_carried(evaluation, action, standing, by=by) for action in old]
        record(
            EventAction.ACTIONS_CARRIED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            count=len(made),
        )
    return made


def _carried(evaluation: Evaluation, old: PlannedAction, standing: Standing, *, by: User) -> PlannedAction:
    before = loaded(evaluation.edition.previous.instrument)  # type: ignore[union-attr]
    now = loaded(evaluation.edition.instrument)
    content = Content(
        title=old.title,
        output=old.output,
        agency=old.agency,
        supporting=tuple(old.supporting.all()),
        budget=old.budget,
        budget_source=old.budget_source,
        starts_on=old.starts_on,
        due_on=old.due_on,
    )
    action = insert(evaluation, content, standing, by=by, carried_from=old, status=old.status)
    rows = []
    for served in old.questions.all():
        code = before.question_codes[served.question_id]
        if code in now.spec.by_code:
            row = goal(now.spec.by_code[code], standing, served.aim)
            row.action, row.question_id = action, now.question_ids[code]
            rows.append(row)
    ActionQuestion.objects.bulk_create(rows)
    ActionNote.objects.create(
        action=action,
        text=f"Dibawa dari {evaluation.edition.previous}.",
        status=old.status,
        at=clock.now(),
        by=by,
    )
    return action
