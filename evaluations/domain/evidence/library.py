"""A district's library of documents: who sees what, what comes in, and tidying up."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_evaluation, codes_open_to
from evaluations.domain.evidence import intake, previews, readiness, store
from evaluations.domain.evidence.handed_in import was_handed_in
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceForm, EvidenceLink, State
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused, memberships_of, roles_in
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import PARTIAL, Permission, Role, roles_with
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.prepared import insert
from kla_portal.regions.models import District

TITLE_LIMIT = 200
REASON_LIMIT = 500


def clean_title(text: str) -> str:
    """One line of printable characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())[:TITLE_LIMIT].strip()


def subject_of(evidence_id: uuid.UUID) -> str:
    """How events name a document: never by its title, which may name a child."""
    return f"data-dukung:{evidence_id}"


# Who


def may_manage(user: User, evidence: Evidence) -> bool:
    """A coordinator manages the whole library, a contributor what they added themselves."""
    roles = roles_in(user, evidence.district) & roles_with(Permission.ANSWER)
    return bool(roles - {Role.CONTRIBUTOR}) or (bool(roles) and evidence.added_by_id == user.pk)


def visible_to(user: User, district_code: str, *, discarded: bool = False) -> QuerySet[Evidence]:
    """The documents of a district's library that the person's roles there show them; or those in its basket.

    All of them, except to a mere contributor: what their agencies' questions use or used, in any edition,
    and what they added themselves. The same rule as the gate's ``evidence_open_to``. In the basket: what they could
    take back. Three queries at most.
    """
    kept, district = _kept(district_code, discarded=discarded), _district(user, district_code)
    if discarded:
        return kept.filter(_managed_by(user, district))
    if roles_in(user, district) - PARTIAL:
        return kept
    evaluations = list(Evaluation.objects.filter(district=district_code).with_place().order_by("pk"))
    return kept.filter(_own(user, evaluations, agencies_by_evaluation(evaluations)))


def _district(user: User, code: str) -> District:
    """Without a query for those who belong to it."""
    own = (member.district for member in memberships_of(user) if member.district_id == code)
    return next(own, None) or District.objects.get(code=code)


class Sight:
    """What a person sees of the library beside one evaluation: ``visible_to`` and ``codes_open_to`` together.

    Everything is read when it is first asked for, and once. For all but contributors documents and codes take no query.
    """

    def __init__(self, user: User, evaluation: Evaluation) -> None:
        self.user, self.evaluation = user, evaluation
        self.whole = bool(roles_in(user, evaluation.district) - PARTIAL)

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        """Question code -> the agency that answers it in this evaluation."""
        return self._assigned[self.evaluation.pk]

    @cached_property
    def codes(self) -> frozenset[str] | None:
        """The questions of this evaluation that are open to the person; ``None``: all of them."""
        return None if self.whole else codes_open_to(self.user, self.evaluation, self.agencies)

    def documents(self, *, discarded: bool = False) -> QuerySet[Evidence]:
        """As ``visible_to``."""
        kept = _kept(self.evaluation.district_id, discarded=discarded)
        if discarded:
            return kept.filter(_managed_by(self.user, self.evaluation.district))
        return kept if self.whole else kept.filter(self._condition)

    @cached_property
    def _condition(self) -> Q:
        return _own(self.user, self._evaluations, self._assigned)

    @cached_property
    def _evaluations(self) -> list[Evaluation]:
        """Whose assignments count: the district's, in every edition; only this one where the whole is seen anyway."""
        if self.whole:
            return [self.evaluation]
        rows = Evaluation.objects.filter(district=self.evaluation.district_id)
        return list(rows.with_place().order_by("pk"))

    @cached_property
    def _assigned(self) -> dict[int, dict[str, Agency]]:
        return agencies_by_evaluation(self._evaluations)


def _kept(district_code: str, *, discarded: bool) -> QuerySet[Evidence]:
    return Evidence.objects.filter(
        district=district_code, letters__isnull=True, discarded_at__isnull=not discarded
    )


def _managed_by(user: User, district: District) -> Q:
    """The same rule as ``may_manage``."""
    roles = roles_in(user, district) & roles_with(Permission.ANSWER)
    if roles - {Role.CONTRIBUTOR}:
        return Q()
    return Q(added_by=user) if roles else Q(pk__in=[])


def _own(user: User, evaluations: Iterable[Evaluation], assigned: Mapping[int, Mapping[str, Agency]]) -> Q:
    """What a contributor added, and what stands or stood at their agencies' questions."""
    own = Q(pk__in=[])
    for evaluation in evaluations:
        codes = codes_open_to(user, evaluation, assigned[evaluation.pk]) or frozenset()
        slots = [
            pk for pk, (code, _) in loaded(evaluation.edition.instrument).slots_by_id.items() if code in codes
        ]
        own |= Q(evaluation=evaluation, slot__in=slots)
    return Q(added_by=user) | Q(pk__in=EvidenceLink.objects.filter(own).values("evidence"))


