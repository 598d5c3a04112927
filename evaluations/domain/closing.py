"""Closing a stage with its snapshot, reopening it with a reason, and publishing the final results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from evaluations.domain import notices, objections, workflow
from evaluations.domain.evidence import intake
from evaluations.domain.rulings import standings
from evaluations.domain.submission import store_result
from evaluations.domain.workflow import Action
from evaluations.models import (
    Edition,
    Evaluation,
    Evidence,
    EvidenceForm,
    Stage,
    StageRecord,
    StageResult,
    State,
    VisitMode,
)
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


class StillOpen(Exception):
    """Questions without a decision. ``codes`` in the instrument's order."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(f"{len(codes)} pertanyaan belum diputuskan.")
        self.codes = list(codes)


def close_va(
    *, evaluation: Evaluation, letter_number: str, letter_date: date, letter: UploadedFile, by: User
) -> StageResult:
    """Close VA with the governor's letter. Raises ``StillOpen``, ``FileRefused`` or ``Refused``."""
    if not letter_number.strip():
        raise Refused("Isi nomor surat gubernur.")
    with intake.receive(letter, letter.name or "", declared=letter.content_type or "") as received:
        received.write()
        with transaction.atomic():
            evaluation = workflow.lock(evaluation, Action.CLOSE_VA, by=by)
            document = Evidence.objects.create(
                district_id=evaluation.district_id,
                form=EvidenceForm.FILE,
                title=f"Surat gubernur {letter_number.strip()}"[:200],
                added_at=clock.now(),
                added_by=by,
            )
            received.row(document, by=by)
            details = {"letter_number": letter_number.strip(), "letter_date": letter_date, "letter": document}
            return _close(evaluation, Stage.VA, details, by)


def close_vl(
    *,
    evaluation: Evaluation,
    mode: VisitMode,
    held_on: date,
    participants: Sequence[Mapping[str, object]],
    notes: Mapping[str, str],
    by: User,
) -> StageResult:
    """Close VL. ``participants`` are ``{"role": ..., "count": ...}``: roles and numbers, never names.

    Raises ``Refused`` while an objection against VA is possible or waits.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.CLOSE_VL, by=by)
        objections.ensure_settled(evaluation, Stage.VL)
        details = {
            "mode": mode,
            "held_on": held_on,
            "participants": [dict(part) for part in participants],
            "notes": {cluster: text.strip() for cluster, text in notes.items() if text.strip()},
        }
        return _close(evaluation, Stage.VL, details, by)


def close_vf(*, evaluation: Evaluation, by: User) -> StageResult:
    """Close VF: the final score. From here only an objection or a reopening changes anything."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.CLOSE_VF, by=by)
        return _close(evaluation, Stage.VF, {}, by)


def _close(evaluation: Evaluation, stage: Stage, details: Mapping[str, object], by: User) -> StageResult:
    undecided = [code for code, standing in standings(evaluation, stage).items() if standing.open]
    if undecided:
        raise StillOpen(undecided)
    result = store_result(evaluation, stage=stage, by=by)
    StageRecord.objects.create(
        evaluation=evaluation,
        stage=stage,
        result=result,
        written_at=result.taken_at,
        written_by=by,
        **details,
    )
    action = workflow.CLOSE[stage]
    target = workflow.TABLE[action].to
    if target is None:
        raise ValueError(f"{action} leads nowhere")
    workflow.move(evaluation, action, target, by=by)
    record(
        EventAction.STAGE_CLOSED,
        by=by,
        district=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        stage=str(stage),
        total=str(result.total),
        digest=result.digest,
    )
    notices.stage_closed(evaluation, stage, result, by=by)
    return result


def reopen(*, evaluation: Evaluation, stage: Stage, reason: str, by: User) -> Evaluation:
    """Take a closed stage up again. Stored results stay; closing again stores another. The reason is kept."""
    if not reason.strip():
        raise Refused("Tulis alasan pembukaan kembali; alasan ini tetap ada dalam riwayat.")
    action = workflow.REOPEN[stage]
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, action, by=by)
        target = workflow.TABLE[action].to
        if target is None:
            raise ValueError(f"{action} leads nowhere")
        if target is State.FILLING:
            before = State(evaluation.state)
            evaluation.state, evaluation.submitted_at, evaluation.submitted_by = target, None, None
            evaluation.save(update_fields=["state", "submitted_at", "submitted_by"])
            workflow.note_move(evaluation, action, before=before, by=by, reason=reason.strip())
        else:
            workflow.move(evaluation, action, target, by=by, reason=reason.strip())
        record(
            EventAction.STAGE_REOPENED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            stage=str(stage),
        )
        notices.reopened(evaluation, stage, by=by)
    return evaluation


def publish(*, edition: Edition, at: datetime, by: User) -> Edition:
    """Let the final results become public at ``at``. Can be moved until it has come."""
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.results_public_at and edition.results_public_at <= clock.now():
            raise Refused("Hasil periode ini sudah diumumkan. Waktunya tidak dapat diubah lagi.")
        if at <= clock.now():
            raise Refused("Waktu pengumuman harus di depan. Pilih tanggal dan jam yang akan datang.")
        edition.results_public_at = at
        edition.save(update_fields=["results_public_at"])
        record(EventAction.RESULTS_PUBLISHED, by=by, subject=f"periode:{edition.code}", at=at.isoformat())
        notices.publication(edition, at, by=by)
    return edition
