"""The verbs on data dukung: into the library, into a slot, out of it again.

A file and its row come and go together: the file is written first and taken away again when the row does
not come about. Adding a file is therefore the outermost transaction of a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce

from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import intake, quotas, readiness
from evaluations.domain.evidence.children import sensitive_codes
from evaluations.domain.evidence.library import (
    add_document,
    add_row,
    clean_title,
    offered_to,
    same_content,
    subject_of,
)
from evaluations.domain.evidence.quotes import clean_pages, clean_quote
from evaluations.domain.workflow import Action
from evaluations.files.faults import AlreadyThere, EvidenceRefused
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceForm, EvidenceLink
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec, Slot
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.prepared import insert, prepared, together

URL_LIMIT = 1000


class SlotFill(NamedTuple):
    """One slot of a question and what stands in it."""

    slot: Slot
    links: Sequence[EvidenceLink]

    @property
    def missing(self) -> bool:
        return self.slot.required and not self.links


# Reading


def slots_of(
    evaluation: Evaluation, questions: Iterable[QuestionSpec]
) -> dict[tuple[str, int], list[EvidenceLink]]:
    """(Question code, slot number) -> what stands there, oldest first, each with its ``size`` in bytes. One query."""
    instrument = loaded(evaluation.edition.instrument)
    slots_by_id, slot_ids = instrument.slots_by_id, instrument.slot_ids
    wanted = [slot_ids[question.code, slot.number] for question in questions for slot in question.slots]
    found: dict[tuple[str, int], list[EvidenceLink]] = {}
    for link in _links_in(evaluation.pk, *wanted) if wanted else ():
        found.setdefault(slots_by_id[link.slot_id], []).append(link)
    return found


@prepared
def _links_in(evaluation: int, *slots: int) -> QuerySet[EvidenceLink]:
    links = EvidenceLink.objects.filter(evaluation=evaluation, slot__in=slots, removed_at__isnull=True)
    in_force = Q(evidence__files__retired_at__isnull=True)
    sized = links.annotate(size=Coalesce(Sum("evidence__files__size", filter=in_force), 0))
    return sized.select_related("evidence", "added_by").order_by("added_at", "pk")


@prepared
def _places_in(evaluation: int, *slots: int) -> QuerySet[EvidenceLink]:
    links = EvidenceLink.objects.filter(evaluation=evaluation, slot__in=slots, removed_at__isnull=True)
    return links.select_related("evidence__district", "added_by").order_by("added_at", "pk")


def read_files(path: str = "") -> Prefetch[str, Any, str]:
    """``current_files`` with each file's reading at hand, its long columns left behind."""
    files = EvidenceFile.objects.filter(retired_at__isnull=True).select_related("reading")
    lookup = f"{path}__files" if path else "files"
    return Prefetch(lookup, files.defer("reading__signature").order_by("number"), "files_now")


def fills(question: QuestionSpec, links: Mapping[tuple[str, int], Sequence[EvidenceLink]]) -> list[SlotFill]:
    """The question's slots, each with its part of what ``slots_of`` found."""
    return [SlotFill(slot, links.get((question.code, slot.number), ())) for slot in question.slots]


def fills_of(evaluation: Evaluation, question: QuestionSpec) -> list[SlotFill]:
    """The slots of one question, their documents with the files in force and what was read in them. Two queries."""
    slot_ids = loaded(evaluation.edition.instrument).slot_ids
    by_id = {slot_ids[question.code, slot.number]: slot for slot in question.slots}
    links = _places_in(evaluation.pk, *by_id) if by_id else []
    prefetch_related_objects(links, read_files("evidence"))
    found: dict[int, list[EvidenceLink]] = {}
    for link in links:
        found.setdefault(link.slot_id, []).append(link)
    return [SlotFill(slot, found.get(slot_id, ())) for slot_id, slot in by_id.items()]


def is_shared(link: EvidenceLink) -> bool:
    """Whether the document stood in the library before this link."""
    return bool(_others(link.pk, link.pk))


@prepared
def _others(link: int, same: int) -> QuerySet[EvidenceLink, int]:
    return EvidenceLink.objects.filter(evidence__links=link).exclude(pk=same).values_list("pk", flat=True)[:1]


# Into a slot