def offered_to(user: User, district_code: str) -> QuerySet[Evidence]:
    """What of it may go into a slot: neither withdrawn nor discarded."""
    return visible_to(user, district_code).filter(withdrawn_at__isnull=True)


def managed(evidence: Evidence, by: User) -> Evidence:
    """The document's row, locked until the transaction ends. Raises ``Refused`` unless ``by`` manages it."""
    return all_managed([evidence], by)[0]


def all_managed(documents: Sequence[Evidence], by: User) -> list[Evidence]:
    """The rows of these documents in the same order, all locked. Raises as ``managed``. One query."""
    rows = Evidence.objects.select_for_update(of=("self",)).select_related("district")
    letters = Evidence.objects.filter(pk=OuterRef("pk"), letters__isnull=False)
    wanted = rows.filter(pk__in=[document.pk for document in documents])
    locked = {row.pk: row for row in wanted.annotate(is_letter=Exists(letters)).order_by("pk")}
    for document in documents:
        row = locked.get(document.pk)
        if row is None:
            raise Refused("Dokumen ini sudah dihapus dari pustaka. Muat ulang halaman.")
        if not may_manage(by, row) or row.is_letter:
            raise Refused(
                "Dokumen ini hanya diubah oleh koordinator atau petugas yang menambahkannya. Minta salah satunya."
            )
    return [locked[document.pk] for document in documents]


def lock_running(district_code: str) -> list[Evaluation]:
    """The district's evaluations that are being filled in, locked: before any of its documents, newest first."""
    rows = Evaluation.objects.select_for_update(of=("self",)).with_place()
    running = rows.filter(district=district_code, state__in=[State.FILLING, State.RETURNED])
    return list(running.filter(edition__opened_at__isnull=False).order_by("-edition__code", "pk"))


def lock_attachable(district_code: str, *, by: User) -> list[Evaluation]:
    """The same, where ``by`` may change data dukung in one of them at least. Raises ``Refused`` with the reason."""
    running = lock_running(district_code)
    if any(workflow.refusal(evaluation, Action.ATTACH, by=by) is None for evaluation in running):
        return running
    rows = Evaluation.objects.with_place().filter(district=district_code)
    newest = rows.filter(edition__opened_at__isnull=False).order_by("-edition__code").first()
    reason = workflow.refusal(newest, Action.ATTACH, by=by) if newest else None
    raise Refused(reason or "Tidak ada evaluasi yang sedang diisi; pustaka hanya dapat dibaca.")


def refresh_where_used(evidence: Iterable[Evidence], running: Iterable[Evaluation]) -> None:
    """Recompute what the locked evaluations keep of these documents."""
    links = EvidenceLink.objects.filter(evidence__in=list(evidence), removed_at__isnull=True)
    used = set(links.values_list("evaluation", flat=True))
    for evaluation in running:
        if evaluation.pk in used:
            readiness.refresh(evaluation)


# In


def same_content(
    district_code: str, received: intake.Received, *, by: User | None = None, unseen: bool = True
) -> QuerySet[Evidence]:
    """Documents of the district with this very file in force, as it was sent or as it would be kept; oldest first.

    With ``by`` only those that the person may use for it: what they see and, with ``unseen``, documents that hold this
    file alone. Who has one file of a document must not come by its others. Three queries more at most.
    """
    if not received.was_in(district_code):
        return Evidence.objects.none()
    hashes = {received.sha256, received.source_sha256}
    found = with_content(district_code, hashes)
    if by is None:
        return found
    others = EvidenceFile.objects.filter(evidence=OuterRef("pk")).exclude(
        Q(sha256__in=hashes) | Q(source_sha256__in=hashes)
    )
    usable = Q(pk__in=visible_to(by, district_code).values("pk"))
    return found.filter(usable | ~Exists(others) if unseen else usable)


def with_content(district_code: str, hashes: Collection[str]) -> QuerySet[Evidence]:
    """The same for any of these sha256. What was withdrawn or discarded is used for nothing new."""
    files = EvidenceFile.objects.filter(
        Q(sha256__in=hashes) | Q(source_sha256__in=hashes),
        evidence__district=district_code,
        evidence__letters__isnull=True,
        retired_at__isnull=True,
        erased_at__isnull=True,
    )
    return Evidence.objects.filter(
        pk__in=files.values("evidence"), withdrawn_at__isnull=True, discarded_at__isnull=True
    ).order_by("added_at")


def add_document(
    received: intake.Received, evaluation: Evaluation, *, title: str = "", unseen: bool = True, by: User
) -> Evidence:
    """The district's document with this file: the one it has that ``by`` may use (see ``same_content``), or a new one.

    Inside the caller's transaction.
    """
    same = same_content(evaluation.district_id, received, by=by, unseen=unseen)
    known = same.select_for_update().first()
    if known is not None:
        return known
    stem = received.filename.rpartition(".")[0]
    evidence = Evidence(
        form=EvidenceForm.FILE,
        title=clean_title(title) or clean_title(stem) or received.filename,
        document_date=received.taken_on,
    )
    add_row(evidence, evaluation, received, by=by)
    return evidence


