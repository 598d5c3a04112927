"""Points claimed without the evidence that the question requires: a verifier takes them away."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for question in context.instrument.questions():
        points = context.points[question.code].points
        empty = [
            f"“{slot.label}”"
            for slot in question.slots
            if slot.required and (question.code, slot.number) not in context.filled
        ]
        if not points or not empty:
            continue
        years = f" untuk tahun {context.years()}" if context.evidence_years else ""
        yield Finding(
            "missing_evidence",
            Severity.WARNING,
            question.code,
            f"{angka(points)} poin terancam: data dukung wajib belum ada di {', '.join(empty)}. "
            f"Pasang dokumennya{years}.",
            points,
        )