def add_file(
    *,
    evaluation: Evaluation,
    code: str,
    slot_number: int,
    upload: UploadedFile,
    title: str = "",
    shrink: bool = False,
    by: User,
) -> EvidenceLink:
    """Put a file into the library and into a slot.

    A file whose content the district has already is not kept twice: its document is used again. Raises
    ``FileRefused``, ``AlreadyThere``, ``StoreDown`` or ``EvidenceRefused`` with the reason, ``Refused`` when it is
    not theirs to do now. Then there is neither a row nor a file.
    """
    workflow.ensure(evaluation, Action.ATTACH, by=by)
    ensure_open(by, evaluation, code)
    declared = upload.content_type or ""
    with intake.receive(upload, upload.name or "", declared=declared, shrink=shrink) as received:
        write_unless_known(received, evaluation, by)
        with transaction.atomic():
            evaluation = workflow.lock(evaluation, Action.ATTACH, by=by)
            quotas.ensure_room(evaluation, code, received.size, new=bool(received.storage_name))
            evidence = add_document(received, evaluation, title=title, by=by)
            return put_document(evidence, evaluation, code, slot_number, by=by)


def write_unless_known(received: intake.Received, evaluation: Evaluation, by: User) -> None:
    """Into the storage, before the transaction, unless a document that ``by`` may use has this very content."""
    if not same_content(evaluation.district_id, received, by=by).exists():
        received.write()


def add_web_link(
    *, evaluation: Evaluation, code: str, slot_number: int, url: str, title: str = "", by: User
) -> EvidenceLink:
    """Put a web address into the library and into a slot: stored as text, never fetched.

    Raises ``EvidenceRefused`` for anything but a plain http or https address, ``Refused`` as above.
    """
    url = clean_url(url)
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ATTACH, by=by)
        evidence = (
            Evidence.objects.select_for_update()
            .filter(
                district=evaluation.district_id,
                form=EvidenceForm.LINK,
                url=url,
                withdrawn_at__isnull=True,
                discarded_at__isnull=True,
            )
            .order_by("added_at")
            .first()
        )
        if evidence is None:
            parts = urlsplit(url)
            fallback = clean_title(f"{parts.hostname}{parts.path.rstrip('/')}")
            evidence = Evidence(form=EvidenceForm.LINK, title=clean_title(title) or fallback, url=url)
            add_row(evidence, evaluation, by=by)
        return put_document(evidence, evaluation, code, slot_number, by=by)


