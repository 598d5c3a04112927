"""The cheapest set: against brute force, at the edges of rounding, and what is said when nothing is enough."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.scoring.planner import Blocked, Mode, OutOfReach, Plan, alternatives, cheapest
from evaluations.scoring.planner import choosing as module
from evaluations.scoring.planner.solving import NoSolution
from evaluations.scoring.rules import read_answer
from evaluations.scoring.score import round_total, score
from evaluations.scoring.totals import points_of
from tests.evaluations.scoring.build import answered_instruments, d
from tests.evaluations.scoring.planner.build import brute_force, measure, way


def codes(plan):
    return [step.code for step in plan.steps]


def test_the_least_effort_wins_over_the_fewest_questions():
    ways = [way("1.1", 10, 5), way("1.2", 6, 1), way("1.3", 4, 1)]
    plan = cheapest(ways, start=d(90), target=d(100))
    assert (codes(plan), plan.effort, plan.reached, plan.proven) == (["1.2", "1.3"], 2, 100, True)
    fewest = cheapest(ways, start=d(90), target=d(100), objective=Mode.FEWEST_QUESTIONS)
    assert codes(fewest) == ["1.1"]


def test_between_equal_efforts_the_fewer_questions():
    ways = [way("1.1", 5, 1), way("1.2", 5, 1), way("1.3", 10, 2)]
    assert codes(cheapest(ways, start=d(0), target=d(10))) == ["1.3"]


def test_between_as_many_questions_the_smaller_effort():
    ways = [way("1.1", 20, 5), way("1.2", 10, 2), way("1.2", 12, 3)]
    plan = cheapest(ways, start=d(0), target=d(10), objective=Mode.FEWEST_QUESTIONS)
    assert (codes(plan), plan.effort) == (["1.2"], 2)


def test_of_one_question_one_alternative():
    ways = [way("1.1", 5, 1), way("1.1", 6, 2), way("1.2", 5, 4)]
    plan = cheapest(ways, start=d(0), target=d(11))
    assert [(step.code, step.gain) for step in plan.steps] == [("1.1", 6), ("1.2", 5)]


def test_safe_first_takes_documents_before_new_work():
    ways = [way("1.1", 10, 1), way("1.2", 6, 1, aim=False), way("1.3", 4, 1, aim=False)]
    plan = cheapest(ways, start=d(0), target=d(10), objective=Mode.SAFE_FIRST)
    assert codes(plan) == ["1.2", "1.3"]
    assert codes(cheapest(ways, start=d(0), target=d(10))) == ["1.1"], (
        "counted as effort, new work is less here"
    )


def test_steps_stand_in_the_order_they_came_in():
    ways = [way(code, 1, 1) for code in ("9.1", "2.1", "10.1")]
    assert codes(cheapest(ways, start=d(0), target=d(3))) == ["9.1", "2.1", "10.1"]


@pytest.mark.parametrize(("start", "enough"), [("699.995", True), ("699.9949999", False)])
def test_the_total_is_rounded_once(start, enough):
    """699.995 is 700.00."""
    outcome = cheapest([], start=d(start), target=d(700))
    assert isinstance(outcome, Plan if enough else OutOfReach)


def test_sums_are_exact_where_floats_are_not():
    ways = [way("1.1", "0.1", 1), way("1.2", "0.2", 1), way("1.3", "0.05", 3)]
    plan = cheapest(ways, start=d("0.000001"), target=d("0.30"))
    assert codes(plan) == ["1.1", "1.2"]
    assert plan.exact == d("0.300001")


def test_tiny_parts_of_a_point_are_not_lost_beside_large_gains():
    """0.004999 is not enough, 0.005 is; the large gain that would hide the difference costs too much."""
    ways = [way("1.1", "0.004999", 1), way("1.2", "0.005", 2), way("1.3", "900", 5)]
    plan = cheapest(ways, start=d("99.99"), target=d(100))
    assert codes(plan) == ["1.2"]


def test_reached_already():
    plan = cheapest([way("1.1", 5, 1)], start=d(710), target=d("700.01"))
    assert (plan.steps, plan.effort, plan.reached, plan.proven) == ((), 0, 710, True)


def test_out_of_reach_says_how_far_and_what_blocks():
    out = (Blocked("1.9", d(30), "impossible"),)
    ways = [way("1.1", "5.25", 1), way("1.1", 3, 1), way("1.2", 1, 5)]
    outcome = cheapest(ways, start=d(690), target=d("700.01"), blocked=out)
    assert outcome == OutOfReach(d(690), d("700.01"), d("696.25"), d("3.76"), out)


def test_all_together_just_enough():
    ways = [way("1.1", "5.25", 5), way("1.2", "4.76", 5)]
    plan = cheapest(ways, start=d(690), target=d("700.01"))
    assert (plan.reached, plan.effort, len(plan.steps)) == (d("700.01"), 10, 2)


def test_a_set_that_does_not_hold_is_never_shown(monkeypatch):
    monkeypatch.setattr(module, "solve", lambda items, needed: ([], True))
    with pytest.raises(NoSolution, match="asked was 10"):
        cheapest([way("1.1", 10, 1)], start=d(0), target=d(10))


def ways():
    points = st.integers(1, 3000).map(lambda n: str(Decimal(n) / 100))
    one = st.tuples(st.sampled_from("abcdef"), points, st.integers(1, 5), st.booleans())
    return st.lists(one, min_size=1, max_size=10).map(
        lambda many: [way(code, gain, effort, aim=aim) for code, gain, effort, aim in many]
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ways(), st.integers(1, 6000), st.sampled_from(Mode))
def test_as_cheap_as_trying_everything(found, cents, mode):
    target = Decimal(cents) / 100
    outcome = cheapest(found, start=d(0), target=target, objective=mode)
    best = brute_force(found, d(0), target, mode)
    if best is None:
        assert isinstance(outcome, OutOfReach)
        assert outcome.best < target
        return
    assert isinstance(outcome, Plan)
    assert outcome.proven
    assert measure(outcome.steps, mode) == best
    assert outcome.reached >= target
    assert all(step in found for step in outcome.steps)
    assert cheapest(found, start=d(0), target=target, objective=mode) == outcome, (
        "the same data, the same plan"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answered_instruments(), st.integers(1, 100), st.sampled_from(Mode))
def test_whole_instruments_against_trying_everything(case, share, mode):
    """Small random instruments: the plan costs what the cheapest of all sets costs, and doing it brings its total."""
    spec, values = case
    answers = {q.code: read_answer(q.rule, values[q.code]) for q in spec.questions()}
    start = sum((points_of(q, answers[q.code])[0] for q in spec.questions()), Decimal(0))
    found = alternatives(spec, answers, {})
    target = round_total(start + (spec.total - start) * share / 100)
    few = [one for one in found if one.code in {q.code for q in list(spec.questions())[:5]}]
    outcome = cheapest(few, start=start, target=target, objective=mode)
    best = brute_force(few, start, target, mode)
    assert (best is None) == isinstance(outcome, OutOfReach)
    if isinstance(outcome, Plan):
        assert measure(outcome.steps, mode) == best
        done = score(spec, dict(values) | {step.code: step.aim for step in outcome.steps})
        assert (done.total_exact, done.total) == (outcome.exact, outcome.reached)
