"""Return only these: named questions go back with a deadline, come back changed, and nothing else moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from evaluations.domain import deadlines, notices, objections, workflow
from evaluations.domain.differences import differences
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, Extension, Return, ReturnItem, Stage, State
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

USUAL_TIME = timedelta(hours=48)
"""2 x 24 hours, the time a district has after field verification."""

STATE_OF = {Stage.VA: State.SUBMITTED, Stage.VL: State.VA_CLOSED}
"""Where a return goes back to when the district resubmits."""


def send_back(
    *,
    evaluation: Evaluation,
    stage: Stage,
    needed: Mapping[str, str],
    due_at: datetime,
    locks_at: datetime | None = None,
    message: str = "",
    by: User,
) -> Return:
    """Send the questions of ``needed`` (code -> what is needed) back until ``due_at``. Raises ``Refused``."""
    locks_at = locks_at or due_at
    _ensure_said(needed)
    _ensure_ahead("Batas waktu", due_at, locks_at)
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, workflow.SEND_BACK[stage], by=by)
        objections.ensure_settled(evaluation, stage)
        sent_back = Return.objects.create(
            evaluation=evaluation,
            stage=stage,
            sequence=evaluation.returns.count() + 1,
            message=message.strip(),
            due_at=due_at,
            locks_at=locks_at,
            sent_at=clock.now(),
            sent_by=by,
        )
        _name_questions(sent_back, needed)
        workflow.move(evaluation, workflow.SEND_BACK[stage], State.RETURNED, by=by)
        record(
            EventAction.EVALUATION_RETURNED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            stage=str(stage),
            codes=sorted(needed),
            due_at=due_at.isoformat(),
        )
        notices.returned(evaluation, sent_back, list(needed), by=by)
    return sent_back


def _ensure_said(needed: Mapping[str, str]) -> None:
    if not needed or not all(text.strip() for text in needed.values()):
        raise Refused(
            "Pilih pertanyaan yang dikembalikan dan tulis apa yang diperlukan pada tiap pertanyaan."
        )


def _ensure_ahead(what: str, due_at: datetime, locks_at: datetime) -> None:
    if due_at <= clock.now() or locks_at < due_at:
        raise Refused(
            f"{what} harus di depan, dan penguncian tidak boleh sebelum batas tepat waktu. "
            "Perbaiki tanggal atau jamnya."
        )


def _name_questions(sent_back: Return, needed: Mapping[str, str]) -> None:
    question_ids = loaded(sent_back.evaluation.edition.instrument).question_ids
    ReturnItem.objects.bulk_create(
        ReturnItem(sent_back=sent_back, question_id=question_ids[code], needed=text.strip())
        for code, text in needed.items()
    )


def resubmit(*, evaluation: Evaluation, by: User) -> Return:
    """The district hands the returned questions in again. Late, but before it locks, is possible and said."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.RESUBMIT, by=by)
        sent_back = deadlines.open_return(evaluation)
        if sent_back is None:
            raise Refused("Tidak ada pengembalian yang terbuka. Muat ulang halaman.")
        limit = deadlines.limit_of(evaluation, Stage(sent_back.stage))
        sent_back.ended_at, sent_back.ended_by = clock.now(), by
        late = limit is not None and sent_back.ended_at > limit.due_at
        sent_back.save(update_fields=["ended_at", "ended_by"])
        workflow.move(evaluation, Action.RESUBMIT, STATE_OF[Stage(sent_back.stage)], by=by)
        record(
            EventAction.EVALUATION_RESUBMITTED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            sequence=sent_back.sequence,
            late=late,
        )
        changed = [one.question.code for one in differences(evaluation, sent_back) if one.changed]
        notices.resubmitted(evaluation, sent_back, changed=changed, late=late, by=by)
    return sent_back


def take_back(*, evaluation: Evaluation, by: User) -> Return:
    """The deadline has passed and the district did not resubmit: the verifier goes on with what is there."""
    sent_back = deadlines.open_return(evaluation)
    if sent_back is None:
        raise Refused("Tidak ada pengembalian yang terbuka. Muat ulang halaman.")
    stage = Stage(sent_back.stage)
    action = workflow.SEND_BACK[stage]
    with transaction.atomic():
        evaluation = (
            Evaluation.objects.select_for_update(of=("self",))
            .with_place()
            .prefetch_related("edition__windows")
            .get(pk=evaluation.pk)
        )
        sent_back = deadlines.open_return(evaluation)
        limit = deadlines.limit_of(evaluation, stage)
        if sent_back is None or workflow.role_refusal(evaluation, action, by=by):
            raise Refused(
                "Pengembalian ini sudah selesai atau bukan wewenang Anda. Kembali ke daftar verifikasi."
            )
        if limit and clock.now() < limit.locks_at:
            raise Refused(
                f"Kabupaten/kota masih punya waktu sampai {deadlines.words(evaluation, limit.locks_at)}."
            )
        sent_back.ended_at, sent_back.ended_by = clock.now(), by
        sent_back.save(update_fields=["ended_at", "ended_by"])
        workflow.move(
            evaluation, action, STATE_OF[stage], by=by, reason="Batas waktu lewat tanpa pengajuan kembali."
        )
        record(
            EventAction.EVALUATION_RESUBMITTED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            sequence=sent_back.sequence,
            taken_back=True,
        )
        notices.return_ended(evaluation, sent_back, by=by)
    return sent_back


def extend(
    *, evaluation: Evaluation, due_at: datetime, locks_at: datetime, reason: str, by: User
) -> Extension:
    """More time for one district, before or after the deadline has passed. The reason stays in the history.

    The newest extension counts, so a longer one that was granted by mistake can be corrected; below the time that
    every district has it cannot fall.
    """
    if not reason.strip():
        raise Refused("Tulis alasan perpanjangan; kabupaten/kota lain akan menanyakannya.")
    _ensure_ahead("Batas waktu baru", due_at, locks_at)
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.EXTEND, by=by)
        sent_back = deadlines.open_return(evaluation)
        no_more = deadlines.no_extension(evaluation, due_at)
        if no_more:
            raise Refused(no_more)
        extension = Extension.objects.create(
            evaluation=evaluation,
            stage=sent_back.stage if sent_back else Stage.EM,
            sent_back=sent_back,
            due_at=due_at,
            locks_at=locks_at,
            reason=reason.strip(),
            granted_at=clock.now(),
            granted_by=by,
        )
        record(
            EventAction.DEADLINE_EXTENDED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            stage=extension.stage,
            due_at=due_at.isoformat(),
            locks_at=locks_at.isoformat(),
        )
        notices.extended(evaluation, extension, by=by)
    return extension
