"""Reading the plan: who sees which actions, the board with its sums, and what narrows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from evaluations.domain import workflow
from evaluations.domain.actions.content import Standing, standing_of
from evaluations.domain.actions.points import Part, Sums, sums
from evaluations.domain.actions.rupiah import rupiah
from evaluations.domain.assignments import own_agencies
from evaluations.domain.workflow import Action
from evaluations.models import ActionStatus, Evaluation, PlannedAction
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal import clock
from kla_portal.accounts.access import roles_in
from kla_portal.accounts.models import User

OPEN = (ActionStatus.PLANNED, ActionStatus.RUNNING)
"""Statuses of an action that still has to be done."""


def visible_to(user: User, evaluation: Evaluation) -> QuerySet[PlannedAction]:
    """The plan's actions that the person may see, by due day; a mere contributor's are those of their agencies."""
    rows = PlannedAction.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    if roles_in(user, evaluation.district) & workflow.TABLE[Action.READ_ALL].roles:
        return rows
    own = own_agencies(user, evaluation)
    supported = PlannedAction.supporting.through.objects.filter(agency__in=own).values("plannedaction")
    return rows.filter(Q(agency__in=own) | Q(pk__in=supported))


def with_all(rows: QuerySet[PlannedAction]) -> QuerySet[PlannedAction]:
    """With agencies, questions and counts: three queries for any number of actions."""
    return (
        rows.select_related("agency")
        .prefetch_related("supporting", "questions")
        .annotate(note_count=Count("notes", distinct=True), evidence_count=Count("evidence", distinct=True))
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True)
class Row:
    """One action with its questions as they stand today. ``today`` is the district's own day."""

    action: PlannedAction
    questions: tuple[tuple[QuestionSpec, Part], ...]
    today: date

    @property
    def open(self) -> bool:
        return self.action.status in OPEN

    @property
    def overdue(self) -> bool:
        return self.open and self.action.due_on is not None and self.action.due_on < self.today

    @property
    def unproved(self) -> bool:
        """Done, and nothing shows it."""
        return self.action.status == ActionStatus.DONE and not self.action.evidence_count  # type: ignore[attr-defined]

    @property
    def points(self) -> Sums:
        return sums(part for _, part in self.questions)

    @property
    def budget_text(self) -> str:
        return "" if self.action.budget is None else rupiah(self.action.budget)


@dataclass(frozen=True)
class Wanted:
    """What narrows the board; empty values do not."""

    cluster: str = ""
    agency: int | None = None
    overdue: bool = False

    def __bool__(self) -> bool:
        return bool(self.cluster or self.agency or self.overdue)


@dataclass(frozen=True)
class Board:
    """``rows`` is what the filters leave; ``points`` and ``budget`` are of those rows, dropped ones left out."""

    rows: list[Row]
    count: int
    """Actions before the filters."""
    overdue: int
    points: Sums
    budget: int
    columns: list[tuple[ActionStatus, list[Row]]] = field(default_factory=list)

    @property
    def budget_text(self) -> str:
        return rupiah(self.budget)

    @property
    def done(self) -> int:
        return sum(row.action.status == ActionStatus.DONE for row in self.rows)

    @property
    def unproved(self) -> int:
        return sum(row.unproved for row in self.rows)


def board(evaluation: Evaluation, *, by: User, wanted: Wanted | None = None) -> Board:
    """The plan as the person sees it. The same number of queries for any number of actions."""
    wanted = wanted or Wanted()
    every = rows_of(evaluation, visible_to(by, evaluation))
    spec = loaded(evaluation.edition.instrument).spec
    clusters = {code: spec.cluster_of[spec.indicator_of[code].number].code for code in spec.by_code}
    shown = [row for row in every if _fits(row, wanted, clusters)]
    counted = [row for row in shown if row.action.status != ActionStatus.DROPPED]
    return Board(
        rows=shown,
        count=len(every),
        overdue=sum(row.overdue for row in every),
        points=sums(part for row in counted for _, part in row.questions),
        budget=sum(row.action.budget or 0 for row in counted),
        columns=[(status, [row for row in shown if row.action.status == status]) for status in ActionStatus],
    )


def _fits(row: Row, wanted: Wanted, clusters: Mapping[str, str]) -> bool:
    action = row.action
    if wanted.overdue and not row.overdue:
        return False
    agencies = {action.agency_id, *(agency.pk for agency in action.supporting.all())}
    if wanted.agency and wanted.agency not in agencies:
        return False
    return not wanted.cluster or any(clusters[q.code] == wanted.cluster for q, _ in row.questions)


def rows_of(evaluation: Evaluation, actions: QuerySet[PlannedAction]) -> list[Row]:
    """Four queries: the actions with their parts, and the answers."""
    standing = standing_of(evaluation)
    return [row_of(evaluation, action, standing) for action in with_all(actions)]


def row_of(evaluation: Evaluation, action: PlannedAction, standing: Standing) -> Row:
    instrument = loaded(evaluation.edition.instrument)
    today = clock.now().astimezone(workflow.zone_of(evaluation)).date()
    found = []
    for row in action.questions.all():
        code = instrument.question_codes[row.question_id]
        now: Decimal = standing.now(code, documents_only=row.aim is None)
        part = Part(code, row.points_before, row.points_expected, now, documents=row.aim is None)
        found.append((instrument.spec.by_code[code], part))
    place = {code: number for number, code in enumerate(instrument.spec.by_code)}
    found.sort(key=lambda pair: place[pair[0].code])
    return Row(action, tuple(found), today)
