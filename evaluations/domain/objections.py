"""Sanggah: the district contests a verdict within a window; another person decides; both reasons stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from evaluations.domain import deadlines, notices, workflow
from evaluations.domain.submission import store_result
from evaluations.models import (
    Decision,
    Evaluation,
    Evidence,
    EvidenceFile,
    Objection,
    Stage,
    StageResult,
    Verdict,
    VerdictRevision,
)
from evaluations.scoring.rules import AnswerError, answer_to_value, is_blank, read_answer
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


def window_ends(evaluation: Evaluation, stage: Stage) -> datetime | None:
    """Until when the stage's verdicts can be contested; ``None`` while it has no result."""
    first = (
        StageResult.objects.filter(evaluation=evaluation, stage=stage)
        .order_by("-sequence")
        .exclude(pk__in=_recounts(evaluation, stage))
        .values_list("taken_at", flat=True)
        .first()
    )
    return first + timedelta(days=settings.OBJECTION_DAYS) if first else None


def _recounts(evaluation: Evaluation, stage: Stage) -> list[int]:
    """Results that an objection brought about: they open no new window."""
    decided = list(
        Objection.objects.filter(evaluation=evaluation, stage=stage, decided_at__isnull=False).values_list(
            "decided_at", flat=True
        )
    )
    rows = StageResult.objects.filter(evaluation=evaluation, stage=stage, sequence__gt=1)
    return [row.pk for row in rows.only("pk", "taken_at") if row.taken_at in decided]


def awaited(evaluation: Evaluation, stage: Stage) -> str | None:
    """Why ``stage`` can neither be returned nor closed yet, in words: what VA left may still change by an objection.

    So nothing is decided over the head of a district that was promised its time, and the recount after an objection
    meets the answers on which VA was closed.
    """
    if stage is not Stage.VL:
        return None
    waiting = Objection.objects.filter(evaluation=evaluation, stage=Stage.VA, granted__isnull=True).count()
    if waiting:
        return f"{waiting} sanggah atas VA belum diputuskan. Minta provinsi memutuskannya dahulu."
    ends = window_ends(evaluation, Stage.VA)
    if ends and clock.now() < ends:
        return (
            f"Masa sanggah VA berjalan sampai {deadlines.words(evaluation, ends)}. Putusan VL dapat ditulis; "
            "pengembalian dan penutupan VL dibuka sesudahnya."
        )
    return None


def ensure_settled(evaluation: Evaluation, stage: Stage) -> None:
    """Raise ``Refused`` with the reason while ``awaited``."""
    reason = awaited(evaluation, stage)
    if reason:
        raise Refused(reason)


def contestable(evaluation: Evaluation, stage: Stage, code: str) -> Verdict:
    """The verdict on question ``code``, which can be contested now. Raises ``Refused`` with the reason."""
    ends = window_ends(evaluation, stage)
    if ends is None or clock.now() >= ends:
        when = f" {deadlines.words(evaluation, ends)}" if ends else ""
        raise Refused(f"Masa sanggah {stage.label} sudah berakhir{when}.")
    question_id = loaded(evaluation.edition.instrument).question_ids[code]
    verdict = _verdict(evaluation, stage, question_id)
    if verdict is None or verdict.decision not in {Decision.CHANGE, Decision.REJECT}:
        raise Refused(f"Pertanyaan {code} tidak diubah atau ditolak di {stage.label}.")
    if Objection.objects.filter(evaluation=evaluation, stage=stage, question=question_id).exists():
        raise Refused(f"Pertanyaan {code} sudah disanggah pada tahap ini.")
    return verdict


def object_to(
    *,
    evaluation: Evaluation,
    stage: Stage,
    code: str,
    reason: str,
    evidence: Sequence[Evidence] = (),
    by: User,
) -> Objection:
    """File an objection against the verdict on question ``code``. Raises ``Refused``.

    The documents stay as they are from then on (``revisions.closed_place``): who decides reads what was sent.
    """
    if not reason.strip():
        raise Refused("Tulis alasan sanggah, dan sebut bagian data dukung yang menunjukkannya.")
    with transaction.atomic():
        evaluation = workflow.lock(evaluation, workflow.OBJECT[stage], by=by)
        verdict = contestable(evaluation, stage, code)
        documents = _of_the_district(evidence, evaluation)
        objection = Objection.objects.create(
            evaluation=evaluation,
            stage=stage,
            question_id=verdict.question_id,
            reason=reason.strip(),
            filed_at=clock.now(),
            filed_by=by,
        )
        objection.evidence.set(documents)
        _note(EventAction.OBJECTION_FILED, objection, code, by=by, sha256=_sha256_of(documents))
        notices.objection_filed(objection, code, author_pk=verdict.updated_by_id, by=by)
    return objection