def add_row(
    evidence: Evidence, evaluation: Evaluation, received: intake.Received | None = None, *, by: User
) -> None:
    """The new document with its file and event. Inside the caller's transaction."""
    evidence.district_id = evaluation.district_id
    evidence.added_at, evidence.added_by = clock.now(), by
    insert(evidence)
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


# Out


def discard(*, evidence: Evidence, by: User) -> None:
    """Put a document aside that stands nowhere and was never handed in.

    ``restore`` brings it back until ``purge`` takes it away. Raises ``EvidenceRefused`` with what still holds it.
    Doing it twice changes nothing.
    """
    with transaction.atomic():
        locked = managed(evidence, by)
        if locked.discarded_at:
            return
        if locked.links.filter(removed_at__isnull=True).exists():
            raise EvidenceRefused("Dokumen ini masih dipakai. Lepaskan dahulu dari pertanyaannya.")
        if _is_held(locked):
            raise EvidenceRefused(
                "Dokumen ini pernah diajukan atau dilampirkan pada sanggah, jadi tetap disimpan. "
                "Bila keliru, tarik dokumennya dengan alasan."
            )
        proved = locked.proved_actions.select_related("action").first()
        if proved:
            raise EvidenceRefused(
                f"Dokumen ini bukti aksi “{proved.action}”. Lepaskan dahulu dari aksinya, lalu buang."
            )
        locked.discarded_at, locked.discarded_by = clock.now(), by
        locked.save(update_fields=["discarded_at", "discarded_by"])
        _note(EventAction.EVIDENCE_DISCARDED, locked, by=by)


def restore(*, evidence: Evidence, by: User) -> None:
    """Take a document back out of the basket. Doing it twice changes nothing."""
    with transaction.atomic():
        locked = managed(evidence, by)
        if locked.discarded_at is None:
            return
        locked.discarded_at, locked.discarded_by = None, None
        locked.save(update_fields=["discarded_at", "discarded_by"])
        _note(EventAction.EVIDENCE_RESTORED, locked, by=by)


def withdraw(*, evidence: Evidence, reason: str, by: User) -> None:
    """Mark a document that a submitted stage used: it stays where it stands, and is offered for no other slot.

    Raises ``EvidenceRefused`` without a reason, and for a document that was never handed in. Doing it twice changes
    nothing.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise EvidenceRefused(f"Tulis alasan penarikannya, paling panjang {REASON_LIMIT} huruf.")
    with transaction.atomic():
        running = lock_running(evidence.district_id)
        locked = managed(evidence, by)
        if locked.withdrawn_at:
            return
        if not _is_held(locked):
            raise EvidenceRefused(
                "Dokumen ini belum pernah diajukan, jadi tidak perlu ditarik. Lepaskan dari pertanyaannya, lalu buang."
            )
        locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = clock.now(), by, reason
        locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        _note(EventAction.EVIDENCE_WITHDRAWN, locked, by=by)
        refresh_where_used([locked], running)


def purge() -> int:
    """Delete what was discarded longer ago than the retention, with its files; how many documents that were.

    The system's own deed. Each is a transaction of its own, and running it again goes on where it stopped.
    """
    limit = clock.now() - timedelta(days=settings.EVIDENCE_RETENTION_DAYS)
    due = (
        Evidence.objects.filter(discarded_at__lt=limit).order_by("discarded_at").values_list("pk", flat=True)
    )
    return sum(_purged(pk) for pk in list(due))


def _purged(pk: uuid.UUID) -> bool:
    with transaction.atomic():
        rows = Evidence.objects.select_for_update(of=("self",)).filter(pk=pk, discarded_at__isnull=False)
        locked = rows.first()
        if locked is None or _is_held(locked) or locked.links.filter(removed_at__isnull=True).exists():
            return False
        if locked.proved_actions.exists():
            return False
        files = list(locked.files.select_related("reading"))
        _note(EventAction.EVIDENCE_DELETED, locked, by=None, sha256=[file.sha256 for file in files])
        transaction.on_commit(partial(_drop_contents, [(file.pk, *_names(file)) for file in files]))
        locked.links.all().delete()
        locked.delete()
    return True


def _names(file: EvidenceFile) -> list[str]:
    return [file.storage_name, file.reading.thumbnail if hasattr(file, "reading") else ""]


def _drop_contents(files: Iterable[tuple[Any, ...]]) -> None:
    for pk, *names in files:
        store.drop(*names)
        previews.forget(pk)


def _is_held(evidence: Evidence) -> bool:
    """It was handed in, or a letter that ever closed a stage is it: for ever."""
    return was_handed_in(evidence) or evidence.letters.exists()


def _note(action: EventAction, evidence: Evidence, *, by: User | None, **data: object) -> None:
    record(action, by=by, district=evidence.district_id, subject=subject_of(evidence.pk), **data)
