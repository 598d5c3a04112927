"""Who opened documents on children, and who took a district's evidence away as one file: written down.

A download that goes on where it broke off is one opening, not many.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from evaluations.domain.evidence.archive import Archive
from evaluations.domain.evidence.children import sensitive_codes
from evaluations.domain.evidence.library import subject_of
from evaluations.domain.evidence.slots import note_opening
from evaluations.models import Evaluation, Evidence
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import Event, EventAction

GOES_ON = timedelta(hours=1)
"""A later part that is asked for within this time belongs to the opening before it."""
GLIMPSE = timedelta(days=1)
"""The same for small pictures; a proper opening within this time says as much."""
EXPORT_GOES_ON = timedelta(days=2)
"""The same for a whole library over a weak network."""


def note(*, evidence: Evidence, continued: bool, by: User) -> None:
    """Log the opening of a document at a question on children. ``continued``: a later part of the file."""
    if continued and _noted(EventAction.EVIDENCE_OPENED, subject_of(evidence.pk), GOES_ON, by):
        return
    note_opening(evidence=evidence, by=by)


def note_glimpse(*, evidence: Evidence, by: User) -> None:
    """Log that the small picture of a document on children was seen: once per person, document and day.

    A library shows many at once, each time it is opened; what matters is who could see which child, and when.
    """
    if not _noted(EventAction.EVIDENCE_OPENED, subject_of(evidence.pk), GLIMPSE, by):
        note_opening(evidence=evidence, by=by)


def note_export(*, evaluation: Evaluation, archive: Archive, continued: bool, by: User) -> None:
    """Log one download of many documents, and each of them that can be about children."""
    subject = f"evaluasi:{evaluation.pk}"
    digest = archive.digest
    if continued and _noted(EventAction.EVIDENCE_EXPORTED, subject, EXPORT_GOES_ON, by, digest=digest):
        return
    sensitive = sensitive_codes(evaluation.district_id)
    with transaction.atomic():
        record(
            EventAction.EVIDENCE_EXPORTED,
            by=by,
            district=evaluation.district_id,
            subject=subject,
            files=archive.files,
            size=archive.size,
            digest=digest,
        )
        for document in (one for one in sensitive if one in archive.documents):
            record(
                EventAction.EVIDENCE_OPENED,
                by=by,
                district=evaluation.district_id,
                subject=subject_of(document),
                codes=sensitive[document],
            )


def _noted(action: EventAction, subject: str, within: timedelta, by: User, **data: str) -> bool:
    found = Event.objects.filter(action=action, subject=subject, by=by, at__gte=clock.now() - within)
    return found.filter(**{f"data__{key}": value for key, value in data.items()}).exists()
