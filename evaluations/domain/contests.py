"""Reading objections: what can be contested, both sides, and the score before and after a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from evaluations.domain import objections
from evaluations.domain.rulings import as_ruling, closed_stages, stage_trees
from evaluations.models import (
    Decision,
    Evaluation,
    Objection,
    Stage,
    StageResult,
    State,
    Verdict,
    VerdictRevision,
    current_files,
)
from evaluations.scoring.rules import QuestionPoints
from evaluations.scoring.stages import rule_on
from indicators.domain.spec import Loaded, loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.models import Membership, User
from kla_portal.accounts.roles import Permission, Role, Scope, held_in, roles_with
from kla_portal.regions.models import District

CONTESTABLE = {Decision.CHANGE, Decision.REJECT}

CONTESTED = {State.VA_CLOSED: Stage.VA, State.FINAL: Stage.VF}
"""State -> the stage whose verdicts can be contested in it."""

BEFORE = {Stage.VA: Stage.EM, Stage.VF: Stage.VL}
"""The stage whose value a verdict of VA or VF took the place of."""


@dataclass(frozen=True)
class Ruled:
    """A verdict as it was given: with the points it brought."""

    decision: Decision
    reason: str
    points: QuestionPoints
    at: datetime
    by: User
    role: str


@dataclass(frozen=True)
class Trace:
    """The stage's result before and after the recount that a granted objection brought about."""

    before: StageResult
    after: StageResult

    @property
    def gain(self) -> Decimal:
        return self.after.total - self.before.total


@dataclass(frozen=True)
class Contest:
    """A verdict that was, or can be, contested. ``before``: the value it took the place of."""

    question: QuestionSpec
    claim: QuestionPoints
    before: QuestionPoints
    verdict: Ruled
    objection: Objection | None
    filed_role: str = ""
    decided_role: str = ""
    after: QuestionPoints | None = None
    """The points after a granted objection."""
    trace: Trace | None = None

    @property
    def state(self) -> str:
        if self.objection is None:
            return "open"
        return {None: "waiting", True: "granted", False: "refused"}[self.objection.granted]

    @property
    def lost(self) -> Decimal:
        return self.before.points - self.verdict.points.points


@dataclass(frozen=True)
class Window:
    ends_at: datetime | None
    closed: bool
    """The stage is closed, so that its verdicts are there to be seen."""
    running: bool


def window(evaluation: Evaluation, stage: Stage, now: datetime) -> Window:
    """When the stage's verdicts can be contested."""
    closed = stage in closed_stages(evaluation)
    ends = objections.window_ends(evaluation, stage) if closed else None
    return Window(ends, closed, ends is not None and now < ends)


def contests(evaluation: Evaluation, stage: Stage) -> list[Contest]:
    """Verdicts that changed or rejected a claim, and all that were contested, in the instrument's order.

    A fixed number of queries, whatever was decided.
    """
    filed = {
        objection.question_id: objection
        for objection in Objection.objects.filter(evaluation=evaluation, stage=stage)
        .select_related("filed_by", "decided_by")
        .prefetch_related("evidence", current_files("evidence"))
    }
    verdicts = {
        verdict.question_id: verdict
        for verdict in Verdict.objects.filter(evaluation=evaluation, stage=stage, reading=1).select_related(
            "updated_by"
        )
        if verdict.decision in CONTESTABLE or verdict.question_id in filed
    }
    given = _as_contested(verdicts, filed)
    people = [row.updated_by if isinstance(row, Verdict) else row.by for row in given.values()]
    people += [person for o in filed.values() for person in (o.filed_by, o.decided_by) if person]
    instrument = loaded(evaluation.edition.instrument)
    around = _Around(
        instrument,
        stage,
        points={
            name: {part.code: part for part in tree.questions()}
            for name, tree in stage_trees(evaluation).items()
        },
        roles=roles_of(people, evaluation.district),
        traces=_traces(evaluation, stage, filed.values()),
    )
    ids = [(question, instrument.question_ids[question.code]) for question in instrument.spec.questions()]
    return [around.contest(question, given[pk], filed.get(pk)) for question, pk in ids if pk in given]


