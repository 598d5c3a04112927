"""The past of an evaluation: where it stood at any moment, what differs since, and one question's whole story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from evaluations.domain.comparison import sees_running, visible_stages
from evaluations.domain.records import live_records
from evaluations.domain.rulings import closed_stages
from evaluations.domain.snapshots import compose, snapshot_at
from evaluations.domain.workflow import WORKING_STAGE
from evaluations.models import Evaluation, Return, Stage, StageResult, State, StateChange
from evaluations.reports.stages import AGAINST, DECISIONS
from evaluations.scoring.rules import QuestionPoints
from evaluations.scoring.score import ClusterPoints, IndicatorPoints, ScoreTree, tree_from_dict
from kla_portal import clock
from kla_portal.accounts.access import roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import OF_THE_DISTRICT


@dataclass(frozen=True)
class Position:
    """Where an evaluation stood at a moment; ``closed``: the stages whose result stood then."""

    state: State
    stage: Stage
    """The stage that was being worked on; for a return, the stage that sent it back."""
    closed: frozenset[Stage]


def position_at(evaluation: Evaluation, moment: datetime) -> Position:
    """From the state changes, the returns and the stored results up to ``moment``. Three queries."""
    last = StateChange.objects.filter(evaluation=evaluation, at__lte=moment).order_by("at", "pk").last()
    state = State(last.after) if last else State.FILLING
    sent_back = (
        Return.objects.filter(evaluation=evaluation, sent_at__lte=moment)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment))
        .order_by("sequence")
        .last()
    )
    stage = WORKING_STAGE.get(state, Stage.VF)
    if state is State.RETURNED and sent_back:
        stage = Stage(sent_back.stage)
    stored = StageResult.objects.filter(evaluation=evaluation, taken_at__lte=moment)
    closed = {
        Stage(name)
        for name in stored.values_list("stage", flat=True)
        if Stage(name) in stage.earlier or state is State.FINAL
    }
    return Position(state, stage, frozenset(closed))


def shown_stage(evaluation: Evaluation, position: Position, user: User) -> Stage:
    """The stage whose verdicts of that moment the person sees: the district never those of an open stage.

    Who reads a stage a second time sees its first marks once it is closed.
    """
    if position.stage == Stage.EM or position.stage in position.closed:
        return position.stage
    if sees_running(evaluation, user, position.stage):
        return position.stage
    of_the_district = bool(roles_in(user, evaluation.district) & OF_THE_DISTRICT)
    if not of_the_district and position.stage in closed_stages(evaluation):
        return position.stage
    return max((Stage.EM, *position.closed), key=list(Stage).index)


@dataclass(frozen=True)
class Moment:
    """A moment worth looking at: a change of state or a stored result."""

    at: datetime
    words: str
    reason: str = ""


def moments(evaluation: Evaluation) -> list[Moment]:
    """Every change of state, newest first. One query."""
    rows = StateChange.objects.filter(evaluation=evaluation).order_by("-at", "-pk")
    return [Moment(row.at, _move(row), row.reason) for row in rows]


def _move(row: StateChange) -> str:
    return f"{State(row.before).label} → {State(row.after).label}"


@dataclass(frozen=True)
class QuestionThen:
    """One question in two states of the evaluation."""

    code: str
    answer_then: str
    answer_now: str
    points_then: Decimal
    points_now: Decimal
    note_changed: bool
    added: tuple[str, ...]
    """Titles of documents that stand there now and did not then."""
    removed: tuple[str, ...]
    verdict_changed: bool

    @property
    def step(self) -> Decimal:
        return self.points_now - self.points_then


@dataclass(frozen=True)
class AsOf:
    """The evaluation as it stood at ``moment``, and what is different now. ``snapshot`` as domain/snapshots.py."""

    moment: datetime
    position: Position
    stage: Stage
    """The stage whose score is shown."""
    snapshot: Mapping[str, Any]
    tree: ScoreTree
    stage_now: Stage
    tree_now: ScoreTree
    differences: tuple[QuestionThen, ...]

    @property
    def step(self) -> Decimal:
        return self.tree_now.total - self.tree.total


def as_of(evaluation: Evaluation, moment: datetime, *, by: User) -> AsOf:
    """Everything at ``moment`` (that moment included), as far as ``by`` sees it. ``ValueError`` for the future."""
    if moment > clock.now():
        raise ValueError("the future has not been recorded")
    position = position_at(evaluation, moment)
    stage = shown_stage(evaluation, position, by)
    then = snapshot_at(evaluation, moment, stage=stage, draft=True)
    stage_now = visible_stages(evaluation, by).newest
    now = compose(evaluation, live_records(evaluation), stage=stage_now, taken_at=clock.now(), draft=True)
    tree, tree_now = tree_from_dict(then["score"]), tree_from_dict(now["score"])
    return AsOf(
        moment, position, stage, then, tree, stage_now, tree_now, differences(then, now, tree, tree_now)
    )


def differences(
    then: Mapping[str, Any], now: Mapping[str, Any], tree: ScoreTree, tree_now: ScoreTree
) -> tuple[QuestionThen, ...]:
    """The questions that differ between two snapshots, in the instrument's order."""
    found = []
    for before, after in zip(tree.questions(), tree_now.questions(), strict=True):
        code = before.code
        documents, documents_now = _documents(then, code), _documents(now, code)
        row = QuestionThen(
            code=code,
            answer_then=before.answer_text,
            answer_now=after.answer_text,
            points_then=before.points,
            points_now=after.points,
            note_changed=_note(then, code) != _note(now, code),
            added=_titles(documents_now, documents),
            removed=_titles(documents, documents_now),
            verdict_changed=_verdicts(then, code) != _verdicts(now, code),
        )
        if (
            (row.answer_then, row.points_then) != (row.answer_now, row.points_now)
            or row.note_changed
            or row.added
            or row.removed
            or row.verdict_changed
        ):
            found.append(row)
    return tuple(found)


