"""Questions nobody has answered, with what they could still bring."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from kla_portal.indonesian import angka


def check(context: Context) -> Iterator[Finding]:
    for question in context.instrument.questions():
        if context.points[question.code].state != "unanswered":
            continue
        step = f"Jawab, atau minta {context.who(question.code)} menjawabnya."
        if question.weight:
            message = f"Belum dijawab; dapat membawa sampai {angka(question.weight)} poin. {step}"
            yield Finding("unanswered", Severity.WARNING, question.code, message, question.weight)
        else:
            message = f"Butir informasi ini belum dijawab; tidak memengaruhi nilai. {step}"
            yield Finding("unanswered", Severity.NOTE, question.code, message)
