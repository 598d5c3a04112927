"""A denominator of 0: a percentage of nothing. Sometimes true (no SLB in the district), often a slip."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evaluations.checks.base import Context, Finding, Severity
from evaluations.scoring.answers import PercentageAnswer
from indicators.spec import PercentageRule
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for question, points in context.answered():
        rule, answer = question.rule, context.answers.get(question.code)
        if not isinstance(rule, PercentageRule) or not isinstance(answer, PercentageAnswer):
            continue
        if answer.denominator != 0:
            continue
        explained = bool(context.notes.get(question.code, "").strip())
        step = (
            "Periksa angkanya."
            if explained
            else "Periksa angkanya, dan jelaskan di catatan bila memang tidak ada."
        )
        if rule.empty is not None or not question.weight:
            worth = (
                f"butir ini bernilai {angka(points.points)} poin"
                if question.weight
                else "butir ini tidak dinilai"
            )
            message = f"Penyebut “{rule.denominator}” 0; {worth}. {step}"
            yield Finding("empty_denominator", Severity.NOTE, question.code, message, Decimal(0))
        else:
            message = f"Penyebut “{rule.denominator}” 0, sehingga butir ini tidak membawa poin. {step}"
            yield Finding("empty_denominator", Severity.WARNING, question.code, message, question.weight)
