"""Proof that a district has only now: into its library for an objection, while the objections of a stage run.

The document stands in no slot and scores nothing. It belongs to the objection once that names it, and stays then as
it is; until then it can be discarded like any document that stands nowhere.
"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from evaluations.domain import objections, workflow
from evaluations.domain.evidence import intake, quotas, slots
from evaluations.domain.evidence.library import add_document
from evaluations.models import Evaluation, Evidence, Stage
from kla_portal.accounts.models import User


def take_in(
    *, evaluation: Evaluation, stage: Stage, code: str, upload: UploadedFile, shrink: bool = False, by: User
) -> Evidence:
    """Put a file into the library, for the objection against the verdict on question ``code``.

    A file whose content the library has already is not kept twice: its document is given back. Raises
    ``FileRefused``, ``StoreDown`` or ``quotas.Full`` with the reason, ``Refused`` when the verdict cannot be
    contested (now, or by them). Then there is neither a row nor a file.
    """
    workflow.ensure(evaluation, workflow.OBJECT[stage], by=by)
    objections.contestable(evaluation, stage, code)
    declared = upload.content_type or ""
    with intake.receive(upload, upload.name or "", declared=declared, shrink=shrink) as received:
        slots.write_unless_known(received, evaluation, by)
        with transaction.atomic():
            evaluation = workflow.lock(evaluation, workflow.OBJECT[stage], by=by)
            objections.contestable(evaluation, stage, code)
            quotas.ensure_room(evaluation, None, received.size, new=bool(received.storage_name))
            return add_document(received, evaluation, by=by)
