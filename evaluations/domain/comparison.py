"""Every stage of an evaluation side by side, as far as the person may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from evaluations.domain.letterheads import letterhead
from evaluations.domain.records import live_records
from evaluations.domain.rulings import closed_stages, reached_stage, rulings_of, trees
from evaluations.models import VERIFYING, Evaluation, Stage, StageResult, VerifierAssignment
from evaluations.reports.stages import StageInput, StagesReport, build_stages_report
from evaluations.scoring.score import ScoreTree, tree_from_dict
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import OF_THE_DISTRICT


@dataclass(frozen=True)
class Visible:
    """``stages`` in their order, EM always among them; ``closed``: those whose stored result stands."""

    stages: tuple[Stage, ...]
    closed: frozenset[Stage]

    @property
    def newest(self) -> Stage:
        return self.stages[-1]

    def running(self, stage: Stage) -> bool:
        return stage not in self.closed

    @property
    def key(self) -> str:
        """``em,va``: for a task that renders the same later."""
        return ",".join(self.stages)


@dataclass(frozen=True)
class StageView:
    """One stage to be shown: from its stored result where it is closed, else as it stands now."""

    stage: Stage
    running: bool
    tree: ScoreTree
    verdicts: Mapping[str, Mapping[str, Any]]
    result: StageResult | None


def sees_running(evaluation: Evaluation, user: User, stage: Stage) -> bool:
    """Whether the person sees the verdicts of a stage that is not closed.

    Not the district's own people, and not who reads the stage a second time: those marks are their own.
    """
    roles = roles_in(user, evaluation.district)
    if not roles or roles & OF_THE_DISTRICT:
        return False
    return not VerifierAssignment.objects.filter(
        evaluation=evaluation, stage=stage, reading=2, verifier=user
    ).exists()


def visible_stages(evaluation: Evaluation, user: User) -> Visible:
    """EM, each closed stage, and the running one for those who see it. At most three queries."""
    closed = closed_stages(evaluation)
    reached = reached_stage(evaluation)
    stages = [Stage.EM, *(Stage(stage) for stage in VERIFYING if stage in closed)]
    if reached not in stages and sees_running(evaluation, user, reached):
        stages.append(reached)
    return Visible(tuple(stages), frozenset(closed))


def stage_views(
    evaluation: Evaluation, stages: Iterable[Stage], closed: Iterable[Stage]
) -> dict[Stage, StageView]:
    """The wanted stages. At most six queries, however many stages there are."""
    stages, closed = list(stages), set(closed)
    results = _newest_results(evaluation, [stage for stage in stages if stage in closed])
    live: Mapping[Stage, ScoreTree] = {}
    verdicts: Mapping[str, Mapping[str, Any]] = {}
    if any(stage not in results for stage in stages):
        instrument = loaded(evaluation.edition.instrument)
        records = live_records(evaluation)
        values = {code: answer["value"] for code, answer in records.answers.items()}
        live, verdicts = trees(instrument, values, rulings_of(evaluation)), records.verdicts
    found = {}
    for stage in stages:
        result = results.get(stage)
        if result:
            tree = tree_from_dict(result.snapshot["score"])
            ruled = result.snapshot.get("verdicts", {}).get(str(stage), {})
        else:
            tree, ruled = live[stage], verdicts.get(str(stage), {})
        found[stage] = StageView(stage, stage not in closed, tree, ruled, result)
    return found


def _newest_results(evaluation: Evaluation, stages: list[Stage]) -> dict[Stage, StageResult]:
    """The newest result of each stage, snapshots included; the superseded ones stay unread."""
    if not stages:
        return {}
    newest = (
        StageResult.objects.filter(evaluation=OuterRef("evaluation"), stage=OuterRef("stage"))
        .order_by("-sequence")
        .values("pk")[:1]
    )
    rows = StageResult.objects.filter(evaluation=evaluation, stage__in=stages, pk=Subquery(newest))
    return {Stage(row.stage): row for row in rows}


def comparison(evaluation: Evaluation, stages: Iterable[Stage], closed: Iterable[Stage]) -> StagesReport:
    """The frozen comparison of these stages: for the page, the PDF and the workbook."""
    views = stage_views(evaluation, stages, closed)
    district = evaluation.district
    return build_stages_report(
        instrument=loaded(evaluation.edition.instrument).spec,
        stages=[
            StageInput(
                stage=str(view.stage),
                tree=view.tree,
                verdicts=view.verdicts,
                running=view.running,
                taken_at=view.result.taken_at if view.result else None,
                receipt_number=view.result.receipt_number if view.result else "",
            )
            for view in views.values()
        ],
        edition_name=evaluation.edition.name,
        district=(district.code, district.name),
        province_name=district.province.name,
        printed_at=clock.now(),
        zone=district.province.zone,
        letterhead=letterhead(district.province),
        edition_code=evaluation.edition.code,
    )
