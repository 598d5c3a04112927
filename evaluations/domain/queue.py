"""The verifier's queue: which districts wait, until when, how far their verification is, and who does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from evaluations.domain import deadlines, verification, workflow
from evaluations.domain.activity import with_latest
from evaluations.domain.contests import CONTESTED
from evaluations.domain.workflow import WORKING_STAGE, Action
from evaluations.models import (
    Answer,
    Decision,
    Edition,
    Evaluation,
    EvidenceLink,
    Extension,
    Objection,
    Return,
    ReturnItem,
    Stage,
    State,
    Verdict,
    VerifierAssignment,
)
from kla_portal.accounts.access import Refused, area_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.prepared import prepared
from kla_portal.regions.models import Province

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass
class Waiting:
    """One district in the queue. ``stage`` is what is worked on; in a return, the district works."""

    evaluation: Evaluation
    stage: Stage | None
    due_at: datetime | None
    claimed: int
    """Questions with an answer: what VA decides about."""
    decided: int
    """Verdicts of the stage that still stand; put-off ones do not count."""
    verifiers: list[str] = field(default_factory=list)
    may_verify: bool = False
    may_close: bool = False
    may_assign: bool = False
    may_extend: bool = False
    objections: int = 0
    """Those that wait for a decision."""
    contested: Stage | None = None
    """The stage whose verdicts can be contested now."""
    reopens: Stage | None = None
    """The stage that the person can take up again now."""
    latest: datetime | None = None
    """The last deed or step in it, where that was asked for."""


def waiting(
    *,
    edition: Edition,
    province: Province | None,
    by: User,
    condition: Q | None = None,
    mine: bool = False,
    dated: bool = False,
) -> list[Waiting]:
    """What the person sees, their own work first, then by deadline. One query for one district or 514.

    ``dated``: with ``latest``, which for 514 districts takes longer than all the rest.
    """
    found = Evaluation.objects.filter(
        area_of(by, Permission.SUPERVISE).filter("district__"), condition or Q(), edition=edition
    )
    if province:
        found = found.filter(district__province=province)
    found = _with_progress(with_latest(found) if dated else found).defer("unready")
    if mine:
        own = VerifierAssignment.objects.filter(
            evaluation=OuterRef("pk"), stage=OuterRef("stage_now"), verifier=by
        )
        found = found.filter(Exists(own))
    rows: dict[int, Waiting] = {}
    for evaluation in found.select_related("district__province").order_by("district__name", "pk"):
        row = rows.get(evaluation.pk)
        if row is None:
            evaluation.edition = edition
            row = rows[evaluation.pk] = _row(evaluation, by)
        if evaluation.verifier_name:
            row.verifiers.append(_named(evaluation))
    return sorted(rows.values(), key=_first_what_is_mine)


def _with_progress(found: Any) -> Any:
    """One row per evaluation and named verifier of the running stage; grouped by the caller."""
    stages = [When(state=state, then=Value(str(stage))) for state, stage in WORKING_STAGE.items()]
    assigned = FilteredRelation(
        "verifier_assignments", condition=Q(verifier_assignments__stage=F("stage_now"))
    )
    claims = Answer.objects.filter(evaluation=OuterRef("pk"), value__isnull=False)
    return (
        found.annotate(stage_now=Case(*stages, default=Value("")))
        .annotate(
            claims=Coalesce(Subquery(_count(claims)), 0),
            decisions=Coalesce(Subquery(_count(_fitting_verdicts())), 0),
            waiting_objections=Coalesce(Subquery(_count(_waiting_objections())), 0),
            extended_until=Subquery(_newest_extension(evaluation=OuterRef("pk"), sent_back__isnull=True)),
            returned_until=Coalesce(
                Subquery(
                    _newest_extension(sent_back__evaluation=OuterRef("pk"), sent_back__ended_at__isnull=True)
                ),
                Subquery(
                    Return.objects.filter(evaluation=OuterRef("pk"), ended_at__isnull=True).values("due_at")[
                        :1
                    ]
                ),
            ),
        )
        .annotate(assigned=assigned)
        .annotate(
            verifier_name=F("assigned__verifier__name"),
            verifier_cluster=F("assigned__cluster"),
            verifier_reading=F("assigned__reading"),
        )
    )


def _count(rows: Any) -> Any:
    return rows.order_by().values("evaluation").annotate(number=Count("pk")).values("number")


def _newest_extension(**condition: Any) -> Any:
    return Extension.objects.filter(**condition).order_by("-granted_at").values("due_at")[:1]


def _fitting_verdicts() -> Any:
    """First readings of the running stage that still stand: what was ruled on is as it was (``rulings.standing_of``).

    Evidence can only change after a verdict when the question went back to the district, so that is asked
    first: looking through all links for every verdict would take seconds for a country.
    """
    here = {"evaluation": OuterRef("evaluation"), "question": OuterRef("question")}
    same_claim = Answer.objects.filter(**here, version=OuterRef("answer_version"), value__isnull=False)
    went_back = ReturnItem.objects.filter(
        sent_back__evaluation=OuterRef("evaluation"), question=OuterRef("question")
    )
    links = {"evaluation": OuterRef("evaluation"), "slot__question": OuterRef("question")}
    moved = Q(added_at__gt=OuterRef("updated_at")) | Q(removed_at__gt=OuterRef("updated_at"))
    filed = Q(evidence__files__added_at__gt=OuterRef("updated_at"))
    filed |= Q(evidence__files__retired_at__gt=OuterRef("updated_at"))
    touched = EvidenceLink.objects.filter(moved, **links)
    refiled = EvidenceLink.objects.filter(filed, removed_at__isnull=True, **links)
    reopened = Q(updated_at__lt=F("evaluation__submitted_at")) | Q(Exists(went_back))
    overtaken = Verdict.objects.filter(**here, reading=1, updated_at__gt=OuterRef("updated_at")).exclude(
        stage__in=[OuterRef("stage"), Stage.VF]
    )
    follows = Q(decision=Decision.ACCEPT, stage__in=[Stage.VL, Stage.VF])
    changed = Case(
        When(reopened & (Q(Exists(touched)) | Q(Exists(refiled))), then=Value(True)),
        When(follows & Q(Exists(overtaken)), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        Verdict.objects.filter(Exists(same_claim), evaluation=OuterRef("pk"), stage=OuterRef("stage_now"))
        .filter(reading=1)
        .exclude(decision=Decision.DEFER)
        .alias(changed=changed)
        .filter(changed=False)
    )


def _waiting_objections() -> Any:
    return Objection.objects.filter(evaluation=OuterRef("pk"), granted__isnull=True)


def _row(evaluation: Any, by: User) -> Waiting:
    stage = WORKING_STAGE.get(State(evaluation.state))

    def may(action: Action | None) -> bool:
        return action is not None and workflow.refusal(evaluation, action, by=by) is None

    reopens = next(
        (stage for stage, action in workflow.REOPEN.items() if stage is not Stage.EM and may(action)),
        Stage.EM if may(Action.REOPEN_EM) else None,
    )
    return Waiting(
        evaluation=evaluation,
        stage=stage,
        due_at=_due_at(evaluation, stage),
        claimed=evaluation.claims,
        decided=evaluation.decisions,
        objections=evaluation.waiting_objections,
        contested=CONTESTED.get(State(evaluation.state)),
        may_verify=stage is not None and may(workflow.VERIFY.get(stage)),
        may_close=stage is not None and may(workflow.CLOSE.get(stage)),
        may_assign=stage in workflow.VERIFY and may(Action.ASSIGN_VERIFIER),
        may_extend=may(Action.EXTEND),
        reopens=reopens,
        latest=getattr(evaluation, "latest", None),
    )


def _due_at(evaluation: Any, stage: Stage | None) -> datetime | None:
    """Of the return, the extension, or the running stage's window in the district's own time."""
    if evaluation.state == State.RETURNED:
        until: datetime | None = evaluation.returned_until
        return until
    if stage is None:
        return None
    if stage is Stage.EM and evaluation.extended_until:
        extended: datetime = evaluation.extended_until
        return extended
    window = deadlines.window_of(evaluation, stage)
    return window.closes_at(workflow.zone_of(evaluation)) if window else None


def _named(evaluation: Any) -> str:
    where = f" ({evaluation.verifier_cluster})" if evaluation.verifier_cluster else ""
    again = ", pembacaan kedua" if evaluation.verifier_reading == 2 else ""
    return f"{evaluation.verifier_name}{where}{again}"


def _first_what_is_mine(row: Waiting) -> tuple[bool, bool, float]:
    """To be verified by me first, the nearest deadline first; ``sorted`` keeps the names' order."""
    return (not row.may_verify, row.due_at is None, row.due_at.timestamp() if row.due_at else 0.0)