def _of_the_district(evidence: Sequence[Evidence], evaluation: Evaluation) -> list[Evidence]:
    """The documents' rows, locked: none is discarded or gets another file while the objection is filed."""
    wanted = {document.pk for document in evidence}
    rows = Evidence.objects.select_for_update(of=("self",)).filter(
        pk__in=wanted, district=evaluation.district_id
    )
    found = [row for row in rows.order_by("pk") if row.discarded_at is None]
    if len(found) != len(wanted):
        raise Refused(
            "Data dukung sanggah dipilih dari dokumen kabupaten/kota ini sendiri. Pilih dari pustakanya."
        )
    return found


def _sha256_of(documents: Sequence[Evidence]) -> list[str]:
    files = EvidenceFile.objects.filter(evidence__in=documents, retired_at__isnull=True)
    return list(files.order_by("evidence", "number").values_list("sha256", flat=True))


def _note(action: EventAction, objection: Objection, code: str, *, by: User, **data: object) -> None:
    record(
        action,
        by=by,
        district=objection.evaluation.district_id,
        subject=f"evaluasi:{objection.evaluation_id}",
        stage=str(objection.stage),
        code=code,
        **data,
    )


def decide_objection(
    *,
    objection: Objection,
    granted: bool,
    reason: str,
    decision: Decision = Decision.ACCEPT,
    value: Mapping[str, Any] | None = None,
    by: User,
) -> StageResult | None:
    """Decide; when granted the verdict becomes ``decision`` and the stage's result is stored anew.

    Returns that result. Raises ``Refused`` (also for the person who gave the verdict) or ``AnswerError``.
    """
    stage = Stage(objection.stage)
    if not reason.strip():
        raise AnswerError({"reason": "Tulis alasan putusan; kabupaten/kota membacanya."})
    with transaction.atomic():
        evaluation = workflow.lock(objection.evaluation, workflow.DECIDE[stage], by=by)
        objection = Objection.objects.select_for_update().get(pk=objection.pk)
        verdict = _undecided(evaluation, objection, by)
        now = clock.now()
        objection.granted, objection.decision_reason = granted, reason.strip()
        objection.decided_at, objection.decided_by = now, by
        if granted:
            _overturn(evaluation, objection, verdict, decision, value, by, now)
        objection.save()
        result = store_result(evaluation, stage=stage, by=by, at=now) if granted else None
        code = loaded(evaluation.edition.instrument).question_codes[objection.question_id]
        total = str(result.total) if result else ""
        _note(EventAction.OBJECTION_DECIDED, objection, code, by=by, granted=granted, total=total)
        notices.objection_decided(objection, code, result, by=by)
    return result


def _undecided(evaluation: Evaluation, objection: Objection, by: User) -> Verdict:
    """The contested verdict, on which ``by`` may decide now. Raises ``Refused``."""
    verdict = _verdict(evaluation, Stage(objection.stage), objection.question_id)
    if objection.granted is not None or verdict is None:
        raise Refused("Sanggah ini sudah diputuskan. Muat ulang halaman untuk membaca putusannya.")
    if verdict.updated_by_id == by.pk:
        raise Refused(
            "Sanggah diputus orang lain daripada yang memberi putusan. Serahkan kepada verifikator lain."
        )
    return verdict


def _overturn(
    evaluation: Evaluation,
    objection: Objection,
    verdict: Verdict,
    decision: Decision,
    value: Mapping[str, Any] | None,
    by: User,
    now: datetime,
) -> None:
    """The new verdict, with its revision, at the moment of the decision."""
    instrument = loaded(evaluation.edition.instrument)
    rule = instrument.spec.by_code[instrument.question_codes[objection.question_id]].rule
    canonical = None
    if decision == Decision.CHANGE:
        answer = read_answer(rule, value)
        if answer is None or is_blank(answer):
            raise AnswerError({"": "Isi nilai yang berlaku sesudah sanggah."})
        canonical = answer_to_value(answer)
    elif decision != Decision.ACCEPT:
        raise AnswerError({"decision": "Sanggah yang dikabulkan berujung pada Terima atau Ubah."})
    objection.decision, objection.value = decision, canonical
    verdict.decision, verdict.value = decision, canonical
    verdict.reason = f"Sanggah dikabulkan: {objection.decision_reason}"
    verdict.version += 1
    verdict.updated_at, verdict.updated_by = now, by
    verdict.save()
    VerdictRevision.objects.create(
        verdict=verdict,
        version=verdict.version,
        decision=decision,
        value=canonical,
        reason=verdict.reason,
        answer_version=verdict.answer_version,
        at=now,
        by=by,
    )


def _verdict(evaluation: Evaluation, stage: Stage, question_id: int) -> Verdict | None:
    return Verdict.objects.filter(
        evaluation=evaluation, stage=stage, question_id=question_id, reading=1
    ).first()
