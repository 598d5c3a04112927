"""A workbook that was looked at, saved: question by question, each all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from evaluations.domain import answers, workflow
from evaluations.domain.workbooks.reading import Change, Rejected, Sorted, Value
from evaluations.domain.workflow import Action
from evaluations.models import AnswerSource, Evaluation
from evaluations.scoring.rules import AnswerError
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Refused
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

    Raises ``Refused`` when ``by`` can change nothing here now. Each question is a transaction of its own, as if typed
    in the portal; sent twice, the second time changes nothing.
    """
    workflow.ensure(evaluation, Action.ANSWER, by=by)
    known = loaded(evaluation.edition.instrument).question_ids
    applied = Applied()
    for step in steps:
        if step.conflict and step.code not in ticked:
            applied.skipped.append(step.code)
        elif step.code in known:
            _save(evaluation, step, by, applied)
    _write_down(evaluation, applied, by)
    return applied


def _save(evaluation: Evaluation, step: Step, by: User, applied: Applied) -> None:
    try:
        saved = answers.save_answer(
            evaluation=evaluation,
            code=step.code,
            value=step.value,
            note=step.note,
            version=step.version,
            by=by,
            source=AnswerSource.WORKBOOK,
        )
    except answers.StaleVersion as stale:
        who = stale.current.updated_by.name
        reason = f"{who} menyimpan jawaban ini sesudah Anda memeriksanya. Unggah lagi untuk membandingkan keduanya."
        applied.refused.append(Rejected(step.code, step.address, reason))
    except (Refused, AnswerError) as refused:
        applied.refused.append(Rejected(step.code, step.address, str(refused)))
    else:
        (applied.saved if saved.changed else applied.same).append(step.code)


def _write_down(evaluation: Evaluation, applied: Applied, by: User) -> None:
    """The deed as a whole; each saved answer has its own event already."""
    with transaction.atomic():
        now = Evaluation.objects.only("claimed_total").get(pk=evaluation.pk)
        applied.total = now.claimed_total
        record(
            EventAction.WORKBOOK_APPLIED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            saved=applied.saved,
            skipped=applied.skipped,
            refused=[one.code for one in applied.refused],
        )
