"""Verifying: verdicts question by question, versioned and attributable; who verifies what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.rulings import standings
from evaluations.domain.workflow import Action
from evaluations.models import (
    VERIFYING,
    Answer,
    Decision,
    Evaluation,
    Stage,
    Verdict,
    VerdictRevision,
    VerifierAssignment,
)
from evaluations.scoring.rules import AnswerError, answer_to_value, is_blank, read_answer
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused, memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction

REASON_LIMIT = 4000
"""Characters a reason may have."""

NEEDS_REASON = frozenset({Decision.CHANGE, Decision.REJECT})
"""Verdicts that are not stored without a reason."""


class StaleVerdict(Exception):
    """Someone decided since the page was opened, or the claim itself changed. ``current`` may be ``None``."""

    def __init__(self, current: Verdict | None, *, claim_changed: bool) -> None:
        super().__init__(
            "Jawaban berubah sejak halaman dibuka." if claim_changed else "Putusan sudah berubah."
        )
        self.current, self.claim_changed = current, claim_changed


@dataclass(frozen=True)
class Decided:
    verdict: Verdict
    changed: bool


def decide(
    *,
    evaluation: Evaluation,
    stage: Stage,
    code: str,
    decision: Decision,
    value: Mapping[str, Any] | None = None,
    reason: str = "",
    version: int,
    answer_version: int,
    reading: int = 1,
    by: User,
) -> Decided:
    """Store a verdict made against ``version`` (0: none yet) while looking at the claim ``answer_version``.

    ``value`` is the verifier's own answer, for ``change`` only. Raises ``AnswerError`` (field "reason" when it
    is missing), ``StaleVerdict``, ``Refused``. The same content again changes nothing.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, workflow.VERIFY[stage], by=by)
        instrument = loaded(evaluation.edition.instrument)
        _must_be_assigned(evaluation, stage, [code], reading, by)
        canonical = _checked_value(instrument.spec.by_code[code].rule, decision, value)
        reason = _checked_reason(decision, reason)
        question_id = instrument.question_ids[code]
        claimed, claim_version = _claim(evaluation, question_id)
        if answer_version != claim_version:
            raise StaleVerdict(_current(evaluation, stage, question_id, reading), claim_changed=True)
        if canonical is not None:
            _must_differ(canonical, _value_before(evaluation, stage, question_id, claimed))
        current = _current(evaluation, stage, question_id, reading)
        wanted = (decision, canonical, reason, answer_version)
        if current and _repeats(evaluation, current, wanted):
            return Decided(current, changed=False)
        if version != (current.version if current else 0):
            raise StaleVerdict(current, claim_changed=False)
        row = {"evaluation": evaluation, "stage": stage, "question_id": question_id, "reading": reading}
        verdict = current or Verdict(**row, version=0)
        verdict.decision, verdict.value, verdict.reason, verdict.answer_version = wanted
        _write(verdict, by)
        _record(evaluation, verdict, code, by)
    return Decided(verdict, changed=True)


def accept_untouched(*, evaluation: Evaluation, stage: Stage, codes: Iterable[str], by: User) -> int:
    """Accept as claimed the named questions that are still open and undecided. Returns how many.

    Each gets its own verdict under the person's name. A question decided meanwhile is left alone.
    """
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, workflow.VERIFY[stage], by=by)
        instrument = loaded(evaluation.edition.instrument)
        found = standings(evaluation, stage)
        wanted = [
            code for code in codes if code in found and found[code].open and found[code].verdict is None
        ]
        _must_be_assigned(evaluation, stage, wanted, 1, by)
        versions = dict(Answer.objects.filter(evaluation=evaluation).values_list("question_id", "version"))
        for code in wanted:
            question_id = instrument.question_ids[code]
            verdict = Verdict(
                evaluation=evaluation,
                stage=stage,
                question_id=question_id,
                decision=Decision.ACCEPT,
                answer_version=versions.get(question_id, 0),
                version=0,
            )
            _write(verdict, by)
            _record(evaluation, verdict, code, by)
    return len(wanted)


def assign_verifier(
    *, evaluation: Evaluation, stage: Stage, cluster: str = "", verifier: User, reading: int = 1, by: User
) -> VerifierAssignment:
    """Name who verifies a district, or one of its clusters, at a stage. Nobody verifies their own district."""
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, Action.ASSIGN_VERIFIER, by=by)
        codes = {c.code for c in loaded(evaluation.edition.instrument).spec.clusters}
        if cluster and cluster not in codes:
            raise Refused(f"Klaster {cluster} tidak ada dalam instrumen.")
        rule = workflow.TABLE[workflow.VERIFY[stage]]
        if not rule.roles & roles_in(verifier, evaluation.district):
            raise Refused(f"{verifier} bukan verifikator untuk {evaluation.district}.")
        if any(m.district_id == evaluation.district_id for m in memberships_of(verifier)):
            raise Refused(f"{verifier} anggota {evaluation.district}; pilih verifikator lain.")
        assignment, _ = VerifierAssignment.objects.update_or_create(
            evaluation=evaluation,
            stage=stage,
            cluster=cluster,
            reading=reading,
            defaults={"verifier": verifier, "assigned_at": clock.now(), "assigned_by": by},
        )
        record(
            EventAction.VERIFIER_ASSIGNED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            stage=str(stage),
            cluster=cluster,
            reading=reading,
            verifier=verifier.pk,
        )
    return assignment


