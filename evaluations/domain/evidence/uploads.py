"""Files on their way: begun, sent in pieces, then settled into the library and a slot, or refused.

A piece is an object in the evidence storage and a row that names it; the object is written first and taken away again
when its row does not come about. What a crash leaves between the two, ``sweep`` removes. Nothing here is an event
before it is evidence: settling writes those of the document and its link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from evaluations.domain import workflow
from evaluations.domain.evidence import intake, pieces, quotas, slots
from evaluations.domain.evidence.library import (
    add_document,
    clean_title,
    same_content,
    visible_to,
    with_content,
)
from evaluations.domain.evidence.store import StoreDown
from evaluations.domain.workflow import Action
from evaluations.files import inspection
from evaluations.files.faults import AlreadyThere, EvidenceRefused, FileRefused
from evaluations.models import Evaluation, Evidence, EvidenceLink, Upload, UploadState
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User

UNFINISHED_LIMIT = 300
"""Unfinished uploads of one person: a folder of 200 files and a second thought."""
PATH_LIMIT = 400
UNFINISHED = (UploadState.RECEIVING, UploadState.RECEIVED)


class NotComplete(EvidenceRefused):
    """Asked to settle before the last piece has come."""


class Place(NamedTuple):
    """A slot of a question."""

    code: str
    slot: int


class Outcome(NamedTuple):
    """What became of an upload. ``evidence`` is ``None`` where it was refused; ``refusal`` says why.

    ``known``: the library had this content, so that its document is used. ``link``: ``None`` in bulk without a
    question, and where the document stood in the slot already.
    """

    upload: Upload
    evidence: Evidence | None
    link: EvidenceLink | None = None
    known: bool = False
    refusal: str = ""


class Looked(NamedTuple):
    """What an inspection says before anything is kept; ``duplicates`` as far as the person sees them."""

    refusal: str
    duplicates: Sequence[Evidence]


# Reading


def expires_at(upload: Upload) -> datetime:
    """Until when the upload can go on."""
    return upload.touched_at + timedelta(days=settings.UPLOAD_DAYS)


def is_expired(upload: Upload) -> bool:
    return expires_at(upload) <= clock.now()


def _fresh() -> Q:
    return Q(touched_at__gt=clock.now() - timedelta(days=settings.UPLOAD_DAYS))


def mine(evaluation: Evaluation, *, by: User) -> QuerySet[Upload]:
    """The person's own unfinished uploads in this evaluation, oldest first."""
    return Upload.objects.filter(_fresh(), evaluation=evaluation, by=by, state__in=UNFINISHED)


def staged(evaluation: Evaluation, *, by: User) -> QuerySet[Upload]:
    """The person's own uploads that wait in the bulk list: complete, or refused with the reason. One query."""
    states = (UploadState.RECEIVED, UploadState.REFUSED)
    found = Upload.objects.filter(_fresh(), evaluation=evaluation, by=by, slot=None, state__in=states)
    return found.select_related("evidence")


def place_of(upload: Upload) -> Place | None:
    if upload.slot_id is None:
        return None
    return Place(*loaded(upload.evaluation.edition.instrument).slots_by_id[upload.slot_id])


def name_of(upload: Upload) -> str:
    """The file's name as it would be kept."""
    return inspection.clean_name(upload.path)


# Sending


def begin(
    *,
    evaluation: Evaluation,
    path: str,
    size: int,
    by: User,
    place: Place | None = None,
    declared: str = "",
    title: str = "",
    sha256: str = "",
    shrink: bool = False,
) -> Upload:
    """Announce a file of ``size`` bytes. What is known to fail is refused before a byte travels.

    With the ``sha256`` announced, the same file for the same place goes on where it stopped; and when the library
    has its content already, the upload is complete at once (``evidence`` says which document) and no byte travels.
    Raises ``FileRefused``, ``quotas.Full``, ``EvidenceRefused`` or ``Refused`` with the reason.
    """
    slot_id = _must_be_open(evaluation, place, by=by)
    inspection.announced(path, size)
    clean = {
        "evaluation": evaluation,
        "by": by,
        "slot_id": slot_id,
        "path": _shown(path)[-PATH_LIMIT:],
        "size": size,
        "sha256": sha256,
        "shrink": shrink,
    }
    begun = mine(evaluation, by=by).filter(**clean).first() if sha256 else None
    if begun is not None:
        return begun
    known = _known(evaluation, sha256, by=by).first() if sha256 else None
    _ensure_room(evaluation, place, size, new=known is None, by=by)
    return _announced(clean, known, declared_type=_shown(declared)[:100], title=clean_title(title))


def _announced(clean: Mapping[str, Any], known: Evidence | None, **more: str) -> Upload:
    """The row; complete from the start where the library has the content (``known``)."""
    now = clock.now()
    with transaction.atomic():
        return Upload.objects.create(
            **clean,
            **more,
            received=clean["size"] if known else 0,
            state=UploadState.RECEIVED if known else UploadState.RECEIVING,
            evidence=known,
            started_at=now,
            touched_at=now,
        )


