"""Documents stand ready, but nothing is claimed with them: often an answer that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    with_documents = {code for code, _ in context.filled}
    for question in context.instrument.questions():
        points = context.points[question.code]
        if question.code not in with_documents or points.points or not question.weight:
            continue
        if points.state == "incomplete":
            continue
        if points.state == "unanswered":
            message = "Data dukung sudah terpasang, tetapi pertanyaan belum dijawab. Jawab sesuai dokumennya."
        else:
            message = (
                f"Data dukung terpasang, tetapi jawaban membawa 0 dari {angka(question.weight)} poin. "
                "Periksa apakah jawabannya sudah sesuai dengan dokumen."
            )
        yield Finding("evidence_without_claim", Severity.NOTE, question.code, message, question.weight)
