"""What happens to an action: progress notes, its status, and the documents that show it was done."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.actions.content import ActionRefused
from evaluations.domain.actions.editing import locked, subject_of, touch
from evaluations.domain.assignments import own_agencies
from evaluations.domain.evidence.library import offered_to
from evaluations.domain.workflow import Action
from evaluations.models import ActionEvidence, ActionNote, ActionStatus, Evidence, PlannedAction
from kla_portal import clock
from kla_portal.accounts.access import Refused, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission, roles_with
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

NOTE_LIMIT = 2000
"""Characters of one progress note."""


def progress_refusal(action: PlannedAction, *, by: User) -> str | None:
    """Why ``by`` may not note progress here; ``None`` when they may. Two queries at most."""
    reason = workflow.role_refusal(action.evaluation, Action.REPORT_PROGRESS, by=by)
    if reason:
        return reason
    if roles_in(by, action.evaluation.district) & roles_with(Permission.COORDINATE):
        return None
    own = own_agencies(by, action.evaluation)
    if action.agency_id in own or any(agency.pk in own for agency in action.supporting.all()):
        return None
    return "Aksi ini milik perangkat daerah lain. Kemajuannya dicatat penanggung jawab atau pendukungnya."


def note(*, action: PlannedAction, text: str, status: ActionStatus, by: User) -> ActionNote:
    """What happened, and the status after it. Raises ``ActionRefused`` when it says nothing new."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > NOTE_LIMIT:
        raise ActionRefused("text", f"Paling panjang {NOTE_LIMIT} huruf. Pendekkan dahulu.")
    with transaction.atomic():
        current = _open(action, by=by)
        if not text and status == current.status:
            raise ActionRefused("text", "Tulis kemajuannya, atau ubah statusnya.")
        written = ActionNote.objects.create(action=current, text=text, status=status, at=clock.now(), by=by)
        if status != current.status:
            current.status = status
            touch(current, by=by)
            current.save(update_fields=["status", "version", "updated_at", "updated_by"])
        record(
            EventAction.ACTION_NOTED,
            by=by,
            district=current.evaluation.district_id,
            subject=subject_of(current),
            evaluation=current.evaluation_id,
            status=str(status),
        )
    return written


def prove(*, action: PlannedAction, documents: Collection[Evidence], by: User) -> int:
    """Documents of the own library beside the action. Returns how many are new."""
    with transaction.atomic():
        current = _open(action, by=by)
        wanted = {document.pk for document in documents}
        open_to = set(
            offered_to(by, current.evaluation.district_id).filter(pk__in=wanted).values_list("pk", flat=True)
        )
        if open_to != wanted:
            raise Refused("Ada dokumen yang tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.")
        new = wanted - set(current.evidence.values_list("evidence_id", flat=True))
        ActionEvidence.objects.bulk_create(
            ActionEvidence(action=current, evidence_id=pk, added_at=clock.now(), added_by=by) for pk in new
        )
        if new:
            _note_proof(current, by=by, added=sorted(map(str, new)))
    return len(new)


def unprove(*, action: PlannedAction, evidence: Evidence, by: User) -> bool:
    """Take one document off again; false when it was not there. The document itself stays in the library."""
    with transaction.atomic():
        current = _open(action, by=by)
        gone, _ = current.evidence.filter(evidence=evidence).delete()
        if gone:
            _note_proof(current, by=by, removed=[str(evidence.pk)])
    return bool(gone)


def _open(action: PlannedAction, *, by: User) -> PlannedAction:
    workflow.lock(action.evaluation, Action.REPORT_PROGRESS, by=by)
    current = locked(action)
    reason = progress_refusal(current, by=by)
    if reason:
        raise Refused(reason)
    return current


def _note_proof(action: PlannedAction, *, by: User, **data: list[str]) -> None:
    record(
        EventAction.ACTION_PROVED,
        by=by,
        district=action.evaluation.district_id,
        subject=subject_of(action),
        evaluation=action.evaluation_id,
        **data,
    )