def assigned_to(evaluation: Evaluation, stage: Stage, *, reading: int = 1) -> dict[str, VerifierAssignment]:
    """Cluster code ("" for the rest) -> who verifies it."""
    rows = evaluation.verifier_assignments.filter(stage=stage, reading=reading).select_related("verifier")
    return {row.cluster: row for row in rows}


def _must_be_assigned(
    evaluation: Evaluation, stage: Stage, codes: Iterable[str], reading: int, by: User
) -> None:
    """Where someone is named for the cluster or the district, only they decide. A second reading is another's."""
    named = assigned_to(evaluation, stage, reading=reading)
    spec = loaded(evaluation.edition.instrument).spec
    for cluster in sorted({spec.cluster_of[spec.indicator_of[code].number].code for code in codes}):
        who = named.get(cluster) or named.get("")
        if who and who.verifier_id != by.pk:
            raise Refused(f"Klaster {cluster} ditugaskan kepada {who.verifier}.")
        if reading == 2 and who is None:
            raise Refused(
                "Pembacaan kedua belum ditugaskan kepada siapa pun. Minta admin provinsi menugaskannya."
            )
    if (
        reading == 2
        and Verdict.objects.filter(evaluation=evaluation, stage=stage, reading=1, updated_by=by).exists()
    ):
        raise Refused(
            "Pembacaan kedua dikerjakan orang lain daripada yang pertama. Serahkan kepada verifikator lain."
        )


def _checked_value(rule: Any, decision: Decision, value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if decision != Decision.CHANGE:
        return None
    answer = read_answer(rule, value)
    if answer is None or is_blank(answer):
        raise AnswerError({"": "Isi nilai yang menurut Anda benar, atau pilih Tolak."})
    return answer_to_value(answer)


def _checked_reason(decision: Decision, reason: str) -> str:
    reason = reason.replace("\r\n", "\n").strip()
    if decision in NEEDS_REASON and not reason:
        raise AnswerError({"reason": "Tulis alasannya; kabupaten/kota membacanya."})
    if len(reason) > REASON_LIMIT:
        raise AnswerError({"reason": f"Alasan paling panjang {REASON_LIMIT} huruf ({len(reason)})."})
    return reason


def _repeats(
    evaluation: Evaluation, current: Verdict, wanted: tuple[Decision, dict[str, Any] | None, str, int]
) -> bool:
    """The same verdict on the same claim and documents: a lost reply sent twice. New documents are a new look, and so
    is what an earlier stage ruled since.
    """
    if wanted != (current.decision, current.value, current.reason, current.answer_version):
        return False
    code = loaded(evaluation.edition.instrument).question_codes[current.question_id]
    return not standings(evaluation, Stage(current.stage), reading=current.reading)[code].stale


def _claim(evaluation: Evaluation, question_id: int) -> tuple[Mapping[str, Any] | None, int]:
    """The answer's value and version; ``(None, 0)`` where there is none."""
    rows = Answer.objects.filter(evaluation=evaluation, question_id=question_id)
    return rows.values_list("value", "version").first() or (None, 0)


def _must_differ(value: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    if value == before:
        raise AnswerError(
            {"": "Nilainya sama dengan yang sudah ada, jadi tidak mengubah apa pun: pilih Terima."}
        )


def _value_before(
    evaluation: Evaluation, stage: Stage, question_id: int, claimed: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The value that the stages before left; ``None`` where one rejected it. No query at VA."""
    value = claimed
    for earlier in VERIFYING[: VERIFYING.index(stage)]:
        verdict = _current(evaluation, earlier, question_id, 1)
        if verdict and verdict.decision in NEEDS_REASON:
            value = verdict.value
    return value


def _current(evaluation: Evaluation, stage: Stage, question_id: int, reading: int) -> Verdict | None:
    return (
        Verdict.objects.filter(evaluation=evaluation, stage=stage, question_id=question_id, reading=reading)
        .select_related("updated_by")
        .first()
    )


def _write(verdict: Verdict, by: User) -> None:
    verdict.version += 1
    verdict.updated_at, verdict.updated_by = clock.now(), by
    verdict.save()
    VerdictRevision.objects.create(
        verdict=verdict,
        version=verdict.version,
        decision=verdict.decision,
        value=verdict.value,
        reason=verdict.reason,
        answer_version=verdict.answer_version,
        at=verdict.updated_at,
        by=by,
    )


def _record(evaluation: Evaluation, verdict: Verdict, code: str, by: User) -> None:
    record(
        EventAction.VERDICT_SAVED,
        by=by,
        district=evaluation.district_id,
        subject=f"evaluasi:{evaluation.pk}",
        code=code,
        stage=verdict.stage,
        reading=verdict.reading,
        decision=str(verdict.decision),
        version=verdict.version,
    )
