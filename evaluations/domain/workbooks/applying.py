"""A workbook that was looked at, saved: question by question, each all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from evaluations.domain import answers
from evaluations.domain.answers import Claim, Outcome, Reason, StaleVersion
from evaluations.domain.workbooks.reading import Change, Rejected, Sorted, Value
from evaluations.models import AnswerSource, Evaluation
from indicators.domain.spec import loaded
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


@dataclass(frozen=True, slots=True)
class Step:
    """One question to save against ``version``. ``conflict``: only if the person says so."""

    code: str
    value: Value
    note: str
    version: int
    address: str
    conflict: bool = False


@dataclass
class Applied:
    """Codes by what became of them; ``total`` is the claimed score afterwards."""

    saved: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    """What stood there already, as after sending the page twice."""
    skipped: list[str] = field(default_factory=list)
    """Conflicts that were not ticked."""
    refused: list[Rejected] = field(default_factory=list)
    total: Decimal = Decimal(0)


def steps_of(found: Sorted) -> list[Step]:
    """What there is to save of a sorted workbook, in its order."""
    return [
        *(_step(change, conflict=False) for change in [*found.new, *found.changed]),
        *(_step(change, conflict=True) for change in found.conflicts),
    ]


def _step(change: Change, *, conflict: bool) -> Step:
    entry = change.entry
    return Step(entry.code, entry.value, change.after.note, change.seen, entry.address, conflict)


def apply_workbook(
    *, evaluation: Evaluation, steps: Sequence[Step], ticked: Collection[str], by: User
) -> Applied:
    """Save the steps, of the conflicts those ``ticked``. A question that is refused keeps the others from nothing.

    Raises ``Refused`` when ``by`` can change nothing here now. One transaction: after an error nothing is saved; sent
    twice, the second time changes nothing.
    """
    known = loaded(evaluation.edition.instrument).question_ids
    wanted = [step for step in steps if step.code in known and (step.code in ticked or not step.conflict)]
    with transaction.atomic():
        done = answers.save_answers(
            evaluation=evaluation,
            claims=[Claim(step.code, step.value, step.note, step.version) for step in wanted],
            by=by,
            source=AnswerSource.WORKBOOK,
        )
        applied = Applied(
            skipped=[step.code for step in steps if step.conflict and step.code not in ticked],
            total=done.totals.total,
        )
        for step, outcome in zip(wanted, done.outcomes, strict=True):
            _sort(step, outcome, applied)
        # The deed as a whole; each saved answer has its own event already.
        record(
            EventAction.WORKBOOK_APPLIED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            saved=applied.saved,
            skipped=applied.skipped,
            refused=[one.code for one in applied.refused],
        )
    return applied


def _sort(step: Step, outcome: Outcome, applied: Applied) -> None:
    if outcome.reason:
        applied.refused.append(Rejected(step.code, step.address, _words(outcome.reason)))
    else:
        (applied.saved if outcome.changed else applied.same).append(step.code)


def _words(reason: Reason) -> str:
    if isinstance(reason, StaleVersion):
        who = reason.current.updated_by.name
        return f"{who} menyimpan jawaban ini sesudah Anda memeriksanya. Unggah lagi untuk membandingkan keduanya."
    return str(reason)
