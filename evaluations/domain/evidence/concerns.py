"""Warnings about documents: what is asked, the district's answers, and what a verifier may ask.

``of_evaluation`` and ``of_links`` come from ``raised``; here are the verbs and the verifier's questions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db import transaction

from evaluations.checks import Severity
from evaluations.checks.base import listed
from evaluations.checks.documents import Concern, Reply
from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.evidence import readiness
from evaluations.domain.evidence.pairs import Elsewhere, elsewhere
from evaluations.domain.evidence.raised import at_question, of_evaluation, of_links
from evaluations.domain.evidence.slots import read_files
from evaluations.domain.workflow import Action
from evaluations.files.faults import EvidenceRefused
from evaluations.models import ConcernAnswer, Evaluation, Evidence
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Area, Refused, area_of
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import Permission
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

__all__ = ["Concern", "ToAsk", "answer", "for_verifier", "of_evaluation", "of_links", "take_back"]

REASON_LIMIT = 500

DISTRICTS_NAMED = 3
"""Other districts that one question to the verifier names."""


@dataclass(frozen=True)
class ToAsk:
    """A question for the verifier about one document; ``reply``: what the district said to it already."""

    evidence_id: UUID
    title: str
    message: str
    reply: Reply | None = None


# The district's answers


def answer(
    *, evaluation: Evaluation, evidence: Evidence, rule: str, basis: str, reason: str, by: User
) -> ConcernAnswer:
    """Close a warning with the district's word. It stays readable, and is asked again when its facts change.

    Raises ``EvidenceRefused`` without a reason and for what cannot be answered, ``Refused`` when it is not theirs.
    The same answer again changes nothing.
    """
    reason = _clean(reason)
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ATTACH, by=by)
        concern = _find(evaluation, evidence.pk, rule, basis)
        _must_be_open(by, evaluation, concern)
        if not concern.answerable:
            raise EvidenceRefused(
                "Peringatan ini tidak dapat dijawab dengan penjelasan. Perbaiki dokumennya."
            )
        if concern.answered:
            held = ConcernAnswer.objects.get(pk=concern.answered.pk)
            if held.reason == reason:
                return held
            raise EvidenceRefused("Peringatan ini sudah dijawab. Tarik jawabannya dahulu, lalu jawab lagi.")
        stored = ConcernAnswer.objects.create(
            evaluation=evaluation,
            evidence_id=evidence.pk,
            rule=rule,
            basis=basis,
            reason=reason,
            at=clock.now(),
            by=by,
        )
        _note(EventAction.CONCERN_ANSWERED, evaluation, concern, by)
        readiness.refresh(evaluation)
    return stored


def take_back(*, evaluation: Evaluation, evidence: Evidence, rule: str, basis: str, by: User) -> None:
    """Take an answer back: the warning is open again. The row stays, with who and when. Twice changes nothing."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ATTACH, by=by)
        concern = _find(evaluation, evidence.pk, rule, basis)
        _must_be_open(by, evaluation, concern)
        if not concern.answered:
            return
        ConcernAnswer.objects.filter(pk=concern.answered.pk).update(removed_at=clock.now(), removed_by=by)
        _note(EventAction.CONCERN_TAKEN_BACK, evaluation, concern, by)
        readiness.refresh(evaluation)


def _clean(reason: str) -> str:
    reason = " ".join("".join(c for c in reason if c.isprintable() or c.isspace()).split())
    if not reason:
        raise EvidenceRefused("Jawabannya belum ditulis. Jelaskan dalam satu atau dua kalimat, lalu simpan.")
    if len(reason) > REASON_LIMIT:
        raise EvidenceRefused(
            f"Jawaban paling panjang {REASON_LIMIT} huruf (sekarang {len(reason)}). Pendekkan, lalu simpan lagi."
        )
    return reason


def _find(evaluation: Evaluation, evidence: UUID, rule: str, basis: str) -> Concern:
    wanted = (evidence, rule, basis)
    for concern in of_evaluation(evaluation):
        if (concern.evidence_id, concern.rule, concern.basis) == wanted:
            return concern
    raise EvidenceRefused(
        "Peringatan ini sudah berubah atau tidak ada lagi. Muat ulang halaman, lalu periksa."
    )