def _note(snapshot: Mapping[str, Any], code: str) -> str:
    note: str = snapshot["answers"].get(code, {}).get("note", "")
    return note


def _documents(snapshot: Mapping[str, Any], code: str) -> list[tuple[int, str, str, str]]:
    return [
        (slot["slot"], item["sha256"] or item["url"], item["pages"], item["title"])
        for slot in snapshot["evidence"].get(code, [])
        for item in slot["items"]
    ]


def _titles(
    these: Iterable[tuple[int, str, str, str]], others: Iterable[tuple[int, str, str, str]]
) -> tuple[str, ...]:
    known = set(others)
    return tuple(document[3] for document in these if document not in known)


def _verdicts(snapshot: Mapping[str, Any], code: str) -> dict[str, tuple[str, Any]]:
    """The verdicts that changed something: to accept, or to put off, changes nothing."""
    return {
        stage: (by_code[code]["decision"], by_code[code]["value"])
        for stage, by_code in snapshot["verdicts"].items()
        if code in by_code and by_code[code]["decision"] in AGAINST
    }


@dataclass(frozen=True)
class QuestionState:
    """One question as it stood: read-only, for the page."""

    points: QuestionPoints
    note: str
    at: datetime | None
    """When the answer was last saved before that moment."""
    documents: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    """Slot label and what stood in it; empty slots are left out."""
    verdicts: tuple[tuple[str, str, str], ...]
    """Stage, decision and reason."""


Part = tuple[ClusterPoints, list[tuple[IndicatorPoints, list[QuestionState]]]]


def parts(found: AsOf) -> list[Part]:
    """Every question of the moment, by cluster and indicator."""
    return [
        (
            cluster,
            [
                (indicator, [_state(found.snapshot, points) for points in indicator.questions])
                for indicator in cluster.indicators
            ],
        )
        for cluster in found.tree.clusters
    ]


def _state(snapshot: Mapping[str, Any], points: QuestionPoints) -> QuestionState:
    code = points.code
    answer = snapshot["answers"].get(code, {})
    slots = snapshot["evidence"].get(code, [])
    verdicts = [
        (stage.upper(), by_code[code]) for stage, by_code in snapshot["verdicts"].items() if code in by_code
    ]
    return QuestionState(
        points=points,
        note=answer.get("note", ""),
        at=datetime.fromisoformat(answer["updated_at"]) if answer else None,
        documents=tuple((slot["label"], tuple(slot["items"])) for slot in slots if slot["items"]),
        verdicts=tuple((stage, DECISIONS[row["decision"]], row["reason"]) for stage, row in verdicts),
    )
