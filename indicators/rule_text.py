"""An answer rule in words: what brings how many points. Pure, like indicators/spec.py."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRule, PercentageRule, QuestionSpec
from kla_portal.indonesian import angka


@dataclass(frozen=True, slots=True)
class RuleLine:
    text: str
    points: Decimal


def describe_rule(question: QuestionSpec) -> tuple[RuleLine, ...]:
    """What brings how many points, best first, in the order of the options or tiers.

    A matrix gives ``row: option`` lines; points for a denominator of 0 are one more line at the end.
    """
    rule = question.rule
    match rule:
        case ChoiceRule():
            return tuple(RuleLine(option.label, option.points) for option in rule.options)
        case MatrixRule():
            return tuple(
                RuleLine(f"{row.label}: {option.label}", option.points)
                for row in rule.rows
                for option in row.options
            )
        case PercentageRule() | CountRule() | ChangeRule():
            lines = tuple(RuleLine(_tier_text(rule, tier.bound), tier.points) for tier in rule.tiers)
            if isinstance(rule, PercentageRule) and rule.empty is not None:
                lines += (RuleLine(f"{rule.denominator}: 0", rule.empty),)
            return lines


def show_bound(rule: PercentageRule | CountRule | ChangeRule, bound: Decimal) -> str:
    """``85%`` or ``6 bidang``."""
    return f"{angka(bound)} {rule.unit}" if isinstance(rule, CountRule) else f"{angka(bound)}%"


def _tier_text(rule: PercentageRule | CountRule | ChangeRule, bound: Decimal | None) -> str:
    if bound is None:
        return "selebihnya"
    return f"{'≥' if rule.direction == 'higher' else '≤'} {show_bound(rule, bound)}"