# Who verifies what

Wanted = Mapping[tuple[str, int], User | None]
"""(Cluster code or "" for the whole district, reading) -> the verifier, or nobody."""


def people_for(evaluation: Evaluation, stage: Stage) -> list[User]:
    """Who can be named for a stage: the right role here, and not of this district. One query."""
    roles = workflow.TABLE[workflow.VERIFY[stage]].roles
    here = Q(memberships__province=evaluation.district.province_id)
    everywhere = Q(memberships__province__isnull=True, memberships__district__isnull=True)
    people = User.objects.filter(here | everywhere, memberships__role__in=roles, is_active=True)
    insiders = User.objects.filter(memberships__district=evaluation.district_id)
    return list(people.exclude(pk__in=insiders.values("pk")).distinct().order_by("name"))


def assignments_of(evaluation: Evaluation, stage: Stage) -> dict[tuple[str, int], VerifierAssignment]:
    """(Cluster, reading) -> who is named. One query."""
    return {(row.cluster, row.reading): row for row in _assignments(evaluation.pk, str(stage))}


@prepared
def _assignments(evaluation: int, stage: str) -> QuerySet[VerifierAssignment]:
    rows = VerifierAssignment.objects.filter(evaluation=evaluation, stage=stage)
    return rows.select_related("verifier")


