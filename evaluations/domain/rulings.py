"""Reading verdicts: the rulings of each stage, what is still open, and the score of every stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, Q

from evaluations.domain import deadlines
from evaluations.domain.progress import answer_values
from evaluations.domain.workflow import WORKING_STAGE
from evaluations.models import (
    VERIFYING,
    Answer,
    Decision,
    Evaluation,
    EvidenceLink,
    Return,
    Stage,
    StageResult,
    State,
    Verdict,
)
from evaluations.scoring.rules import read_answer
from evaluations.scoring.score import ScoreTree, score
from evaluations.scoring.stages import Ruling, stage_tree
from indicators.domain.spec import Loaded, loaded
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
    """What was ruled on changed since: by the stage's own verdict, or where there is none by the stage's before."""
    due: bool
    """There is something to decide."""

    @property
    def open(self) -> bool:
        decided = self.verdict is not None and self.verdict.decision != Decision.DEFER and not self.stale
        return self.due and not decided


def standings(evaluation: Evaluation, stage: Stage, *, reading: int = 1) -> dict[str, Standing]:
    """Every question by code, as ``standing_of`` says. Three queries."""
    instrument = loaded(evaluation.edition.instrument)
    answers = {
        row.question_id: row
        for row in Answer.objects.filter(evaluation=evaluation).only("question_id", "version", "value")
    }
    touched = evidence_touched(evaluation)
    verdicts: dict[int, dict[str, Verdict]] = {}
    for verdict in Verdict.objects.filter(evaluation=evaluation, reading=reading).select_related(
        "updated_by"
    ):
        verdicts.setdefault(verdict.question_id, {})[verdict.stage] = verdict
    found = {}
    for question in instrument.spec.questions():
        question_id = instrument.question_ids[question.code]
        answer = answers.get(question_id)
        found[question.code] = standing_of(
            question.code,
            stage,
            answered=answer is not None and answer.value is not None,
            version=answer.version if answer else 0,
            touched=touched.get(question_id),
            verdicts=verdicts.get(question_id, {}),
            reading=reading,
        )
    return found


def standing_of(
    code: str,
    stage: Stage,
    *,
    answered: bool,
    version: int,
    touched: datetime | None,
    verdicts: Mapping[str, Verdict],
    reading: int = 1,
) -> Standing:
    """One question at a stage. ``version``: of the answer; ``touched``: when its documents last changed;
    ``verdicts``: of this reading, by stage.

    At VA every answer waits for a verdict. At VL and VF a question keeps what the stage before left, unless its answer
    or documents changed since it was ruled on (a return), nobody ever ruled on it, or its verdict was put off.
    """
    own = verdicts.get(stage)
    before = VERIFYING[: VERIFYING.index(stage)] if reading == 1 else ()
    earlier = [verdicts[name] for name in before if name in verdicts]
    last = own or (earlier[-1] if earlier else None)
    stale = last is not None and (
        last.answer_version != version
        or (touched is not None and touched > last.updated_at)
        or (own is not None and _overtaken(own, earlier))
    )
    ruled_or_kept = stage != Stage.VA and (last is not None or reading == 2)
    due = own is not None if ruled_or_kept else answered
    return Standing(code, own, stale, due or stale)


def _overtaken(own: Verdict, earlier: Iterable[Verdict]) -> bool:
    """It accepted what an earlier stage had ruled, and that was ruled anew: an objection, a stage that was reopened."""
    return own.decision == Decision.ACCEPT and any(one.updated_at > own.updated_at for one in earlier)


def evidence_touched(evaluation: Evaluation) -> dict[int, datetime]:
    """Question id -> when its documents last changed: one put in or taken out, a file of one added or replaced."""
    return {
        question: max(moment for moment in moments if moment)
        for question, *moments in _touched(evaluation.pk)
    }


@prepared
def _touched(evaluation: int) -> QuerySet[EvidenceLink, tuple[Any, ...]]:
    standing = Q(removed_at__isnull=True)
    return (
        EvidenceLink.objects.filter(evaluation=evaluation)
        .values_list("slot__question_id")
        .annotate(
            added=Max("added_at"),
            removed=Max("removed_at"),
            filed=Max("evidence__files__added_at", filter=standing),
            retired=Max("evidence__files__retired_at", filter=standing),
        )
    )


def closed_stages(evaluation: Evaluation) -> set[Stage]:
    """The stages with a stored result that still stands: what the district may see. One query."""
    return {Stage(stage) for (stage,) in _closed(evaluation.pk)}


@prepared
def _closed(evaluation: int) -> QuerySet[StageResult, tuple[Any, ...]]:
    return standing_results().filter(evaluation=evaluation).values_list("stage")


def standing_results(*stages: Stage) -> QuerySet[StageResult]:
    """The results of these stages (none named: of each) where the stage is closed now.

    Superseded ones too: the newest of a stage is the one in force.
    """
    wanted = (Q(_stands(stage), stage=stage) for stage in stages or Stage)
    return StageResult.objects.filter(reduce(or_, wanted))


def _stands(stage: Stage) -> Q:
    """A later stage is worked on, or everything is over. In a return, the stage that sent it back is worked on."""
    states = [state for state, working in WORKING_STAGE.items() if working in stage.later]
    found = Q(evaluation__state__in=[*states, State.FINAL])
    if stage.later:
        rows = Return.objects.filter(evaluation=OuterRef("evaluation"), ended_at__isnull=True)
        found |= Q(Exists(rows.filter(stage__in=stage.later)), evaluation__state=State.RETURNED)
    return found


def reached_stage(evaluation: Evaluation) -> Stage:
    """The stage that is being worked on now; for a return, the stage that sent it back."""
    sent_back = deadlines.open_return(evaluation)
    if sent_back:
        return Stage(sent_back.stage)
    return WORKING_STAGE.get(State(evaluation.state), Stage.VF)
