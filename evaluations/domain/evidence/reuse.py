"""What last edition's verifiers accepted, proposed again for the same question. Never attached without a click."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db import transaction

from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import slots
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


def proposals(evaluation: Evaluation, *, by: User, codes: Collection[str] | None = None) -> list[Proposal]:
    """By question, the valid ones first. Only for questions open to ``by``, and of these ``codes`` where given.

    Not proposed: what stands at the question already, was withdrawn or discarded, or lost points in the end. Five
    queries when there is an earlier evaluation.
    """
    before = _evaluation_before(evaluation)
    if before is None:
        return []
    now, then = loaded(evaluation.edition.instrument), loaded(before.edition.instrument)
    open_codes = codes_open_to(by, evaluation)
    asked = [
        question.code
        for question in now.spec.questions()
        if (codes is None or question.code in codes) and (open_codes is None or question.code in open_codes)
    ]
    accepted = _accepted(before, then, [code for code in asked if code in then.question_ids])
    standing = _standing(evaluation, now)
    order = {code: place for place, code in enumerate(asked)}
    found: dict[str, Proposal] = {}
    for link in _links(before, then, accepted):
        code, number = then.slots_by_id[link.slot_id]
        slot = _slot_now(now, then, code, number)
        if slot is None or (code, link.evidence_id) in standing:
            continue
        fitness, reason = fitness_of(link.evidence, evaluation.edition, kind=_kind(then, code, number))
        proposed = Proposal(
            code, slot, link.evidence, link.pages, link.quote, before.edition, fitness, reason
        )
        found.setdefault(proposed.key, proposed)
    return sorted(found.values(), key=lambda one: (order[one.code], not one.valid, one.slot.number))


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


def _evaluation_before(evaluation: Evaluation) -> Evaluation | None:
    edition = evaluation.edition.previous
    if edition is None:
        return None
    rows = Evaluation.objects.select_related("edition__instrument")
    return rows.filter(edition=edition, district=evaluation.district_id).first()


def _accepted(before: Evaluation, then: Loaded, codes: Iterable[str]) -> set[str]:
    """Questions whose last decision accepted the claim; without any decision, those of a finished evaluation."""
    order = {str(stage): place for place, stage in enumerate(VERIFYING)}
    verdicts = Verdict.objects.filter(evaluation=before, reading=1).exclude(decision=Decision.DEFER)
    last: dict[str, str] = {}
    for verdict in sorted(verdicts, key=lambda row: order[row.stage]):
        last[then.question_codes[verdict.question_id]] = verdict.decision
    silent = Decision.ACCEPT if before.state == State.FINAL else None
    return {code for code in codes if last.get(code, silent) == Decision.ACCEPT}


def _links(before: Evaluation, then: Loaded, codes: set[str]) -> Iterable[EvidenceLink]:
    ids = [pk for pk, (code, _) in then.slots_by_id.items() if code in codes]
    rows = EvidenceLink.objects.filter(
        evaluation=before,
        slot__in=ids,
        removed_at__isnull=True,
        evidence__withdrawn_at__isnull=True,
        evidence__discarded_at__isnull=True,
    )
    read = rows.select_related("evidence__district").prefetch_related(slots.read_files("evidence"))
    return read.order_by("added_at", "pk")


def _standing(evaluation: Evaluation, now: Loaded) -> set[tuple[str, object]]:
    """(Question code, document) of what stands in the new evaluation."""
    rows = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    return {(now.slots_by_id[slot][0], document) for slot, document in rows.values_list("slot", "evidence")}


def _kind(instrument: Loaded, code: str, number: int) -> str:
    return next(slot.kind for slot in instrument.spec.by_code[code].slots if slot.number == number)


def _slot_now(now: Loaded, then: Loaded, code: str, number: int) -> Slot | None:
    """The slot of the new instrument: the same number and kind, else the first of that kind, else the first."""
    here = now.spec.by_code[code].slots
    kind = _kind(then, code, number)
    alike = [slot for slot in here if slot.kind == kind]
    same = [slot for slot in alike if slot.number == number]
    return next(iter([*same, *alike, *here]), None)
