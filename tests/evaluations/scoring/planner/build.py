"""Small planning problems, and the answer by trying everything."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from evaluations.scoring.planner import Alternative, Mode
from tests.evaluations.scoring.build import d

HALF_CENT = Decimal("0.005")


def way(code, gain, effort, *, need="", aim=True, before="0"):
    """One alternative; ``aim=False``: its documents only."""
    value = {"option": 0} if aim else None
    return Alternative(code, d(before), d(before) + d(gain), value, effort, need, "")


def measure(steps, mode):
    """What the mode counts, most important first."""
    effort = sum(step.effort for step in steps)
    if mode == Mode.FEWEST_QUESTIONS:
        return len(steps), effort
    if mode == Mode.SAFE_FIRST:
        return sum(step.effort for step in steps if step.aim is not None), effort, len(steps)
    return effort, len(steps)


def every_set(alternatives):
    """Every way to take at most one alternative per question."""
    groups = {}
    for one in alternatives:
        groups.setdefault(one.code, [None]).append(one)
    for chosen in product(*groups.values()):
        yield [one for one in chosen if one is not None]


def brute_force(alternatives, start, target, mode):
    """The measure of the cheapest set that reaches the target; ``None`` where none does."""
    reaching = (
        measure(steps, mode)
        for steps in every_set(alternatives)
        if start + sum((step.gain for step in steps), Decimal(0)) >= target - HALF_CENT
    )
    return min(reaching, default=None)
