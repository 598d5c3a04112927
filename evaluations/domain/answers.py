"""Saving what the task force claims: versioned, recorded, and never overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import codes_open_to
from evaluations.domain.progress import current_totals, refresh
from evaluations.domain.workflow import Action
from evaluations.models import Answer, AnswerRevision, AnswerSource, Evaluation
from evaluations.scoring.rules import AnswerError, answer_to_value, read_answer
from evaluations.scoring.safe import Unready
from evaluations.scoring.totals import Totals
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.indonesian import angka

NOTE_LIMIT = 4000
"""Characters a note may have."""


class StaleVersion(Exception):
    """The answer was saved by someone since the page was opened. ``current`` is what stands now."""

    def __init__(self, current: Answer) -> None:
        super().__init__(f"Jawaban ini sudah berubah (versi {current.version}).")
        self.current = current


@dataclass(frozen=True)
class Saved:
    """``totals`` is the score after the save, ``safe`` the safe one with what is ``unready``; ``changed`` is false when
    nothing differed.
    """

    answer: Answer | None
    totals: Totals
    safe: Decimal
    unready: Unready
    changed: bool


def save_answer(
    *,
    evaluation: Evaluation,
    code: str,
    value: Mapping[str, Any] | None,
    note: str,
    version: int,
    by: User,
    source: AnswerSource = AnswerSource.FORM,
) -> Saved:
    """Store the claim for question ``code``, made against ``version`` (0: there was none).

    Raises ``AnswerError`` for a value the rule cannot take, ``StaleVersion`` when someone else was faster,
    ``Refused`` when the question is not theirs or the evaluation is locked. Saving the same content again
    (a lost reply sent twice) changes nothing and is no conflict. A note beyond ``NOTE_LIMIT`` is an
    ``AnswerError`` too, never cut: people would not see what is missing.
    """
    with transaction.atomic():
        instrument = loaded(evaluation.edition.instrument)
        question_id = instrument.question_ids[code]
        evaluation = workflow.lock(evaluation, Action.ANSWER, by=by, question_id=question_id)
        _must_be_open(by, evaluation, code)
        answer = read_answer(instrument.spec.by_code[code].rule, value)
        canonical = answer_to_value(answer) if answer is not None else None
        note = clean_note(note)
        current = (
            Answer.objects.filter(evaluation=evaluation, question_id=question_id)
            .select_related("updated_by")
            .first()
        )
        if _same(current, canonical, note):
            return _saved(evaluation, current, current_totals(evaluation), changed=False)
        if version != (current.version if current else 0):
            if current is None:
                raise Refused("Jawaban ini belum pernah disimpan. Muat ulang halaman, lalu simpan lagi.")
            raise StaleVersion(current)
        stored = _write(evaluation, question_id, current, canonical, note, by, source)
        totals = refresh(evaluation)
        record(
            EventAction.ANSWER_SAVED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            code=code,
            version=stored.version,
        )
    return _saved(evaluation, stored, totals, changed=True)


def _saved(evaluation: Evaluation, answer: Answer | None, totals: Totals, *, changed: bool) -> Saved:
    return Saved(answer, totals, evaluation.safe_total, evaluation.unready, changed)


def clean_note(note: str) -> str:
    """The note as it is kept: lines end in one way, no edges, no NUL (PostgreSQL takes none)."""
    note = note.replace("\r\n", "\n").replace("\0", "").strip()
    if len(note) > NOTE_LIMIT:
        raise AnswerError(
            {
                "note": f"Catatan paling panjang {angka(NOTE_LIMIT)} huruf (sekarang {angka(len(note))}). "
                "Pendekkan, atau pindahkan sebagian ke data dukung."
            }
        )
    return note


def _must_be_open(by: User, evaluation: Evaluation, code: str) -> None:
    open_codes = codes_open_to(by, evaluation)
    if open_codes is not None and code not in open_codes:
        raise Refused("Pertanyaan ini dibagikan kepada perangkat daerah lain.")


def _same(current: Answer | None, value: Mapping[str, Any] | None, note: str) -> bool:
    if current is None:
        return value is None and not note
    return current.value == value and current.note == note


def _write(
    evaluation: Evaluation,
    question_id: int,
    current: Answer | None,
    value: Mapping[str, Any] | None,
    note: str,
    by: User,
    source: AnswerSource,
) -> Answer:
    now = clock.now()
    answer = current or Answer(evaluation=evaluation, question_id=question_id, version=0)
    answer.value, answer.note = value, note
    answer.version += 1
    answer.updated_at, answer.updated_by = now, by
    answer.save()
    AnswerRevision.objects.create(
        answer=answer,
        version=answer.version,
        value=value,
        note=note,
        stage=deadlines.stage_of_change(evaluation),
        source=source,
        at=now,
        by=by,
    )
    return answer
