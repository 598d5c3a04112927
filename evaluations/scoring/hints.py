"""What would bring more points: the step to the next tier, and an answer that brings them all."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from evaluations.scoring.answers import (
    Answer,
    ChangeAnswer,
    CountAnswer,
    PercentageAnswer,
    answer_to_value,
    is_blank,
    parts,
)
from evaluations.scoring.measures import TieredAnswer, TieredRule, better_tier, reached_tier
from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, PercentageRule, QuestionSpec, Rule
from kla_portal.indonesian import angka

_QUALIFIER = re.compile(r" (yang|dengan|di|dan sudah) ")


def next_step(question: QuestionSpec, answer: Answer | None) -> str | None:
    """What is missing to the next better tier: ``untuk 3 poin: 163 persalinan lagi``.

    Percentages keep their denominator and changes last year's number. ``None`` at the best tier, for choices
    and matrices, while something is missing, and where no number would do it.
    """
    rule = question.rule
    match rule, answer:
        case (
            (PercentageRule(), PercentageAnswer())
            | (CountRule(), CountAnswer())
            | (ChangeRule(), ChangeAnswer())
        ):
            return _tiered_step(rule, answer)
    return None


def best_answer(rule: Rule) -> dict[str, object]:
    """A raw value that brings the rule's maximum."""
    match rule:
        case ChoiceRule():
            return {"option": 0}
        case MatrixRule():
            return {"rows": [0] * len(rule.rows)}
        case PercentageRule():
            return answer_to_value(PercentageAnswer(100 if rule.direction == "higher" else 0, 100))
        case CountRule():
            needed = max(0, _limit(rule, Fraction(rule.tiers[0].bound or 0)))
            return answer_to_value(CountAnswer(needed))
        case ChangeRule():
            # From 100, the change in percent is the difference itself.
            needed = max(0, 100 + _limit(rule, Fraction(rule.tiers[0].bound or 0)))
            return answer_to_value(ChangeAnswer(100, needed))


def _tiered_step(rule: TieredRule, answer: TieredAnswer) -> str | None:
    if is_blank(answer) or None in parts(answer) or (isinstance(answer, PercentageAnswer) and not answer.denominator):
        return None
    index = better_tier(rule, reached_tier(rule, answer))
    while index is not None:
        tier = rule.tiers[index]
        needed = None if tier.bound is None else _needed(rule, answer, tier.bound)
        if needed is not None:
            return _step_text(rule, tier.points, needed - _moving(answer))
        index = better_tier(rule, index)
    return None


def _moving(answer: TieredAnswer) -> int:
    """The number people can still change: numerator, count, this year's."""
    match answer:
        case PercentageAnswer(int(number), _) | CountAnswer(int(number)) | ChangeAnswer(_, int(number)):
            return number
    raise TypeError("an incomplete answer has no next step")


def _needed(rule: TieredRule, answer: TieredAnswer, bound: Decimal) -> int | None:
    """The number that just reaches ``bound``, everything else the same; ``None`` where none can."""
    share = Fraction(bound) / 100
    match answer:
        case PercentageAnswer(_, int(denominator)):
            needed = _limit(rule, share * denominator)
            return needed if 0 <= needed <= denominator else None
        case ChangeAnswer(0, _):
            # From 0 only the best tier and the last exist, decided by whether there is anything this year.
            return (1 if rule.direction == "higher" else 0) if bound == rule.tiers[0].bound else None
        case ChangeAnswer(int(previous), _):
            needed = _limit(rule, (1 + share) * previous)
        case _:
            needed = _limit(rule, Fraction(bound))
    return needed if needed >= 0 else None


def _limit(rule: TieredRule, value: Fraction) -> int:
    """The whole number nearest to ``value`` on the good side of it."""
    return math.ceil(value) if rule.direction == "higher" else math.floor(value)


def _step_text(rule: TieredRule, points: Decimal, difference: int) -> str:
    noun = _QUALIFIER.split(rule.numerator, maxsplit=1)[0] if isinstance(rule, PercentageRule) else rule.unit
    more = "lagi" if difference > 0 else "lebih sedikit"
    return f"untuk {angka(points)} poin: {angka(abs(difference))} {noun} {more}"
