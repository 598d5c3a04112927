"""Documents written straight into the tables, where a test is not about how they come in."""

from __future__ import annotations

from itertools import count

from evaluations.models import Evidence, EvidenceFile, EvidenceForm
from kla_portal import clock
from kla_portal.accounts.models import User

_made = count(1)


def file_row(evidence: Evidence, **more: object) -> EvidenceFile:
    """An unsaved file of the document; nothing lies in the storage."""
    number = next(_made)
    digest = f"{number:064x}"
    row = {
        "filename": f"rekap-{number}.pdf",
        "content_type": "application/pdf",
        "size": 1_234_567,
        "sha256": digest,
        "source_sha256": digest,
        "storage_name": f"uji/{number}",
        "added_at": evidence.added_at,
        "added_by": evidence.added_by,
    }
    return EvidenceFile(evidence=evidence, **row | more)


def documents(district, titles, *, by: User, **more: object) -> list[Evidence]:
    """A document with one file for each title. Two queries, however many."""
    now = clock.now()
    made = Evidence.objects.bulk_create(
        Evidence(district=district, form=EvidenceForm.FILE, title=title, added_at=now, added_by=by)
        for title in titles
    )
    EvidenceFile.objects.bulk_create(file_row(document, **more) for document in made)
    return made
