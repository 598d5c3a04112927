"""The gate to evaluations and what belongs to them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404

from evaluations.domain import practices, workflow
from evaluations.domain.assignments import agencies_by_evaluation, codes_open_to
from evaluations.domain.eventlog import readable
from evaluations.domain.evidence.library import may_manage
from evaluations.domain.ranking import NATIONAL
from evaluations.domain.units.scope import own_kecamatan
from evaluations.domain.workflow import Action
from evaluations.models import Edition, Evaluation, Evidence, EvidenceLink, StageResult
from indicators.domain.spec import loaded
from indicators.spec import QuestionSpec
from kla_portal.accounts.access import (
    Area,
    Refused,
    anyone,
    area_of,
    get_district_for,
    get_province_for,
    require,
    roles_in,
    signed_in,
)
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.prepared import prepared
from kla_portal.regions.models import Kecamatan, Province

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

ALL_PLACES = "semua"
"""In an address: all kecamatan of the district."""

__all__ = [
    "Refused",
    "anyone",
    "area_of",
    "get_area_for",
    "get_district_for",
    "get_edition_for",
    "get_evaluation_for",
    "get_evidence_for",
    "get_kecamatan_for",
    "get_locked_question_for",
    "get_log_area_for",
    "get_places_for",
    "get_province_for",
    "get_question_for",
    "get_result_for",
    "get_shared_evidence_for",
    "require",
    "roles_in",
    "signed_in",
]


def get_evaluation_for(user: User | AnonymousUser, pk: int, action: Action) -> Evaluation:
    """Not visible: 404. Visible, but not allowed now: ``Refused`` with the reason."""
    return _let_in(signed_in(user), _opened(pk), action)


def _let_in(person: User, found: list[Evaluation], action: Action) -> Evaluation:
    (evaluation,) = found or [None]
    if evaluation is None or not area_of(person, Permission.READ).covers(evaluation.district):
        raise Http404
    workflow.ensure(evaluation, action, by=person)
    evaluation._read_by_gate = True  # type: ignore[attr-defined]
    return evaluation


@prepared
def _opened(pk: int) -> QuerySet[Evaluation]:
    return Evaluation.objects.with_place().filter(pk=pk, edition__opened_at__isnull=False)


@prepared
def _opened_locked(pk: int) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.with_place().select_for_update(of=("self",))
    return rows.filter(pk=pk, edition__opened_at__isnull=False)


def get_kecamatan_for(
    user: User | AnonymousUser, pk: int, code: str, action: Action | None = None
) -> tuple[Evaluation, Kecamatan]:
    """A kecamatan of an evaluation: for its officer only their own exists, for readers of the district all.

    With an ``action``: ``Refused`` when the person's roles or the evaluation's state do not allow it now.
    """
    person = signed_in(user)
    (evaluation,) = _opened(pk) or [None]
    if evaluation is None:
        raise Http404
    reads = area_of(person, Permission.READ).covers(evaluation.district)
    if not reads and code not in own_kecamatan(person, evaluation.district_id):
        raise Http404
    kecamatan = Kecamatan.objects.filter(code=code, district=evaluation.district_id).first()
    if kecamatan is None:
        raise Http404
    if action:
        workflow.ensure(evaluation, action, by=person)
    return evaluation, kecamatan


def get_places_for(
    user: User | AnonymousUser, pk: int, place: str, action: Action | None = None
) -> tuple[Evaluation, frozenset[str] | None]:
    """One kecamatan as above, or with ``ALL_PLACES`` the whole district (``None``) for those who read it."""
    if place != ALL_PLACES:
        evaluation, kecamatan = get_kecamatan_for(user, pk, place, action)
        return evaluation, frozenset({kecamatan.code})
    evaluation = get_evaluation_for(user, pk, Action.READ)
    if action:
        workflow.ensure(evaluation, action, by=signed_in(user))
    return evaluation, None


def get_question_for(
    user: User | AnonymousUser, pk: int, code: str, action: Action
) -> tuple[Evaluation, QuestionSpec]:
    """One question of an evaluation; for a contributor only those of their agency exist."""
    evaluation = get_evaluation_for(user, pk, Action.READ)
    return evaluation, _question_of(evaluation, code, action, by=signed_in(user))


@contextmanager
def get_locked_question_for(
    user: User | AnonymousUser, pk: int, code: str, action: Action
) -> Iterator[tuple[Evaluation, QuestionSpec]]:
    """The same in one transaction with the verb that follows: the row is read and locked by one query.

    The verb joins by ``workflow.held``; whatever it raises undoes the transaction.
    """
    person = signed_in(user)
    with transaction.atomic():
        evaluation = _let_in(person, _opened_locked(pk), Action.READ)
        evaluation._held = True  # type: ignore[attr-defined]
        try:
            yield evaluation, _question_of(evaluation, code, action, by=person)
        finally:
            evaluation._held = False  # type: ignore[attr-defined]


def _question_of(evaluation: Evaluation, code: str, action: Action, *, by: User) -> QuestionSpec:
    question = loaded(evaluation.edition.instrument).spec.by_code.get(code)
    open_codes = codes_open_to(by, evaluation)
    if question is None or (open_codes is not None and code not in open_codes):
        raise Http404
    workflow.ensure(evaluation, action, by=by)
    return question


def get_evidence_for(user: User | AnonymousUser, pk: UUID) -> Evidence:
    """A document of a library in the person's area; a discarded one only for those who may take it back.

    A contributor sees what their agencies' questions use and what they added themselves.
    """
    person = signed_in(user)
    evidence = Evidence.objects.select_related("district__province").filter(pk=pk).first()
    if evidence is None or not area_of(person, Permission.READ).covers(evidence.district):
        raise Http404
    if evidence.discarded_at and not may_manage(person, evidence):
        raise Http404
    if not evidence_open_to(person, evidence):
        raise Http404
    return evidence


def evidence_open_to(user: User, evidence: Evidence) -> bool:
    """Whether the person's roles in the district show them this document. Three queries at most."""
    if roles_in(user, evidence.district) & workflow.TABLE[Action.READ_ALL].roles:
        return True
    if evidence.added_by_id == user.pk:
        return True
    links = EvidenceLink.objects.filter(evidence=evidence).select_related(
        "evaluation__edition__instrument", "evaluation__district"
    )
    stands: dict[Evaluation, set[str]] = {}
    for link in links.order_by("pk"):
        code, _ = loaded(link.evaluation.edition.instrument).slots_by_id[link.slot_id]
        stands.setdefault(link.evaluation, set()).add(code)
    if not stands:
        return False
    assigned = agencies_by_evaluation(stands)
    return any(
        codes & (codes_open_to(user, evaluation, assigned[evaluation.pk]) or set())
        for evaluation, codes in stands.items()
    )


