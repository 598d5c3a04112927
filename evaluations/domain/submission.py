"""Handing in the self-assessment: the answers freeze, the result is stored, a receipt is given."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from evaluations.checks import Finding, Severity
from evaluations.domain import deadlines, notices, workflow
from evaluations.domain.checking import findings_of
from evaluations.domain.evidence import readiness
from evaluations.domain.snapshots import snapshot
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Stage, StageResult, State
from evaluations.scoring.score import digest
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class NotReady(Exception):
    """The evaluation cannot go in as it stands; the words say why and what to do."""


class HasErrors(NotReady):
    """There are findings that must be mended first."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} temuan harus diperbaiki sebelum mengajukan.")
        self.findings = findings


class NothingAnswered(NotReady):
    """Not one question is answered: there is nothing to verify."""

    def __init__(self) -> None:
        super().__init__(
            "Belum ada satu pun pertanyaan yang dijawab; evaluasi kosong tidak dapat diajukan. "
            "Jawab pertanyaannya dahulu, lalu ajukan."
        )


class Incomplete(NotReady):
    """``count`` questions are unanswered, and nobody has said that this is meant."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} pertanyaan belum dijawab dan akan dihitung 0. Jawab dahulu, atau centang bahwa Anda "
            "tetap mengajukan."
        )
        self.count = count


def unanswered(evaluation: Evaluation) -> int:
    """How many questions are without a complete answer, by what is kept."""
    return len(loaded(evaluation.edition.instrument).question_codes) - evaluation.answered_count


def said_late(evaluation: Evaluation, now: datetime) -> bool:
    """Whether it was submitted late; while the district fills in, whether submitting ``now`` would be."""
    at = now if evaluation.state == State.FILLING else evaluation.submitted_at
    return at is not None and deadlines.late(evaluation, Stage.EM, at)


def over(evaluation: Evaluation, now: datetime) -> str | None:
    """Why it is too late for a self-assessment that was never submitted, in words; ``None`` where it is not."""
    limit = deadlines.limit_of(evaluation, Stage.EM) if evaluation.state == State.FILLING else None
    if limit is None or now < limit.locks_at:
        return None
    return deadlines.refusal(evaluation, Stage.EM, now)


def submit(*, evaluation: Evaluation, by: User, incomplete_accepted: bool = False) -> StageResult:
    """Freeze the answers and store the EM result; all or nothing. Late, but before it locks, is possible and said.

    Raises ``Refused`` or one of ``NotReady``: an evaluation with unanswered questions goes in only where it is said
    that this is meant, and one without any answer never.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.SUBMIT, by=by)
        errors = [f for f in findings_of(evaluation) if f.severity is Severity.ERROR]
        if errors:
            raise HasErrors(errors)
        readiness.refresh(evaluation)
        if not evaluation.answered_count:
            raise NothingAnswered
        if unanswered(evaluation) and not incomplete_accepted:
            raise Incomplete(unanswered(evaluation))
        result = store_result(evaluation, stage=Stage.EM, by=by)
        after_due = deadlines.late(evaluation, Stage.EM, result.taken_at)
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
            late=after_due,
        )
        notices.submitted(evaluation, result, late=after_due, by=by)
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