@dataclass(frozen=True)
class _Around:
    """What every contest of a stage is read from."""

    instrument: Loaded
    stage: Stage
    points: Mapping[Stage, Mapping[str, QuestionPoints]]
    roles: Mapping[int, str]
    traces: Mapping[int, Trace]

    def contest(
        self, question: QuestionSpec, row: Verdict | VerdictRevision, objection: Objection | None
    ) -> Contest:
        before = self.points[BEFORE[self.stage]][question.code]
        return Contest(
            question=question,
            claim=self.points[Stage.EM][question.code],
            before=before,
            verdict=self._ruled(question, before, row),
            objection=objection,
            filed_role=self.roles.get(objection.filed_by_id, "") if objection else "",
            decided_role=self.roles.get(objection.decided_by_id or 0, "") if objection else "",
            after=self.points[self.stage][question.code] if objection and objection.granted else None,
            trace=self.traces.get(objection.pk) if objection else None,
        )

    def _ruled(self, question: QuestionSpec, before: QuestionPoints, row: Verdict | VerdictRevision) -> Ruled:
        """A deferred verdict, which is contested only after a reopening, leaves the points as they were."""
        ruling = as_ruling(self.instrument, question.code, row.decision, row.value, row.reason)
        by, at = (row.updated_by, row.updated_at) if isinstance(row, Verdict) else (row.by, row.at)
        return Ruled(
            decision=Decision(row.decision),
            reason=row.reason,
            points=rule_on(question, before, ruling, self.stage.upper()) if ruling else before,
            at=at,
            by=by,
            role=self.roles.get(by.pk, ""),
        )


def _as_contested(
    verdicts: Mapping[int, Verdict], filed: Mapping[int, Objection]
) -> dict[int, Verdict | VerdictRevision]:
    """Each verdict as it was when it was contested; one that was not, as it is. One query."""
    found: dict[int, Verdict | VerdictRevision] = dict(verdicts)
    contested = [verdict.pk for question, verdict in verdicts.items() if question in filed]
    rows = (
        VerdictRevision.objects.filter(verdict__in=contested)
        .select_related("by", "verdict")
        .order_by("version")
    )
    for row in rows:
        question_id = row.verdict.question_id
        if row.at <= filed[question_id].filed_at:
            found[question_id] = row
    return found


def _traces(evaluation: Evaluation, stage: Stage, filed: Iterable[Objection]) -> dict[int, Trace]:
    """Objection -> the results around its decision. One query."""
    moments = {objection.decided_at: objection.pk for objection in filed if objection.granted}
    results = list(
        StageResult.objects.filter(evaluation=evaluation, stage=stage).defer("snapshot").order_by("sequence")
    )
    return {
        moments[after.taken_at]: Trace(before, after)
        for before, after in pairwise(results)
        if after.taken_at in moments
    }


_ACTING = (
    roles_with(Permission.VERIFY) & held_in(Scope.NATIONAL),
    roles_with(Permission.VERIFY) & held_in(Scope.PROVINCE),
    roles_with(Permission.COORDINATE),
)
RANK = [role for group in _ACTING for role in Role if role in group]
"""The roles in which people rule, decide and object, the widest first."""


def roles_of(people: Iterable[User], district: District) -> dict[int, str]:
    """Person -> the name of the role in which they act for this district. One query."""
    found: dict[int, Role] = {}
    rows = Membership.objects.filter(user__in={person.pk for person in people})
    for row in rows.order_by("pk"):
        here = row.district_id == district.code or (
            row.district_id is None and row.province_id in {None, district.province_id}
        )
        role = Role(row.role)
        if (
            here
            and role in RANK
            and (row.user_id not in found or RANK.index(role) < RANK.index(found[row.user_id]))
        ):
            found[row.user_id] = role
    return {pk: role.label for pk, role in found.items()}
