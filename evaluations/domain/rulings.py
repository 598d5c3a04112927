"""Reading verdicts: the rulings of each stage, what is still open, and the score of every stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from evaluations.domain import deadlines
from evaluations.domain.progress import answer_values
from evaluations.domain.workflow import WORKING_STAGE
from evaluations.models import (
    VERIFYING,
    Answer,
    Decision,
    Evaluation,
    EvidenceLink,
    Stage,
    StageResult,
    State,
    Verdict,
)
from evaluations.scoring.rules import read_answer
from evaluations.scoring.score import ScoreTree, score
from evaluations.scoring.stages import Ruling, stage_tree
from indicators.domain.spec import Loaded, loaded

Rulings = dict[Stage, dict[str, Ruling]]


def as_ruling(
    instrument: Loaded, code: str, decision: str, value: Mapping[str, object] | None, reason: str
) -> Ruling | None:
    """A stored verdict as scoring reads it; ``None`` for one that was put off."""
    if decision == Decision.DEFER:
        return None
    answer = read_answer(instrument.spec.by_code[code].rule, value)
    return Ruling(decision, answer, reason)  # type: ignore[arg-type]


def rulings_of(evaluation: Evaluation) -> Rulings:
    """The first verifiers' rulings by stage and question code. One query."""
    instrument = loaded(evaluation.edition.instrument)
    found: Rulings = {Stage(stage): {} for stage in VERIFYING}
    for verdict in Verdict.objects.filter(evaluation=evaluation, reading=1):
        code = instrument.question_codes[verdict.question_id]
        ruling = as_ruling(instrument, code, verdict.decision, verdict.value, verdict.reason)
        if ruling:
            found[Stage(verdict.stage)][code] = ruling
    return found


def trees(
    instrument: Loaded, values: Mapping[str, Mapping[str, object] | None], rulings: Rulings
) -> dict[Stage, ScoreTree]:
    """The score of every stage: each takes its rulings where there are any, else the stage before."""
    tree = score(instrument.spec, values)
    found = {Stage.EM: tree}
    for stage in VERIFYING:
        tree = stage_tree(instrument.spec, tree, rulings.get(Stage(stage), {}), stage.upper())
        found[Stage(stage)] = tree
    return found


def stage_trees(evaluation: Evaluation) -> dict[Stage, ScoreTree]:
    """The same as things stand now. Two queries beside the cached instrument."""
    instrument = loaded(evaluation.edition.instrument)
    return trees(instrument, answer_values(evaluation, instrument), rulings_of(evaluation))


@dataclass(frozen=True)
class Standing:
    """Where one question stands at the stage that is being verified."""

    code: str
    verdict: Verdict | None
    stale: bool
    """The claim or its evidence changed since the verdict."""
    claimed: bool
    """There is an answer to verify at all."""

    @property
    def open(self) -> bool:
        decided = self.verdict is not None and self.verdict.decision != Decision.DEFER and not self.stale
        return self.claimed and not decided


def standings(evaluation: Evaluation, stage: Stage, *, reading: int = 1) -> dict[str, Standing]:
    """Every question by code. Three queries. At VL and VF a question without a verdict keeps VA's: never open."""
    instrument = loaded(evaluation.edition.instrument)
    answers = {
        row.question_id: row
        for row in Answer.objects.filter(evaluation=evaluation).only("question_id", "version", "value")
    }
    touched = _evidence_touched(evaluation)
    verdicts = {
        verdict.question_id: verdict
        for verdict in Verdict.objects.filter(
            evaluation=evaluation, stage=stage, reading=reading
        ).select_related("updated_by")
    }
    found = {}
    for question in instrument.spec.questions():
        question_id = instrument.question_ids[question.code]
        verdict, answer = verdicts.get(question_id), answers.get(question_id)
        stale = verdict is not None and (
            verdict.answer_version != (answer.version if answer else 0)
            or (question_id in touched and touched[question_id] > verdict.updated_at)
        )
        claimed = answer is not None and answer.value is not None and stage == Stage.VA
        found[question.code] = Standing(
            question.code, verdict, stale, claimed or (verdict is not None and stale)
        )
    return found


def _evidence_touched(evaluation: Evaluation) -> dict[int, datetime]:
    """Question id -> when a document was last put in or taken out."""
    rows = (
        EvidenceLink.objects.filter(evaluation=evaluation)
        .values("slot__question_id")
        .annotate(added=Max("added_at"), removed=Max("removed_at"))
    )
    return {
        row["slot__question_id"]: max(moment for moment in (row["added"], row["removed"]) if moment)
        for row in rows
    }


def closed_stages(evaluation: Evaluation) -> set[Stage]:
    """The stages with a stored result that still stands: what the district may see."""
    order = list(Stage)
    stored = {
        Stage(stage)
        for stage in StageResult.objects.filter(evaluation=evaluation).values_list("stage", flat=True)
    }
    reached = order.index(reached_stage(evaluation))
    return {stage for stage in stored if order.index(stage) < reached or evaluation.state == State.FINAL}


def reached_stage(evaluation: Evaluation) -> Stage:
    """The stage that is being worked on now; for a return, the stage that sent it back."""
    sent_back = deadlines.open_return(evaluation)
    if sent_back:
        return Stage(sent_back.stage)
    return WORKING_STAGE.get(State(evaluation.state), Stage.VF)