def set_verifiers(*, evaluation: Evaluation, stage: Stage, wanted: Wanted, by: User) -> int:
    """Make the names what ``wanted`` says; all or none. Returns how many changed. Raises ``Refused``."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ASSIGN_VERIFIER, by=by)
        now = assignments_of(evaluation, stage)
        _must_differ(wanted)
        changed = 0
        for (cluster, reading), verifier in wanted.items():
            kept = now.get((cluster, reading))
            if (kept.verifier_id if kept else None) == (verifier.pk if verifier else None):
                continue
            changed += 1
            if verifier:
                verification.assign_verifier(
                    evaluation=evaluation,
                    stage=stage,
                    cluster=cluster,
                    verifier=verifier,
                    reading=reading,
                    by=by,
                )
            elif kept:
                kept.delete()
                _record_nobody(evaluation, stage, cluster, reading, by)
    return changed


def _must_differ(wanted: Wanted) -> None:
    """The second reading is another person's, in a cluster as in the whole district."""
    for (cluster, reading), second in wanted.items():
        first = wanted.get((cluster, 1)) or wanted.get(("", 1))
        if reading == 2 and second and first and first.pk == second.pk:
            where = f"klaster {cluster}" if cluster else "kabupaten/kota ini"
            raise Refused(f"{second} sudah pembaca pertama {where}; pilih orang lain untuk pembacaan kedua.")


def _record_nobody(evaluation: Evaluation, stage: Stage, cluster: str, reading: int, by: User) -> None:
    record(
        EventAction.VERIFIER_ASSIGNED,
        by=by,
        district=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        stage=str(stage),
        cluster=cluster,
        reading=reading,
        verifier=None,
    )