def attach(
    *,
    evaluation: Evaluation,
    code: str,
    slot_number: int,
    evidence: Evidence,
    pages: str = "",
    quote: str = "",
    by: User,
) -> EvidenceLink:
    """Put a document of the library into a slot; ``pages`` ("4-6, 9") and ``quote`` say where to look.

    Raises ``EvidenceRefused`` when it stands there already, the pages make no sense or the question is full,
    ``Refused`` for a document that is not offered to the person: another district's, out of their sight, withdrawn or
    discarded.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ATTACH, by=by)
        seen = offered_to(by, evaluation.district_id).filter(pk=evidence.pk)
        locked = Evidence.objects.select_for_update().filter(pk__in=seen.values("pk")).first()
        # It may be discarded while its lock is waited for: PostgreSQL does not look into ``seen`` again.
        if locked is None or locked.discarded_at or locked.withdrawn_at:
            raise Refused("Dokumen ini tidak ada di pustaka Anda. Muat ulang halaman, lalu pilih lagi.")
        ensure_open(by, evaluation, code)
        if not _stands_at(evaluation, code, locked):
            quotas.ensure_room(evaluation, code, locked.size, new=False)
        return put_document(locked, evaluation, code, slot_number, pages=pages, quote=quote, by=by)


def annotate(*, link: EvidenceLink, pages: str = "", quote: str = "", by: User) -> EvidenceLink:
    """Say on which pages to look and for which phrase. The link is replaced by a new one: the past keeps its own.

    Raises ``EvidenceRefused`` for what makes no sense or when the document no longer stands there. The same again
    changes nothing.
    """
    with transaction.atomic():
        evaluation = workflow.lock(link.evaluation, Action.ATTACH, by=by)
        code, number = loaded(evaluation.edition.instrument).slots_by_id[link.slot_id]
        ensure_open(by, evaluation, code)
        standing = EvidenceLink.objects.select_related("evidence")
        old = standing.filter(pk=link.pk, removed_at__isnull=True).first()
        if old is None:
            raise EvidenceRefused("Dokumen ini sudah dilepas dari slotnya. Muat ulang halaman.")
        where = {"pages": clean_pages(pages, old.evidence), "quote": clean_quote(quote)}
        changed = [name for name, text in where.items() if getattr(old, name) != text]
        if not changed:
            return old
        new = _replaced(old, where, by=by)
        record(
            EventAction.EVIDENCE_ANNOTATED,
            by=by,
            district=evaluation.district_id,
            subject=subject_of(old.evidence_id),
            evaluation=evaluation.pk,
            code=code,
            slot=number,
            pages=new.pages,
            fields=["halaman" if name == "pages" else "kutipan" for name in changed],
        )
        readiness.refresh(evaluation)
        return new


def _replaced(old: EvidenceLink, where: Mapping[str, str], *, by: User) -> EvidenceLink:
    """The same document in the same slot, with other pages and quote."""
    now = clock.now()
    EvidenceLink.objects.filter(pk=old.pk).update(removed_at=now, removed_by=by)
    return EvidenceLink.objects.create(
        evaluation_id=old.evaluation_id,
        slot_id=old.slot_id,
        evidence=old.evidence,
        added_at=now,
        added_by=by,
        **where,
    )


def detach(*, link: EvidenceLink, by: User) -> None:
    """Take a document out of its slot. The row stays, with who and when; the document stays in the library.

    Doing it twice changes nothing.
    """
    with transaction.atomic():
        evaluation = workflow.lock(link.evaluation, Action.ATTACH, by=by)
        code, number = loaded(evaluation.edition.instrument).slots_by_id[link.slot_id]
        ensure_open(by, evaluation, code)
        removed = EvidenceLink.objects.filter(pk=link.pk, removed_at__isnull=True).update(
            removed_at=clock.now(), removed_by=by
        )
        if not removed:
            return
        record(
            EventAction.EVIDENCE_UNLINKED,
            by=by,
            district=evaluation.district_id,
            subject=subject_of(link.evidence_id),
            evaluation=evaluation.pk,
            code=code,
            slot=number,
        )
        readiness.refresh(evaluation)


# Opening


def note_opening(*, evidence: Evidence, by: User) -> None:
    """Log that someone opened a document that can be about children."""
    codes = sensitive_codes(evidence.district_id, document=evidence.pk).get(evidence.pk)
    if not codes:
        return
    with transaction.atomic():
        record(
            EventAction.EVIDENCE_OPENED,
            by=by,
            district=evidence.district_id,
            subject=subject_of(evidence.pk),
            codes=codes,
        )


# Inside


def clean_url(url: str) -> str:
    """The address as it is kept. Raises ``EvidenceRefused`` unless it is plain http or https."""
    url = url.strip()
    if len(url) > URL_LIMIT:
        raise EvidenceRefused(f"Alamat ini lebih dari {URL_LIMIT} karakter. Pakai alamat yang lebih pendek.")
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        raise EvidenceRefused("Tulis alamat lengkap yang diawali https:// atau http://.") from None
    if parts.username or parts.password:
        raise EvidenceRefused("Alamat ini memuat nama pengguna atau kata sandi. Tulis alamatnya tanpa itu.")
    return url


def ensure_open(by: User, evaluation: Evaluation, code: str) -> None:
    """Raise ``Refused`` unless the question is the person's to change: their agency's, not locked in a return."""
    open_codes = codes_open_to(by, evaluation)
    if open_codes is not None and code not in open_codes:
        raise Refused("Pertanyaan ini dibagikan kepada perangkat daerah lain.")
    question_id = loaded(evaluation.edition.instrument).question_ids[code]
    locked = deadlines.return_refusal(evaluation, question_id)
    if locked:
        raise Refused(locked)


def _stands_at(evaluation: Evaluation, code: str, evidence: Evidence) -> bool:
    """In any slot of the question: there it weighs once."""
    question = loaded(evaluation.edition.instrument).question_ids[code]
    links = EvidenceLink.objects.filter(evaluation=evaluation, slot__question=question, evidence=evidence)
    return links.filter(removed_at__isnull=True).exists()


def put_document(
    evidence: Evidence,
    evaluation: Evaluation,
    code: str,
    slot_number: int,
    *,
    pages: str = "",
    quote: str = "",
    by: User,
) -> EvidenceLink:
    """A document's link to a slot, with its event. Inside the caller's transaction; ``evaluation`` is locked."""
    ensure_open(by, evaluation, code)
    slot_id = loaded(evaluation.edition.instrument).slot_ids.get((code, slot_number))
    if slot_id is None:
        raise EvidenceRefused(f"Pertanyaan {code} tidak mempunyai slot {slot_number}.")
    if evidence.pk in _documents_in(evaluation.pk, slot_id):
        raise AlreadyThere("Dokumen ini sudah ada di slot ini.")
    link = EvidenceLink(
        evaluation=evaluation,
        slot_id=slot_id,
        evidence=evidence,
        pages=clean_pages(pages, evidence),
        quote=clean_quote(quote),
        added_at=clock.now(),
        added_by=by,
    )
    insert(link)
    with together():
        record(
            EventAction.EVIDENCE_LINKED,
            by=by,
            district=evaluation.district_id,
            subject=subject_of(evidence.pk),
            evaluation=evaluation.pk,
            code=code,
            slot=slot_number,
        )
        readiness.refresh(evaluation)
    return link


@prepared
def _documents_in(evaluation: int, slot: int) -> QuerySet[EvidenceLink, UUID]:
    standing = EvidenceLink.objects.filter(evaluation=evaluation, slot=slot, removed_at__isnull=True)
    return standing.values_list("evidence", flat=True)
