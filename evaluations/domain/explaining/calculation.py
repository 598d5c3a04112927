"""Unduh perhitungan: the ZIP that recomputes itself, and the note that somebody took it away."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.explaining.explanation import of_claim, of_result
from evaluations.domain.workflow import Action
from evaluations.models import Evaluation, StageResult
from evaluations.reports.calculation import calculation_zip
from kla_portal.accounts.models import User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction


@dataclass(frozen=True)
class Calculation:
    name: str
    """Of the file."""
    content: bytes
    total: Decimal


def export_claim(*, evaluation: Evaluation, by: User) -> Calculation:
    """The claim as it stands now. Reads only, so no row is locked."""
    workflow.ensure(evaluation, Action.READ_ALL, by=by)
    explanation, data = of_claim(evaluation)
    content = calculation_zip(explanation, data)
    _note(evaluation, f"evaluasi:{evaluation.pk}", stage=data["stage"], total=explanation.tree.total, by=by)
    return Calculation(_name(evaluation, "klaim"), content, explanation.tree.total)


def export_result(*, result: StageResult, by: User) -> Calculation:
    """A stored result, as it was taken."""
    workflow.ensure(result.evaluation, Action.READ_ALL, by=by)
    explanation, data = of_result(result)
    content = calculation_zip(explanation, data)
    _note(result.evaluation, f"hasil:{result.pk}", stage=result.stage, total=result.total, by=by)
    number = result.receipt_number.replace("/", "-")
    return Calculation(_name(result.evaluation, number), content, result.total)


def _note(evaluation: Evaluation, subject: str, *, stage: str, total: Decimal, by: User) -> None:
    with transaction.atomic():
        record(
            EventAction.CALCULATION_EXPORTED,
            by=by,
            district=evaluation.district,
            subject=subject,
            stage=str(stage),
            total=f"{total:.2f}",
        )


def _name(evaluation: Evaluation, what: str) -> str:
    return f"Perhitungan KLA {evaluation.edition.code} {evaluation.district} {what}.zip"