def _must_be_open(by: User, evaluation: Evaluation, concern: Concern) -> None:
    """One of the concern's questions at least must be open to the person now."""
    open_codes = codes_open_to(by, evaluation)
    mine = [code for code in concern.codes if open_codes is None or code in open_codes]
    if not mine:
        raise Refused(
            "Dokumen ini ada di pertanyaan yang dibagikan kepada perangkat daerah lain."
            " Minta perangkat daerah itu atau koordinator menjawabnya."
        )
    ids = loaded(evaluation.edition.instrument).question_ids
    locked = [deadlines.return_refusal(evaluation, ids[code]) for code in mine]
    if all(locked):
        raise Refused(locked[0] or "")


def _note(action: EventAction, evaluation: Evaluation, concern: Concern, by: User) -> None:
    """Never the reason itself: it may name a child."""
    record(
        action,
        by=by,
        district=evaluation.district_id,
        subject=f"data-dukung:{concern.evidence_id}",
        evaluation=evaluation.pk,
        rule=concern.rule,
        codes=list(concern.codes),
    )


# The verifier's questions


def for_verifier(
    evaluation: Evaluation, code: str, documents: Iterable[Evidence] | None = None, *, by: User
) -> list[ToAsk]:
    """What to ask about the documents at question ``code``: the district's warnings with its answers, then matches
    in other districts. Twelve queries at most; two less with the ``documents`` that stand there and their files.

    Raises ``Refused`` for everyone but those who verify this district: a district never learns of such matches.
    """
    refusals = [
        workflow.role_refusal(evaluation, action, by=by)
        for action in (Action.VERIFY_VA, Action.VERIFY_VL, Action.VERIFY_VF)
    ]
    if all(refusals):
        raise Refused(refusals[0] or "")
    papers = {paper.pk: paper for paper in (_papers(evaluation, code) if documents is None else documents)}
    own = [
        ToAsk(concern.evidence_id, concern.title, concern.message, concern.answered)
        for concern in (at_question(evaluation, code) if papers else ())
        if code in concern.codes and concern.severity is Severity.WARNING
    ]
    area = area_of(by, Permission.READ)
    files = [file for paper in papers.values() for file in paper.current_files]
    found = sorted(elsewhere(evaluation, files), key=_group)
    return own + [
        ToAsk(key[1], papers[key[1]].title, _question(key[0] == "file", list(places), area))
        for key, places in groupby(found, key=_group)
    ]


def _papers(evaluation: Evaluation, code: str) -> Iterable[Evidence]:
    """The documents at one question, with their files. Two queries."""
    question = loaded(evaluation.edition.instrument).question_ids[code]
    rows = Evidence.objects.filter(
        links__evaluation=evaluation, links__slot__question=question, links__removed_at__isnull=True
    )
    return rows.prefetch_related(read_files())


def _group(match: Elsewhere) -> tuple[str, UUID]:
    return "file" if match.same_file else "text", match.evidence_id


def _question(same_file: bool, matches: Iterable[Elsewhere], area: Area) -> str:
    where = _where(matches, area)
    if same_file:
        return f"Berkas yang sama juga dipakai {where}. Tanyakan mana yang aslinya."
    return f"Isinya hampir sama dengan dokumen {where}. Tanyakan bagaimana dokumen ini disusun."


def _where(matches: Iterable[Elsewhere], area: Area) -> str:
    """``Kabupaten Balangan untuk 3.1 dan sebuah kabupaten/kota di provinsi lain untuk 3.1``."""
    codes: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for match in matches:
        district = match.district
        seen = area.covers(district)
        names[district.code] = district.name if seen else "sebuah kabupaten/kota di provinsi lain"
        codes.setdefault(district.code, []).append(match.code)
    # Those who can be asked stand first.
    order = sorted(codes, key=lambda key: (names[key].startswith("sebuah"), key))
    parts = [f"{names[key]} untuk {listed(codes[key])}" for key in order[:DISTRICTS_NAMED]]
    left = len(order) - len(parts)
    if left:
        parts.append(f"{left} kabupaten/kota lain")
    return " dan ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
