"""Handing in the self-assessment: the answers freeze, the result is stored, a receipt is given."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from evaluations.checks import Finding, Severity
from evaluations.domain import notices, workflow
from evaluations.domain.checking import findings_of
from evaluations.domain.evidence import readiness
from evaluations.domain.snapshots import snapshot
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Stage, StageResult, State
from evaluations.scoring.score import digest
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class HasErrors(Exception):
    """There are findings that must be mended first."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} temuan harus diperbaiki sebelum mengajukan.")
        self.findings = findings


def submit(*, evaluation: Evaluation, by: User) -> StageResult:
    """Freeze the answers and store the EM result. Raises ``HasErrors`` or ``Refused``; all or nothing."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.SUBMIT, by=by)
        errors = [f for f in findings_of(evaluation) if f.severity is Severity.ERROR]
        if errors:
            raise HasErrors(errors)
        readiness.refresh(evaluation)
        result = store_result(evaluation, stage=Stage.EM, by=by)
        evaluation.submitted_at, evaluation.submitted_by = result.taken_at, by
        evaluation.state = State.SUBMITTED
        evaluation.save(update_fields=["state", "submitted_at", "submitted_by"])
        workflow.note_move(evaluation, Action.SUBMIT, before=State.FILLING, by=by)
        record(
            EventAction.EVALUATION_SUBMITTED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            receipt=result.receipt_number,
            total=str(result.total),
            digest=result.digest,
        )
        notices.submitted(evaluation, result, by=by)
    return result


def store_result(
    evaluation: Evaluation, *, stage: Stage, by: User, at: datetime | None = None
) -> StageResult:
    """The stage's snapshot, sealed. Numbered per district, edition and stage. EM's carries the safe score as kept."""
    now = at or clock.now()
    data = snapshot(evaluation, stage=stage, taken_at=now, draft=False)
    sequence = StageResult.objects.filter(evaluation=evaluation, stage=stage).count() + 1
    number = f"{stage.upper()}/{evaluation.edition.code}/{evaluation.district_id}/{sequence:02d}"
    return StageResult.objects.create(
        evaluation=evaluation,
        stage=stage,
        sequence=sequence,
        total=Decimal(data["score"]["total"]),
        predikat=data["score"]["predikat"]["code"],
        clusters={cluster["code"]: cluster["points"] for cluster in data["score"]["clusters"]},
        snapshot=data,
        safe_total=evaluation.safe_total if stage == Stage.EM else None,
        unready=evaluation.unready if stage == Stage.EM else None,
        instrument_digest=data["instrument"]["digest"],
        digest=digest(data),
        receipt_number=number,
        taken_at=now,
        taken_by=by,
    )
