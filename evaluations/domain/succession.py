"""Which of an evaluation's stored results are in force, and what took the place of the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise

from evaluations.domain import workflow
from evaluations.domain.rulings import closed_stages
from evaluations.models import Evaluation, Objection, Stage, StageResult, StateChange
from indicators.domain.spec import loaded


@dataclass(frozen=True)
class InForce:
    """The newest result of a stage. ``reopened``: the stage was taken up again and is not closed yet."""

    result: StageResult
    reopened: bool


@dataclass(frozen=True)
class Replaced:
    """``newer``: the result in its place now; ``cause``: what ended it, in words, empty where that is not known."""

    result: StageResult
    newer: StageResult
    cause: str


@dataclass(frozen=True)
class Succession:
    """Both the latest stage first; of one stage the newest result first."""

    in_force: list[InForce]
    replaced: list[Replaced]


def succession(evaluation: Evaluation) -> Succession:
    """Without the snapshots. Three queries, two more where a result was replaced."""
    rows = StageResult.objects.filter(evaluation=evaluation).defer("snapshot").order_by("stage", "sequence")
    found = {Stage(stage): list(results) for stage, results in groupby(rows, key=lambda row: row.stage)}
    closed = closed_stages(evaluation) if found else set()
    latest_first = [stage for stage in reversed(Stage) if stage in found]
    in_force = [InForce(found[stage][-1], stage not in closed) for stage in latest_first]
    pairs = [pair for stage in latest_first for pair in reversed(list(pairwise(found[stage])))]
    causes = _causes(evaluation, pairs) if pairs else {}
    replaced = [
        Replaced(result, found[Stage(result.stage)][-1], causes.get(following.pk, ""))
        for result, following in pairs
    ]
    return Succession(in_force, replaced)


def _causes(evaluation: Evaluation, pairs: list[tuple[StageResult, StageResult]]) -> dict[int, str]:
    """Result -> what brought it about: the objection it was stored with, else the reopening before it. Two queries."""
    codes = loaded(evaluation.edition.instrument).question_codes
    granted = {
        (row.stage, row.decided_at): codes[row.question_id]
        for row in Objection.objects.filter(evaluation=evaluation, granted=True)
    }
    opening = {action.name.lower(): stage for stage, action in workflow.REOPEN.items()}
    moves = list(StateChange.objects.filter(evaluation=evaluation, action__in=opening).order_by("at", "pk"))
    causes = {}
    for result, following in pairs:
        code = granted.get((following.stage, following.taken_at))
        reopened = [
            move.reason
            for move in moves
            if opening[move.action] == following.stage and result.taken_at <= move.at <= following.taken_at
        ]
        if code:
            causes[following.pk] = f"sanggah atas pertanyaan {code} dikabulkan"
        elif reopened:
            causes[following.pk] = f"tahap dibuka kembali: {reopened[-1].rstrip('.')}"
    return causes
