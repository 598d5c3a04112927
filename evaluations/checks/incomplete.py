"""Half-filled answers: they bring nothing (a matrix: less), and nobody can tell what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from evaluations.scoring.answers import FIELD_NAMES, FIELDS, Answer, parts
from indicators.spec import MatrixRule, PercentageRule, QuestionSpec


def check(context: Context) -> Iterator[Finding]:
    for question in context.instrument.questions():
        points, answer = context.points[question.code], context.answers.get(question.code)
        if points.state != "incomplete" or answer is None:
            continue
        yield Finding(
            "incomplete",
            Severity.ERROR,
            question.code,
            f"Jawaban baru terisi sebagian; belum diisi: {'; '.join(_missing(question, answer))}. "
            "Lengkapi, atau kosongkan seluruh jawaban.",
            question.weight - points.points,
        )


def _missing(question: QuestionSpec, answer: Answer) -> list[str]:
    rule = question.rule
    if isinstance(rule, MatrixRule):
        names = [row.label for row in rule.rows]
    elif isinstance(rule, PercentageRule):
        names = [f"pembilang ({rule.numerator})", f"penyebut ({rule.denominator})"]
    else:
        names = [FIELD_NAMES[name].lower() for name in FIELDS[rule.kind]]
    return [name for name, part in zip(names, parts(answer), strict=True) if part is None]
