"""The content of one file taken away for good: personal data that should never have come in.

What was handed in stays told: the row, its digest, when it came and who erased it why. Stored results name files by
their digests and are not touched; nor are copies with the same content, which are files of their own.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from evaluations.domain.evidence import previews, readings, store
from evaluations.domain.evidence.children import sensitive_codes
from evaluations.domain.evidence.library import REASON_LIMIT, clean_title, subject_of
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evidence, EvidenceFile, FileReading, Scan
from kla_portal import clock
from kla_portal.accounts.access import Refused, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission, roles_with
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

NAMELESS = "Dokumen yang berkasnya dihapus"
"""The title of a document that was called like its erased file."""


def may_erase(user: User, evidence: Evidence) -> bool:
    """Those who remove personal data of accounts in the district do it in documents too."""
    return bool(roles_in(user, evidence.district) & roles_with(Permission.MANAGE_ACCOUNTS))


def ensure_may(user: User, evidence: Evidence) -> None:
    """Raise ``Refused`` unless ``may_erase``."""
    if not may_erase(user, evidence):
        raise Refused("Anda tidak dapat menghapus isi berkas. Yang dapat: admin provinsi dan admin nasional.")


def same_elsewhere(file: EvidenceFile) -> QuerySet[EvidenceFile]:
    """Other files of the district with this content, which stay when it is erased, oldest first."""
    hashes = {file.sha256, file.source_sha256}
    found = EvidenceFile.objects.filter(
        Q(sha256__in=hashes) | Q(source_sha256__in=hashes),
        evidence__district=file.evidence.district_id,
        erased_at__isnull=True,
    )
    return found.exclude(pk=file.pk).select_related("evidence").order_by("added_at", "pk")


def must_hide_name(evidence: Evidence) -> bool:
    """Whether the file's name goes too, since it can name a child. One query."""
    return evidence.pk in sensitive_codes(evidence.district_id, document=evidence.pk)


def erase(*, file: EvidenceFile, reason: str, hide_name: bool = False, by: User) -> None:
    """Take the content of ``file`` away: the file, its text, what was read in it and its pictures.

    With ``hide_name``, and always at questions on children, its name is replaced; so is a title taken from it. Raises
    ``Refused`` unless ``by`` may, ``EvidenceRefused`` without a reason. Doing it twice changes nothing.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise EvidenceRefused(f"Tulis alasan penghapusannya, paling panjang {REASON_LIMIT} huruf.")
    with transaction.atomic():
        evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=file.evidence_id)
        ensure_may(by, evidence)
        held = EvidenceFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if held.erased_at:
            return
        if hide_name or must_hide_name(evidence):
            _hide_name(evidence, held)
        if held.scan == Scan.WAITING:
            # Nobody waits for the scanner any more.
            held.scan = Scan.OFF
        held.erased_at, held.erased_by, held.erased_reason = clock.now(), by, reason
        held.save(update_fields=["filename", "scan", "erased_at", "erased_by", "erased_reason"])
        _drop_readings(held)
        record(
            EventAction.EVIDENCE_DELETED,
            by=by,
            district=evidence.district_id,
            subject=subject_of(evidence.pk),
            number=held.number,
            version=held.revision,
            size=held.size,
            sha256=held.sha256,
        )
    readings.refresh_around([evidence.pk])


def _hide_name(evidence: Evidence, file: EvidenceFile) -> None:
    stem, _, suffix = file.filename.rpartition(".")
    if evidence.title in {clean_title(stem), file.filename}:
        evidence.title = NAMELESS
        evidence.save(update_fields=["title"])
    file.filename = f"berkas-{file.number}-versi-{file.revision}.{suffix}"


def _drop_readings(file: EvidenceFile) -> None:
    reading = FileReading.objects.filter(file=file).first()
    thumbnail = reading.thumbnail if reading else ""
    if reading:
        reading.delete()
    file.page_texts.all().delete()
    file.bands.all().delete()
    transaction.on_commit(partial(_drop_content, file.pk, file.storage_name, thumbnail))


def _drop_content(pk: UUID, *names: str) -> None:
    """What the store does not let go now, the nightly sweep takes: no row names it any more."""
    store.drop(*names)
    previews.forget(pk)