def _ensure_room(evaluation: Evaluation, place: Place | None, size: int, *, new: bool, by: User) -> None:
    """For one more upload of the person and for its bytes. Raises ``EvidenceRefused`` or ``quotas.Full``."""
    unfinished = Upload.objects.filter(_fresh(), state__in=UNFINISHED, evidence=None)
    if unfinished.filter(by=by).count() >= UNFINISHED_LIMIT:
        raise EvidenceRefused(
            f"Ada {UNFINISHED_LIMIT} unggahan Anda yang belum selesai. Selesaikan atau batalkan dahulu."
        )
    coming = unfinished.filter(evaluation__district=evaluation.district_id).aggregate(sum=Sum("size"))["sum"]
    quotas.ensure_room(evaluation, place.code if place else None, size, new=new, coming=coming or 0)


def append(
    *, upload: Upload, offset: int, data: bytes, checksum: pieces.Checksum | None = None, by: User
) -> Upload:
    """Take the bytes from ``offset`` on. Raises ``pieces.WrongOffset``, ``ChecksumWrong``, ``TooMuch``, ``Expired``,
    ``StoreDown`` or ``Refused``; then nothing of them is kept, and the same bytes can be sent again."""
    _must_be_own(upload, by)
    _must_be_open(upload.evaluation, place_of(upload), by=by)
    return pieces.take(upload, offset, data, checksum)


def stage(*, evaluation: Evaluation, content: UploadedFile, path: str = "", by: User) -> Upload:
    """A whole file that came in one form, put beside those that came in pieces, for the bulk list."""
    upload = begin(
        evaluation=evaluation,
        path=path or content.name or "",
        size=content.size or 0,
        declared=content.content_type or "",
        sha256=inspection.sha256_of(content),
        by=by,
    )
    content.seek(upload.received)
    while upload.state == UploadState.RECEIVING:
        data = content.read(settings.EVIDENCE_PIECE_BYTES)
        upload = append(upload=upload, offset=upload.received, data=data, by=by)
    return upload


def abandon(*, upload: Upload, by: User) -> None:
    """Forget the upload and its pieces. What it became, if anything, stays. Doing it twice changes nothing."""
    _must_be_own(upload, by)
    pieces.forget(Upload.objects.filter(pk=upload.pk))


# Settling


def inspect_only(*, upload: Upload, by: User) -> Looked:
    """Look at a complete upload without keeping it. A file that will not do is refused for good, with the reason.

    Raises ``NotComplete``, ``StoreDown`` or ``Refused``.
    """
    _must_be_own(upload, by)
    if upload.state == UploadState.REFUSED:
        return Looked(upload.refusal, ())
    _must_be_complete(upload)
    if upload.evidence is not None:
        return Looked("", [upload.evidence])
    try:
        with pieces.assembled(upload) as content:
            inspection.inspect(name_of(upload), content, upload.declared_type)
            sha256 = inspection.sha256_of(content)
    except FileRefused as refused:
        return Looked(_refuse(upload, str(refused)).refusal, ())
    Upload.objects.filter(pk=upload.pk, sha256="").update(sha256=sha256)
    return Looked("", list(_known(upload.evaluation, sha256, by=by)))


def settle(*, upload: Upload, by: User, place: Place | None = None, title: str = "") -> Outcome:
    """Put a complete upload into the library, and into its slot or ``place``. Asked again, it says the same.

    Of two at once, one does it and both are told. A file that will not do is refused for good; what can be mended
    (no room, store down, not open now) is raised and leaves the upload as it is: ``NotComplete``, ``quotas.Full``,
    ``EvidenceRefused``, ``StoreDown``, ``Refused``.
    """
    _must_be_own(upload, by)
    place = place_of(upload) or place
    if upload.state in {UploadState.SETTLED, UploadState.REFUSED}:
        return _told(upload, place)
    _must_be_complete(upload)
    _must_be_open(upload.evaluation, place, by=by)
    try:
        if upload.evidence_id is not None:
            return _put(upload, None, place, title, by=by)
        with (
            pieces.assembled(upload) as content,
            intake.receive(
                content, name_of(upload), declared=upload.declared_type, shrink=upload.shrink
            ) as received,
        ):
            slots.write_unless_known(received, upload.evaluation, by)
            return _put(upload, received, place, title, by=by)
    except FileRefused as refused:
        return _refuse(upload, str(refused))
    except StoreDown:
        # Someone who settles it at the same time takes the pieces away under our hands.
        now = (
            Upload.objects.filter(pk=upload.pk, state=UploadState.SETTLED).select_related("evidence").first()
        )
        if now is None:
            raise
        now.evaluation = upload.evaluation
        return _told(now, place)


