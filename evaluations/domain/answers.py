"""Saving what the task force claims: versioned, recorded, and never overwritten unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

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
from kla_portal.prepared import insert, prepared, together, update

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHANGING = ("value", "note", "version", "updated_at", "updated_by")
"""Columns of an answer that a save writes."""

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


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to stand at question ``code``, made against ``version`` (0: there was none)."""

    code: str
    value: Mapping[str, Any] | None
    note: str
    version: int


Reason = StaleVersion | Refused | AnswerError
"""Why a claim was not stored."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim. ``answer`` is what was stored or stood there already; with a ``reason`` nothing was."""

    code: str
    answer: Answer | None = None
    changed: bool = False
    reason: Reason | None = None


@dataclass(frozen=True)
class SavedMany:
    """``outcomes`` in the order of the claims; the rest as in ``Saved``, after all of them."""

    outcomes: tuple[Outcome, ...]
    totals: Totals
    safe: Decimal
    unready: Unready


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
    claim = Claim(code, value, note, version)
    done = save_answers(evaluation=evaluation, claims=[claim], by=by, source=source)
    (outcome,) = done.outcomes
    if outcome.reason:
        raise outcome.reason
    return Saved(outcome.answer, done.totals, done.safe, done.unready, outcome.changed)


def save_answers(
    *,
    evaluation: Evaluation,
    claims: Sequence[Claim],
    by: User,
    source: AnswerSource = AnswerSource.FORM,
) -> SavedMany:
    """Store the claims, one for each question, as ``save_answer`` would, under one lock and in one transaction.

    A claim that cannot be stored keeps the others from nothing: its ``Outcome`` says why. Raises ``Refused`` when
    ``by`` can change nothing here now; after any other error none of them is stored. Reads the same few rows for any
    number of claims; what grows is one insert per hundred answers or so, and the four queries of each event.
    """
    with workflow.held(evaluation, Action.ANSWER, by=by) as held, together():
        desk = _Desk(held, claims, by, source)
        outcomes = tuple(desk.take(claim) for claim in claims)
        totals = desk.store() if desk.revisions else current_totals(held)
    return SavedMany(outcomes, totals, held.safe_total, held.unready)


class _Desk:
    """The answers that stand, read once under the lock, and what is to be written of them."""

    def __init__(
        self, evaluation: Evaluation, claims: Iterable[Claim], by: User, source: AnswerSource
    ) -> None:
        self.evaluation, self.by, self.source = evaluation, by, source
        self.instrument = loaded(evaluation.edition.instrument)
        self.open_codes = codes_open_to(by, evaluation)
        self.stage = deadlines.stage_of_change(evaluation)
        ids = [self.instrument.question_ids[claim.code] for claim in claims]
        if len(ids) > len(set(ids)):
            raise ValueError("two claims for one question")
        self.standing = {answer.question_id: answer for answer in answers_to(evaluation, ids)}
        self.revisions: list[AnswerRevision] = []

    def take(self, claim: Claim) -> Outcome:
        try:
            return self._take(claim)
        except (StaleVersion, Refused, AnswerError) as reason:
            return Outcome(claim.code, reason=reason)

    def _take(self, claim: Claim) -> Outcome:
        question_id = self.instrument.question_ids[claim.code]
        workflow.ensure(self.evaluation, Action.ANSWER, by=self.by, question_id=question_id)
        if self.open_codes is not None and claim.code not in self.open_codes:
            raise Refused("Pertanyaan ini dibagikan kepada perangkat daerah lain.")
        answer = read_answer(self.instrument.spec.by_code[claim.code].rule, claim.value)
        value = answer_to_value(answer) if answer is not None else None
        note = clean_note(claim.note)
        current = self.standing.get(question_id)
        if _same(current, value, note):
            return Outcome(claim.code, current)
        if claim.version != (current.version if current else 0):
            if current is None:
                raise Refused("Jawaban ini belum pernah disimpan. Muat ulang halaman, lalu simpan lagi.")
            raise StaleVersion(current)
        return Outcome(claim.code, self._change(question_id, value, note), changed=True)

    def _change(self, question_id: int, value: Mapping[str, Any] | None, note: str) -> Answer:
        now = clock.now()
        answer = self.standing.get(question_id) or Answer(
            evaluation=self.evaluation, question_id=question_id, version=0
        )
        answer.value, answer.note = value, note
        answer.version += 1
        answer.updated_at, answer.updated_by = now, self.by
        self.revisions.append(
            AnswerRevision(
                answer=answer,
                version=answer.version,
                value=value,
                note=note,
                stage=self.stage,
                source=self.source,
                at=now,
                by=self.by,
            )
        )
        return answer

    def store(self) -> Totals:
        """Answers, their revisions, the totals, and last an event for each."""
        changed = [revision.answer for revision in self.revisions]
        first = [answer for answer in changed if answer.pk is None]
        again = [answer for answer in changed if answer.pk is not None]
        Answer.objects.bulk_create(first)
        if len(again) == 1:
            # One plain UPDATE: what a form saves, and by far the commonest.
            update(again[0], *CHANGING)
        else:
            Answer.objects.bulk_update(again, CHANGING)
        if len(self.revisions) == 1:
            insert(self.revisions[0])
        else:
            AnswerRevision.objects.bulk_create(self.revisions)
        totals = refresh(self.evaluation)
        for revision in self.revisions:
            record(
                EventAction.ANSWER_SAVED,
                by=self.by,
                district=self.evaluation.district_id,
                subject=f"evaluasi:{self.evaluation.pk}",
                code=self.instrument.question_codes[revision.answer.question_id],
                version=revision.version,
            )
        return totals


def answers_to(evaluation: Evaluation, questions: Collection[int]) -> list[Answer]:
    """The stored answers to these questions (ids), each with who wrote it. One query."""
    return _answers_to(evaluation.pk, *questions) if questions else []


@prepared
def _answers_to(evaluation: int, *questions: int) -> QuerySet[Answer]:
    rows = Answer.objects.filter(evaluation=evaluation, question__in=questions)
    return rows.select_related("updated_by")


def last_given(evaluation: Evaluation, code: str, *, before: int) -> AnswerRevision | None:
    """The newest revision of question ``code`` with a value, among those before version ``before``. One query."""
    question = loaded(evaluation.edition.instrument).question_ids[code]
    found = AnswerRevision.objects.filter(answer__evaluation=evaluation, answer__question=question)
    found = found.filter(value__isnull=False, version__lt=before).select_related("answer")
    return found.order_by("-version").first()


def put_back(evaluation: Evaluation, code: str, *, emptied: int) -> tuple[Mapping[str, Any], str]:
    """The value and note that bring an answer back which was emptied as version ``emptied``: the last value before it,
    under the note that stands now, if any. ``Refused`` where there never was one. Two queries.
    """
    given = last_given(evaluation, code, before=emptied)
    if given is None or given.value is None:
        raise Refused("Tidak ada jawaban lama yang dapat dikembalikan.")
    standing = answers_to(evaluation, [given.answer.question_id])
    return given.value, next((answer.note for answer in standing if answer.note), given.note)


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


def _same(current: Answer | None, value: Mapping[str, Any] | None, note: str) -> bool:
    if current is None:
        return value is None and not note
    return current.value == value and current.note == note
