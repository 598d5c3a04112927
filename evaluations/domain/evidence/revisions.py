"""The files of a document: one more, a new version of one, one less. What was handed in stays as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from django.db import transaction
from django.db.models import Max, prefetch_related_objects

from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import intake, library, quotas
from evaluations.domain.evidence.library import subject_of
from evaluations.domain.workflow import Action
from evaluations.files.faults import AlreadyThere, EvidenceRefused
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceForm, EvidenceLink
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

MOST_FILES = 50
"""Files in force of one document."""
ATTACHED = (
    "Dokumen ini dilampirkan pada sanggah, jadi tetap seperti waktu sanggahnya diajukan. "
    "Unggah versi barunya sebagai dokumen tersendiri."
)


def add_file_to(
    *, evidence: Evidence, content: IO[bytes], name: str, declared: str = "", shrink: bool = False, by: User
) -> EvidenceFile:
    """Put one more file to a document. The outermost transaction of a request.

    Raises ``FileRefused``, ``StoreDown``, ``AlreadyThere`` or ``EvidenceRefused`` with the reason (also: a place where
    the document stands is closed), ``Refused`` when it is not theirs to do. Then there is neither a row nor a file.
    """
    with intake.receive(content, name, declared=declared, shrink=shrink) as received:
        received.write()
        with transaction.atomic():
            locked, running = _locked(evidence, by)
            _make_room(locked, running, received)
            number = locked.files.aggregate(last=Max("number"))["last"] or 0
            if len(locked.current_files) >= MOST_FILES:
                raise EvidenceRefused(
                    f"Satu dokumen paling banyak {MOST_FILES} berkas. Buat dokumen baru untuk berkas ini."
                )
            file = received.row(locked, by=by, number=number + 1)
            _note(EventAction.EVIDENCE_FILE_ADDED, locked, file, by=by)
            library.refresh_where_used([locked], running)
            return file


def revise(
    *, file: EvidenceFile, content: IO[bytes], name: str, declared: str = "", shrink: bool = False, by: User
) -> EvidenceFile:
    """Put a new version in the place of a file; the old one stays readable. Raises as ``add_file_to``."""
    with intake.receive(content, name, declared=declared, shrink=shrink) as received:
        received.write()
        with transaction.atomic():
            locked, running = _locked(file.evidence, by)
            old = _in_force(locked, file)
            _make_room(locked, running, received)
            last = locked.files.filter(number=old.number).aggregate(last=Max("revision"))["last"]
            _retire(old, by=by)
            new = received.row(locked, by=by, number=old.number, revision=last + 1)
            _note(EventAction.EVIDENCE_REVISED, locked, new, by=by, replaced=old.sha256)
            library.refresh_where_used([locked], running)
            return new


def retire_file(*, file: EvidenceFile, by: User) -> None:
    """Take a file out of its document; it stays readable as an earlier version. Not the last one in force.

    Raises ``EvidenceRefused`` with the reason, ``Refused`` when it is not theirs to do. Twice changes nothing.
    """
    with transaction.atomic():
        locked, running = _locked(file.evidence, by)
        if not locked.files.filter(pk=file.pk, retired_at__isnull=True).exists():
            return
        if len(locked.current_files) == 1:
            raise EvidenceRefused(
                "Ini satu-satunya berkas dokumen ini. Ganti dengan versi baru, atau buang dokumennya."
            )
        old = _in_force(locked, file)
        _retire(old, by=by)
        _note(EventAction.EVIDENCE_FILE_RETIRED, locked, old, by=by)
        library.refresh_where_used([locked], running)


def closed_place(
    evidence: Evidence,
    *,
    by: User,
    links: Iterable[EvidenceLink] | None = None,
    here: Evaluation | None = None,
    attached: bool | None = None,
) -> str | None:
    """Why the files of the document cannot change for ``by`` now: an objection names it, or a question it stands at is
    closed to them.

    ``links``: those in force with their evaluations, oldest first, where they are known; ``here``: one of these
    evaluations with its windows; ``attached``: whether an objection names the document, where that is known.
    """
    if evidence.objections.exists() if attached is None else attached:
        return ATTACHED
    if links is None:
        rows = EvidenceLink.objects.filter(evidence=evidence, removed_at__isnull=True)
        links = rows.select_related(
            "evaluation__edition__instrument", "evaluation__district__province"
        ).order_by("pk")
    known = {here.pk: here} if here else {}
    links = list(links)
    others = [known.setdefault(link.evaluation_id, link.evaluation) for link in links]
    prefetch_related_objects([one for one in dict.fromkeys(others) if one is not here], "edition__windows")
    kept: dict[int, tuple[frozenset[str] | None, str | None]] = {}
    for link in links:
        place = known[link.evaluation_id]
        if place.pk not in kept:
            kept[place.pk] = codes_open_to(by, place), workflow.refusal(place, Action.ATTACH, by=by)
        reason = _closed(place, link, *kept[place.pk])
        if reason:
            return reason
    return None


def _closed(
    place: Evaluation, link: EvidenceLink, codes: frozenset[str] | None, refusal: str | None
) -> str | None:
    """``codes``: the questions open to the person there; ``refusal``: why nothing can be changed there."""
    instrument = loaded(place.edition.instrument)
    code, _ = instrument.slots_by_id[link.slot_id]
    if refusal:
        return (
            f"Dokumen ini dipakai di pertanyaan {code} dalam {place.edition}, yang tidak sedang diisi. "
            "Unggah versi barunya sebagai dokumen tersendiri."
        )
    if codes is not None and code not in codes:
        return (
            f"Dokumen ini juga dipakai di pertanyaan {code} milik perangkat daerah lain. Minta koordinator."
        )
    if deadlines.return_refusal(place, instrument.question_ids[code]):
        return (
            f"Dokumen ini dipakai di pertanyaan {code}, yang tidak dikembalikan. "
            "Unggah versi barunya sebagai dokumen tersendiri."
        )
    return None


# Inside


def _locked(evidence: Evidence, by: User) -> tuple[Evidence, list[Evaluation]]:
    """The document and the evaluations being filled in, locked, and its files open to ``by``."""
    running = library.lock_attachable(evidence.district_id, by=by)
    locked = library.managed(evidence, by)
    if locked.form != EvidenceForm.FILE:
        raise EvidenceRefused(
            "Tautan web tidak mempunyai berkas. Unggah berkasnya sebagai dokumen tersendiri."
        )
    if locked.withdrawn_at or locked.discarded_at:
        raise EvidenceRefused(
            "Dokumen ini sudah ditarik atau dibuang. Unggah berkasnya sebagai dokumen tersendiri."
        )
    closed = closed_place(locked, by=by)
    if closed:
        raise EvidenceRefused(closed)
    return locked, running


def _in_force(evidence: Evidence, file: EvidenceFile) -> EvidenceFile:
    found = evidence.files.filter(pk=file.pk, retired_at__isnull=True).first()
    if found is None:
        raise EvidenceRefused("Berkas ini sudah diganti. Muat ulang halaman, lalu pilih versi yang berlaku.")
    return found


def _make_room(evidence: Evidence, running: list[Evaluation], received: intake.Received) -> None:
    hashes = {received.sha256, received.source_sha256}
    kept = [file for file in evidence.current_files if file.erased_at is None]
    if any({file.sha256, file.source_sha256} & hashes for file in kept):
        raise AlreadyThere("Isi berkas ini sama dengan berkas yang sudah ada di dokumen ini.")
    links = EvidenceLink.objects.filter(evidence=evidence, removed_at__isnull=True, evaluation__in=running)
    by_pk = {evaluation.pk: evaluation for evaluation in running}
    places = {
        (pk, loaded(by_pk[pk].edition.instrument).slots_by_id[slot][0])
        for pk, slot in links.values_list("evaluation", "slot")
    }
    for pk, code in sorted(places):
        quotas.ensure_room(by_pk[pk], code, received.size, new=False)
    new = not library.same_content(evidence.district_id, received).exists()
    quotas.ensure_room(running[0], None, received.size, new=new)


def _retire(file: EvidenceFile, *, by: User) -> None:
    file.retired_at, file.retired_by = clock.now(), by
    file.save(update_fields=["retired_at", "retired_by"])


def _note(action: EventAction, evidence: Evidence, file: EvidenceFile, *, by: User, **data: Any) -> None:
    record(
        action,
        by=by,
        district=evidence.district_id,
        subject=subject_of(evidence.pk),
        number=file.number,
        version=file.revision,
        size=file.size,
        sha256=file.sha256,
        **data,
    )
