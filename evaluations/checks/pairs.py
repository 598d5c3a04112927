"""Numbers of two questions that count the same kind of thing. Matched by the instrument's own labels, so
that a new instrument that words a question otherwise is simply not compared, never compared wrongly."""

from __future__ import annotations

from evaluations.checks.base import Context
from evaluations.checks.denominators import normalised
from evaluations.scoring.answers import PercentageAnswer
from indicators.spec import PercentageRule


def shares(context: Context) -> dict[str, tuple[str, int, int]]:
    """Normalised numerator label -> (question code, numerator, denominator) of the complete percentages."""
    found = {}
    for question, _ in context.answered():
        rule, answer = question.rule, context.answers.get(question.code)
        match rule, answer:
            case PercentageRule(), PercentageAnswer(int(numerator), int(denominator)):
                found[normalised(rule.numerator)] = (question.code, numerator, denominator)
    return found