def get_shared_evidence_for(user: User | AnonymousUser, practice: int, document: UUID) -> Evidence:
    """A document that a district shares with its practice, for everyone who reads evaluations anywhere.

    A gate beside ``get_evidence_for``: this opens the document's files in force and nothing else of the library.
    """
    require(user, Permission.READ)
    evidence = practices.shared_document(practice, document)
    if evidence is None:
        raise Http404
    return evidence


def get_result_for(user: User | AnonymousUser, pk: int) -> StageResult:
    """A stored result of an evaluation that the person reads as a whole."""
    result = StageResult.objects.select_related("taken_by").filter(pk=pk).first()
    if result is None:
        raise Http404
    result.evaluation = get_evaluation_for(user, result.evaluation_id, Action.READ_ALL)
    return result


def get_area_for(user: User | AnonymousUser, code: str, place: str) -> tuple[Edition, Province | None]:
    """An edition with its windows and one province of the person's area, or the whole nation (``None``)."""
    edition = get_edition_for(user, code, Permission.SUPERVISE)
    prefetch_related_objects([edition], "windows")
    if place != NATIONAL:
        return edition, get_province_for(user, place, Permission.SUPERVISE)
    if not area_of(user, Permission.SUPERVISE).national:
        raise Http404
    return edition, None


def get_edition_for(user: User | AnonymousUser, code: str, permission: Permission) -> Edition:
    """An opened edition, for someone who holds the permission anywhere."""
    require(user, permission)
    (edition,) = _edition(code) or [None]
    if edition is None:
        raise Http404
    return edition


@prepared
def _edition(code: str) -> QuerySet[Edition]:
    rows = Edition.objects.select_related("instrument", "previous__instrument")
    return rows.filter(code=code, opened_at__isnull=False)


def get_log_area_for(user: User | AnonymousUser) -> Area:
    """Where the person reads the event log; refused when there is no such place."""
    area = readable(signed_in(user))
    if not area:
        raise Refused(
            "Catatan kejadian dibaca koordinator kabupaten/kota, provinsi, kementerian, dan auditor."
        )
    return area