def _put(
    upload: Upload, received: intake.Received | None, place: Place | None, title: str, *, by: User
) -> Outcome:
    """The rows. ``received`` is ``None`` where the library had the announced content."""
    with transaction.atomic():
        evaluation = workflow.lock(upload.evaluation, Action.ATTACH, by=by)
        locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if locked is None:
            raise EvidenceRefused("Unggahan ini sudah dibatalkan. Unggah lagi berkasnya.")
        locked.evaluation = evaluation
        if locked.state != UploadState.RECEIVED:
            return _told(locked, place)
        code = place.code if place else None
        evidence, known = _document(locked, received, code, title=title or locked.title, by=by)
        link = _link(evidence, evaluation, place, by=by)
        locked.state, locked.evidence, locked.touched_at = UploadState.SETTLED, evidence, clock.now()
        locked.save(update_fields=["state", "evidence", "touched_at"])
        pieces.drop_of(locked)
    return Outcome(locked, evidence, link, known)


def _document(
    upload: Upload, received: intake.Received | None, code: str | None, *, title: str, by: User
) -> tuple[Evidence, bool]:
    """The document, and whether the library had it."""
    evaluation = upload.evaluation
    if received is None:
        evidence = _still_known(upload)
        quotas.ensure_room(evaluation, code, evidence.size, new=False)
        return evidence, True
    new = not same_content(evaluation.district_id, received).exists()
    quotas.ensure_room(evaluation, code, received.size, new=new)
    # Without a slot, what the person does not see would be lost to them.
    unseen = code is not None
    known = same_content(evaluation.district_id, received, by=by, unseen=unseen).exists()
    return add_document(received, evaluation, title=title, unseen=unseen, by=by), known


def _still_known(upload: Upload) -> Evidence:
    same = with_content(upload.evaluation.district_id, {upload.sha256}).select_for_update()
    found = same.filter(pk=upload.evidence_id).first() if upload.evidence_id else None
    if found is None:
        raise FileRefused(pieces.GONE)
    return found


def _link(
    evidence: Evidence, evaluation: Evaluation, place: Place | None, *, by: User
) -> EvidenceLink | None:
    if place is None:
        return None
    try:
        with transaction.atomic():
            return slots.put_document(evidence, evaluation, place.code, place.slot, by=by)
    except AlreadyThere:
        return None


def _refuse(upload: Upload, reason: str) -> Outcome:
    with transaction.atomic():
        locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if locked is None:
            return Outcome(upload, None, refusal=reason)
        locked.evaluation = upload.evaluation
        if locked.state != UploadState.RECEIVED:
            return _told(locked, place_of(locked))
        locked.state, locked.refusal, locked.touched_at = UploadState.REFUSED, reason[:500], clock.now()
        locked.evidence = None
        locked.save(update_fields=["state", "refusal", "touched_at", "evidence"])
        pieces.drop_of(locked)
    return Outcome(locked, None, refusal=locked.refusal)


def _told(upload: Upload, place: Place | None) -> Outcome:
    """The outcome of an upload that was settled or refused before."""
    if upload.state == UploadState.REFUSED:
        return Outcome(upload, None, refusal=upload.refusal)
    if upload.evidence is None:
        return Outcome(upload, None, refusal="Dokumen dari unggahan ini sudah dihapus dari pustaka.")
    link = None
    if place is not None:
        slot_id = loaded(upload.evaluation.edition.instrument).slot_ids.get(place)
        link = EvidenceLink.objects.filter(
            evaluation=upload.evaluation, slot=slot_id, evidence=upload.evidence, removed_at__isnull=True
        ).first()
    return Outcome(upload, upload.evidence, link, known=upload.evidence.added_at < upload.started_at)


# Inside


def _shown(text: str) -> str:
    """What can be seen of a text; PostgreSQL keeps no NUL."""
    return "".join(c for c in text if c.isprintable())


def _known(evaluation: Evaluation, sha256: str, *, by: User) -> QuerySet[Evidence]:
    """Documents in force with this content that the person sees."""
    seen = visible_to(by, evaluation.district_id)
    return with_content(evaluation.district_id, {sha256}).filter(pk__in=seen.values("pk"))


def _must_be_own(upload: Upload, by: User) -> None:
    if upload.by_id != by.pk:
        raise Refused("Unggahan ini dimulai orang lain. Mulai unggahan Anda sendiri.")


def _must_be_open(evaluation: Evaluation, place: Place | None, *, by: User) -> int | None:
    """The slot's id, or ``None`` without a place. Raises ``Refused`` and ``EvidenceRefused``."""
    workflow.ensure(evaluation, Action.ATTACH, by=by)
    if place is None:
        return None
    slot_id = loaded(evaluation.edition.instrument).slot_ids.get(place)
    if slot_id is None:
        raise EvidenceRefused(f"Pertanyaan {place.code} tidak mempunyai slot {place.slot}.")
    slots.ensure_open(by, evaluation, place.code)
    return slot_id


def _must_be_complete(upload: Upload) -> None:
    if upload.state == UploadState.RECEIVING:
        raise NotComplete("Berkas ini belum lengkap terkirim. Lanjutkan unggahannya dahulu.")
