"""The whole instrument kla-2023: HiGHS and a dynamic programme that knows nothing of it agree on the least cost."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from evaluations.scoring.answers import read_answer
from evaluations.scoring.planner import Mode, Plan, allowed, alternatives, cheapest
from evaluations.scoring.score import score
from evaluations.scoring.totals import totals
from indicators.domain.importing import parse_instrument
from tests.evaluations.domain.claims import some_value
from tests.evaluations.scoring.planner.build import HALF_CENT

FILE = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
UNIT = 10**6


@pytest.fixture(scope="module")
def kla():
    return parse_instrument(FILE.read_text(encoding="utf-8"), name=FILE.name)


def least_cost(found, missing, cost):
    """The smallest sum of ``cost`` that gains ``missing``: for each sum the most that can be gained."""
    groups = {}
    for one in found:
        groups.setdefault(one.code, []).append((cost(one), int(one.gain * UNIT)))
    most = [0]
    for ways in groups.values():
        grown = most + [-1] * max(price for price, _ in ways)
        for price, gain in ways:
            for spent, gained in enumerate(most):
                if gained >= 0 and gained + gain > grown[spent + price]:
                    grown[spent + price] = gained + gain
        most = grown
    needed = int((missing * UNIT).to_integral_value(ROUND_CEILING))
    return next(spent for spent, gained in enumerate(most) if gained >= needed)


@pytest.mark.parametrize(
    ("mode", "cost"),
    [
        (Mode.LEAST_EFFORT, lambda one: one.effort),
        (Mode.NO_REGULATION, lambda one: one.effort),
        (Mode.FEWEST_QUESTIONS, lambda one: 1),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_two_methods_find_the_same_least_cost(kla, mode, cost, seed):
    random = Random(seed)
    values = {q.code: some_value(q, random) for q in kla.questions()}
    answers = {q.code: read_answer(q.rule, values[q.code]) for q in kla.questions()}
    start = totals(kla, values).total
    assert start == score(kla, values).total_exact, "two decimals are all there are here"
    found = allowed(alternatives(kla, answers, {}), mode)
    target = start + random.randrange(5000, 25000) * Decimal("0.01")
    plan = cheapest(found, start=start, target=target, objective=mode)
    assert isinstance(plan, Plan)
    assert plan.proven
    assert sum(cost(step) for step in plan.steps) == least_cost(found, target - HALF_CENT - start, cost)
    done = score(kla, values | {step.code: step.aim for step in plan.steps})
    assert done.total == plan.reached >= target
