"""A district's library of documents: who sees what, where each is used, and tidying up."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import intake, store
from evaluations.files.inspection import EvidenceRefused
from evaluations.models import (
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceForm,
    EvidenceLink,
    State,
    current_files,
)
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission, Role, roles_with
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

TITLE_LIMIT = 200

HANDED_IN = ~Q(evaluation__state=State.FILLING) | Q(evaluation__results__isnull=False)
"""Links in an evaluation that was submitted, also when it was opened again: a stored result names the document."""


def clean_title(text: str) -> str:
    """One line of printable characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())[:TITLE_LIMIT].strip()


def subject_of(evidence_id: uuid.UUID) -> str:
    """How events name a document: never by its title, which may name a child."""
    return f"data-dukung:{evidence_id}"


def may_manage(user: User, evidence: Evidence) -> bool:
    """A coordinator manages the whole library, a contributor what they added themselves."""
    roles = roles_in(user, evidence.district) & roles_with(Permission.ANSWER)
    return bool(roles - {Role.CONTRIBUTOR}) or (bool(roles) and evidence.added_by_id == user.pk)


def same_content(district_code: str, received: intake.Received) -> QuerySet[Evidence]:
    """Documents of the district with this very file in force, as it was sent or as it would be kept; oldest first."""
    hashes = {received.sha256, received.source_sha256}
    files = EvidenceFile.objects.filter(
        Q(sha256__in=hashes) | Q(source_sha256__in=hashes),
        evidence__district=district_code,
        evidence__letters__isnull=True,
        retired_at__isnull=True,
    )
    return Evidence.objects.filter(
        pk__in=files.values("evidence"), withdrawn_at__isnull=True, discarded_at__isnull=True
    ).order_by("added_at")


def add_document(received: intake.Received, evaluation: Evaluation, *, title: str = "", by: User) -> Evidence:
    """The district's document with this file: the one it has, or a new one. Inside the caller's transaction."""
    known = same_content(evaluation.district_id, received).select_for_update().first()
    if known is not None:
        return known
    stem = received.filename.rpartition(".")[0]
    evidence = Evidence(
        form=EvidenceForm.FILE, title=clean_title(title) or clean_title(stem) or received.filename
    )
    add_row(evidence, evaluation, received, by=by)
    return evidence


def add_row(
    evidence: Evidence, evaluation: Evaluation, received: intake.Received | None = None, *, by: User
) -> None:
    """The new document with its file and event. Inside the caller's transaction."""
    evidence.district_id = evaluation.district_id
    evidence.added_at, evidence.added_by = clock.now(), by
    evidence.save(force_insert=True)
    file = received.row(evidence, by=by) if received else None
    record(
        EventAction.EVIDENCE_ADDED,
        by=by,
        district=evaluation.district_id,
        subject=subject_of(evidence.pk),
        form=str(evidence.form),
        content_type=file.content_type if file else "",
        size=file.size if file else 0,
        sha256=file.sha256 if file else "",
    )


def rename(*, evidence: Evidence, title: str, by: User) -> Evidence:
    """Give a document another title. Not once it stands in an evaluation that was submitted."""
    title = clean_title(title)
    if not title:
        raise EvidenceRefused("Judul belum diisi. Tulis judul dokumen, lalu simpan lagi.")
    with transaction.atomic():
        locked = _managed(evidence, by)
        if locked.links.filter(HANDED_IN).exists():
            raise EvidenceRefused("Dokumen ini ada dalam evaluasi yang sudah diajukan; judulnya tetap.")
        locked.title = title
        locked.save(update_fields=["title"])
        record(
            EventAction.EVIDENCE_RENAMED, by=by, district=locked.district_id, subject=subject_of(locked.pk)
        )
    return locked


