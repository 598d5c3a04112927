"""What last edition's verifiers accepted, proposed again for the same question. Never attached without a click."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import slots, standing
from evaluations.domain.evidence.library import Sight
from evaluations.domain.evidence.standing import Standing
from evaluations.files.faults import EvidenceRefused
from evaluations.models import (
    VERIFYING,
    Decision,
    Edition,
    Evaluation,
    Evidence,
    EvidenceLink,
    State,
    Verdict,
)
from indicators.domain.spec import Loaded, loaded
from indicators.spec import Slot
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.indonesian import tanggal
from kla_portal.prepared import prepared

LASTING = frozenset({"regulation"})
"""Kinds that stay valid until something ends them."""


class Fitness(Enum):
    """Whether a document still proves something in the new evidence years."""

    VALID = "masih berlaku"
    EXPIRED = "sudah tidak berlaku"
    UNDATED = "tahunnya belum diisi"


@dataclass(frozen=True)
class Proposal:
    """A document that was accepted for question ``code`` in ``before``, and the slot it would go into now."""

    code: str
    slot: Slot
    document: Evidence
    pages: str
    quote: str
    before: Edition
    fitness: Fitness
    reason: str

    @property
    def valid(self) -> bool:
        return self.fitness is Fitness.VALID

    @property
    def key(self) -> str:
        """Names the proposal in a form."""
        return f"{self.code}:{self.slot.number}:{self.document.pk}"


def proposals(
    evaluation: Evaluation,
    *,
    by: User,
    codes: Collection[str] | None = None,
    held: Standing | None = None,
) -> list[Proposal]:
    """By question, the valid ones first: for the questions open to ``by``, or ``codes``, which the caller found open.

    Not proposed: what stands at the question already, was withdrawn or discarded, lost points in the end, or is out of
    a contributor's sight, whose agency answers the question only now. Two queries where there is an earlier edition,
    four more for a contributor; one less with ``held``, what stands in the evaluation.
    """
    before = evaluation.edition.previous
    if before is None:
        return []
    open_codes = codes_open_to(by, evaluation) if codes is None else codes
    now, then = loaded(evaluation.edition.instrument), loaded(before.instrument)
    asked = [
        question.code
        for question in now.spec.questions()
        if question.code in then.question_ids and (open_codes is None or question.code in open_codes)
    ]
    found: dict[str, Proposal] = {}
    for link in _accepted(evaluation, before, then, set(asked)):
        code, number = then.slots_by_id[link.slot_id]
        slot = _slot_now(now, then, code, number)
        held = held or standing.of(evaluation)
        if slot is None or (code, link.evidence_id) in held.questions:
            continue
        fitness, reason = fitness_of(link.evidence, evaluation.edition, kind=_kind(then, code, number))
        proposed = Proposal(code, slot, link.evidence, link.pages, link.quote, before, fitness, reason)
        found.setdefault(proposed.key, proposed)
    order = {code: place for place, code in enumerate(asked)}
    return sorted(
        _seen(found.values(), evaluation, by),
        key=lambda one: (order[one.code], not one.valid, one.slot.number),
    )


def fitness_of(document: Evidence, edition: Edition, *, kind: str = "") -> tuple[Fitness, str]:
    """Whether the document still proves something in the edition's evidence years, and why in words.

    ``kind`` is that of the slot it stood in, for documents that do not say theirs.
    """
    years = edition.evidence_years
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    since = document.valid_from or document.document_date
    lasting = bool(document.valid_from) or (document.kind or kind) in LASTING
    if proved := sorted(set(document.years) & set(years)):
        return Fitness.VALID, _years(proved)
    if document.valid_until and document.valid_until >= first and (since is None or since <= last):
        return Fitness.VALID, f"berlaku sampai {tanggal(document.valid_until)}"
    if since and since <= last and lasting and not document.valid_until:
        return Fitness.VALID, f"berlaku sejak {tanggal(since)}"
    if document.document_date and first <= document.document_date <= last:
        return Fitness.VALID, f"tanggal {tanggal(document.document_date)}"
    return _unfit(document)


def _unfit(document: Evidence) -> tuple[Fitness, str]:
    if document.valid_until:
        return Fitness.EXPIRED, f"berlaku sampai {tanggal(document.valid_until)}"
    if document.years:
        return Fitness.EXPIRED, _years(document.years)
    since = document.valid_from or document.document_date
    if since:
        return Fitness.EXPIRED, f"tanggal {tanggal(since)}"
    return Fitness.UNDATED, "isi tahun atau tanggalnya dahulu"


def _years(years: Iterable[int]) -> str:
    return f"tahun {', '.join(map(str, years))}"


@dataclass(frozen=True)
class Outcome:
    """What became of one proposal; ``refusal`` is empty when the document now stands there."""

    proposal: Proposal
    refusal: str = ""


def attach_many(
    *, evaluation: Evaluation, keys: Iterable[str], codes: Collection[str] | None = None, by: User
) -> list[Outcome]:
    """Attach the proposals with these ``key``s, each with its own outcome; unknown and expired ones are left out."""
    wanted = set(keys)
    proposed = proposals(evaluation, by=by, codes=codes)
    return [_attached(evaluation, one, by) for one in proposed if one.key in wanted and one.valid]


def _attached(evaluation: Evaluation, proposal: Proposal, by: User) -> Outcome:
    try:
        with transaction.atomic():
            slots.attach(
                evaluation=evaluation,
                code=proposal.code,
                slot_number=proposal.slot.number,
                evidence=proposal.document,
                pages=proposal.pages,
                quote=proposal.quote,
                by=by,
            )
    except (EvidenceRefused, Refused) as refused:
        return Outcome(proposal, str(refused))
    return Outcome(proposal)


# Inside


def _seen(found: Collection[Proposal], evaluation: Evaluation, by: User) -> Collection[Proposal]:
    sight = Sight(by, evaluation)
    if sight.whole or not found:
        return found
    documents = sight.documents().filter(pk__in={one.document.pk for one in found})
    seen = set(documents.values_list("pk", flat=True))
    return [one for one in found if one.document.pk in seen]


def _accepted(
    evaluation: Evaluation, before: Edition, then: Loaded, codes: Collection[str]
) -> list[EvidenceLink]:
    """What stood in the district's earlier evaluation at those of ``codes`` whose last decision accepted the claim;
    without any decision, those of a finished evaluation. One query."""
    stood = [pk for pk, (code, _) in then.slots_by_id.items() if code in codes]
    return _accepted_in(before.pk, evaluation.district_id, *stood) if stood else []


@prepared
def _accepted_in(before: int, district: str, *stood: int) -> QuerySet[EvidenceLink]:
    order = Case(*(When(stage=stage, then=place) for place, stage in enumerate(VERIFYING)))
    decided = Verdict.objects.filter(
        evaluation=OuterRef("evaluation"), question=OuterRef("slot__question"), reading=1
    ).exclude(decision=Decision.DEFER)
    rows = (
        EvidenceLink.objects.filter(
            evaluation__edition=before,
            evaluation__district=district,
            slot__in=stood,
            removed_at__isnull=True,
            evidence__withdrawn_at__isnull=True,
            evidence__discarded_at__isnull=True,
        )
        .annotate(last=Subquery(decided.order_by(order.desc()).values("decision")[:1]))
        .filter(Q(last=Decision.ACCEPT) | Q(last__isnull=True, evaluation__state=State.FINAL))
    )
    return rows.select_related("evidence").order_by("added_at", "pk")


def _kind(instrument: Loaded, code: str, number: int) -> str:
    return next(slot.kind for slot in instrument.spec.by_code[code].slots if slot.number == number)


def _slot_now(now: Loaded, then: Loaded, code: str, number: int) -> Slot | None:
    """The slot of the new instrument: the same number and kind, else the first of that kind, else the first."""
    here = now.spec.by_code[code].slots
    kind = _kind(then, code, number)
    alike = [slot for slot in here if slot.kind == kind]
    same = [slot for slot in alike if slot.number == number]
    return next(iter([*same, *alike, *here]), None)
