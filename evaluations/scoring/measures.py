"""The measured value of an answer, the tier it reaches, and how the value is shown.

Percentages and changes are exact ``Fraction`` in percent, never rounded before they are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from evaluations.scoring.answers import Answer, ChangeAnswer, CountAnswer, PercentageAnswer
from indicators.spec import ChangeRule, CountRule, PercentageRule, Rule, Tier
from kla_portal.indonesian import angka, round_half_up

TieredRule = PercentageRule | CountRule | ChangeRule
TieredAnswer = PercentageAnswer | CountAnswer | ChangeAnswer

SHOWN_PLACES = 2


def tiered(rule: Rule, answer: Answer | None) -> tuple[TieredRule, TieredAnswer] | None:
    """The pair again, known to be measured and of one kind; ``None`` for any other."""
    if isinstance(rule, PercentageRule) and isinstance(answer, PercentageAnswer):
        return rule, answer
    if isinstance(rule, CountRule) and isinstance(answer, CountAnswer):
        return rule, answer
    if isinstance(rule, ChangeRule) and isinstance(answer, ChangeAnswer):
        return rule, answer
    return None


def measure(answer: TieredAnswer) -> Fraction | None:
    """Percent, number, or change in percent of last year's; ``None`` where nothing can be divided.

    ``answer`` must be complete.
    """
    match answer:
        case PercentageAnswer(int(numerator), int(denominator)):
            return Fraction(100 * numerator, denominator) if denominator else None
        case CountAnswer(int(value)):
            return Fraction(value)
        case ChangeAnswer(int(previous), int(current)):
            return Fraction(100 * (current - previous), previous) if previous else None
    raise TypeError("measure() takes a complete percentage, count or change answer")


def reached_tier(rule: TieredRule, answer: TieredAnswer) -> int | None:
    """Index of the first tier the answer reaches; ``None`` when it reaches none.

    A change from 0 has no percentage: 0 to 0 is the best tier for ``lower`` and the last for ``higher``,
    0 to more the last for ``lower`` and the best for ``higher``. A percentage of 0 reaches no tier.
    """
    value = measure(answer)
    if value is not None:
        return next((n for n, tier in enumerate(rule.tiers) if _reaches(rule, tier, value)), None)
    if isinstance(answer, ChangeAnswer):
        grew = bool(answer.current)
        return 0 if grew == (rule.direction == "higher") else len(rule.tiers) - 1
    return None


def better_tier(rule: TieredRule, index: int | None) -> int | None:
    """The nearest tier above ``index`` (``None``: below all) with more points; ``None`` at the best."""
    points = rule.tiers[index].points if index is not None else Decimal(0)
    above = range(len(rule.tiers) if index is None else index)
    return next((n for n in reversed(above) if rule.tiers[n].points > points), None)


def show_percent(value: Fraction, bounds: Iterable[Decimal]) -> str:
    """``91,39%``: at most two decimals, rounded half up, trailing zeros dropped.

    More decimals only where two would put the value on the wrong side of a bound, or on it: 84.999 is not
    shown as 85% beside "< 85%".
    """
    cut_offs = [Fraction(bound) for bound in bounds]
    places = SHOWN_PLACES
    while True:
        shown = round_half_up(value, places)
        if all(_side(Fraction(shown), cut) == _side(value, cut) for cut in cut_offs):
            return f"{angka(shown)}%"
        places += 1


def show_measure(rule: TieredRule, value: Fraction) -> str:
    """The value as people read it, with ``%`` unless things are counted."""
    if isinstance(rule, CountRule):
        return angka(value.numerator)
    bounds = [tier.bound for tier in rule.tiers if tier.bound is not None]
    # A small fall is not "0%": no change at all is a cut-off of every change.
    return show_percent(value, [*bounds, Decimal(0)] if isinstance(rule, ChangeRule) else bounds)


def _reaches(rule: TieredRule, tier: Tier, value: Fraction) -> bool:
    if tier.bound is None:
        return True
    bound = Fraction(tier.bound)
    return value >= bound if rule.direction == "higher" else value <= bound


def _side(value: Fraction, cut_off: Fraction) -> int:
    return (value > cut_off) - (value < cut_off)