def delete_unused(*, evidence: Evidence, by: User) -> None:
    """Delete a document that stands nowhere and never stood in an evaluation that was submitted.

    The file goes once the deletion is committed. Raises ``EvidenceRefused`` with what still holds it.
    """
    with transaction.atomic():
        locked = _managed(evidence, by)
        links = EvidenceLink.objects.filter(evidence=locked)
        if links.filter(removed_at__isnull=True).exists():
            raise EvidenceRefused("Dokumen ini masih dipakai. Lepaskan dahulu dari pertanyaannya.")
        if links.filter(HANDED_IN).exists() or locked.objections.exists():
            raise EvidenceRefused(
                "Dokumen ini pernah ada dalam evaluasi yang sudah diajukan; tetap disimpan."
            )
        links.delete()
        record(
            EventAction.EVIDENCE_DELETED,
            by=by,
            district=locked.district_id,
            subject=subject_of(locked.pk),
            sha256=[file.sha256 for file in locked.files.all()],
        )
        names = [file.storage_name for file in locked.files.all()]
        locked.delete()
        transaction.on_commit(lambda: store.drop(*names))


def visible_to(user: User, district_code: str) -> QuerySet[Evidence]:
    """The documents of a district's library that the person's roles there show them.

    All of them, except to a mere contributor: what their agencies' questions use or used, in any edition,
    and what they added themselves. The same rule as the gate's ``evidence_open_to``.
    """
    documents = Evidence.objects.filter(district=district_code, letters__isnull=True)
    evaluations = list(Evaluation.objects.filter(district=district_code).with_place().order_by("pk"))
    if not evaluations:
        return documents.filter(added_by=user)
    own = Q(pk__in=[])
    for evaluation in evaluations:
        codes = codes_open_to(user, evaluation)
        if codes is None:
            return documents
        slots = [
            pk for pk, (code, _) in loaded(evaluation.edition.instrument).slots_by_id.items() if code in codes
        ]
        own |= Q(evaluation=evaluation, slot__in=slots)
    used = EvidenceLink.objects.filter(own).values("evidence")
    return documents.filter(Q(added_by=user) | Q(pk__in=used))


def library(
    evaluation: Evaluation, *, by: User, search: str = "", unused: bool = False
) -> QuerySet[Evidence]:
    """The documents of the evaluation's district that ``by`` sees, newest first.

    Each carries ``link_count``, ``question_count`` and ``links_here`` (where it stands in this evaluation),
    ``used_elsewhere`` (in another edition) and ``deletable``. Three queries when read. ``unused``: only what
    stands nowhere in this evaluation.
    """
    links = EvidenceLink.objects.filter(evidence=OuterRef("pk"))
    here = Q(links__evaluation=evaluation, links__removed_at__isnull=True)
    active = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    documents = (
        visible_to(by, evaluation.district_id)
        .select_related("added_by", "district")
        .annotate(
            link_count=Count("links", filter=here),
            question_count=Count("links__slot__question", filter=here, distinct=True),
            used_elsewhere=Exists(links.filter(removed_at__isnull=True).exclude(evaluation=evaluation)),
            deletable=~Exists(links.filter(Q(removed_at__isnull=True) | ~Q(evaluation__state=State.FILLING))),
        )
        .prefetch_related(
            Prefetch("links", active.order_by("slot__question__position", "slot__position"), "links_here"),
            current_files(),
        )
        .order_by("-added_at", "pk")
    )
    for word in search.split():
        documents = documents.filter(
            Q(title__icontains=word)
            | Q(url__icontains=word)
            | Exists(EvidenceFile.objects.filter(evidence=OuterRef("pk"), filename__icontains=word))
        )
    return documents.filter(link_count=0) if unused else documents


def _managed(evidence: Evidence, by: User) -> Evidence:
    locked = Evidence.objects.select_for_update(of=("self",)).select_related("district").get(pk=evidence.pk)
    if not may_manage(by, locked):
        raise Refused("Dokumen ini hanya diubah oleh koordinator atau petugas yang menambahkannya.")
    return locked
