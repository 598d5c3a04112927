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
    parts,
)
from evaluations.scoring.measures import TieredAnswer, TieredRule, better_tier, reached_tier, tiered
from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, PercentageRule, QuestionSpec, Rule
from kla_portal.indonesian import angka

_QUALIFIER = re.compile(r" (?:yang|dengan|di) ")


def next_step(question: QuestionSpec, answer: Answer | None) -> str | None:
    """What is missing to the next better tier: ``untuk 3 poin: 163 persalinan lagi``.

    Percentages keep their denominator and changes last year's number. ``None`` at the best tier, for choices
    and matrices, while something is missing, and where no number would do it.
    """
    pair = tiered(question.rule, answer)
    return None if pair is None else _tiered_step(*pair)


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
    if None in parts(answer) or answer == PercentageAnswer(0, 0):
        return None
    index = better_tier(rule, reached_tier(rule, answer))
    if index is not None and isinstance(answer, ChangeAnswer) and not answer.previous:
        # From 0 only the best tier and the last exist: any at all this year, or none.
        return step_text(rule, answer, 1 if rule.direction == "higher" else 0)
    while index is not None:
        bound = rule.tiers[index].bound
        needed = None if bound is None else number_needed(rule, answer, bound)
        if needed is not None:
            return step_text(rule, answer, needed)
        index = better_tier(rule, index)
    return None


def number_needed(rule: TieredRule, answer: TieredAnswer, bound: Decimal) -> int | None:
    """The number that just reaches ``bound``, everything else the same; ``None`` where none can."""
    share = Fraction(bound) / 100
    match answer:
        case PercentageAnswer(_, int(denominator)):
            needed = _limit(rule, share * denominator)
            return needed if 0 <= needed <= denominator else None
        case ChangeAnswer(int(previous), _):
            needed = _limit(rule, (1 + share) * previous)
        case _:
            needed = _limit(rule, Fraction(bound))
    return needed if needed >= 0 else None


def _limit(rule: TieredRule, value: Fraction) -> int:
    """The whole number nearest to ``value`` on the good side of it."""
    return math.ceil(value) if rule.direction == "higher" else math.floor(value)


def moved(answer: TieredAnswer, needed: int) -> tuple[int, TieredAnswer]:
    """The number that can still change (numerator, count, this year's); the answer with ``needed`` there."""
    match answer:
        case PercentageAnswer(int(now), denominator):
            return now, PercentageAnswer(needed, denominator)
        case CountAnswer(int(now)):
            return now, CountAnswer(needed)
        case ChangeAnswer(previous, int(now)):
            return now, ChangeAnswer(previous, needed)
    raise TypeError("an incomplete answer has no next step")


def step_text(rule: TieredRule, answer: TieredAnswer, needed: int) -> str:
    now, after = moved(answer, needed)
    # Where little is counted, one more may pass over a tier: the points are those of the number itself.
    points = rule.tiers[reached_tier(rule, after) or 0].points
    noun = _QUALIFIER.split(rule.numerator, maxsplit=1)[0] if isinstance(rule, PercentageRule) else rule.unit
    more = "lagi" if needed > now else "lebih sedikit"
    return f"untuk {angka(points)} poin: {angka(abs(needed - now))} {noun} {more}"
