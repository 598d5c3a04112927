"""Points expected against points reached: exact, bounded, every question once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.domain.actions.points import Part, sums

points = st.decimals(0, 20, places=3)
parts = st.lists(
    st.builds(Part, st.sampled_from(["1.1", "12.1", "12.2"]), points, points, points, st.booleans()),
    max_size=8,
)


RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def part(code="12.1", before="2", expected="3", now="2"):
    return Part(code, Decimal(before), Decimal(expected), Decimal(now))


def documents(before="0", expected="5", now="0"):
    return Part("12.1", Decimal(before), Decimal(expected), Decimal(now), documents=True)


def test_a_question_on_its_way():
    assert (part(now="2.5").gain, part(now="2.5").reached) == (Decimal(1), Decimal("0.5"))


def test_beyond_the_aim_is_not_this_plans_doing():
    assert part(now="9").reached == Decimal(1)


def test_below_the_start_is_zero_and_named():
    found = sums([part(now="1"), part("1.1", "0", "12", "12")])
    assert (found.reached, found.fallen) == (Decimal(12), ("12.1",))


def test_an_aim_below_the_start_expects_nothing():
    assert part(before="3", expected="2", now="3").gain == 0


def test_two_actions_on_one_question_count_once():
    """The second began when the first had brought a point: together from 1 to 5."""
    found = sums([part(before="1", expected="3", now="3"), part(before="2", expected="5", now="3")])
    assert (found.expected, found.reached) == (Decimal(4), Decimal(2))


@pytest.mark.parametrize(
    ("safe", "claimed", "reached"),
    [("0", "5", "0"), ("5", "5", "5"), ("0", "8", "3"), ("8", "8", "8"), ("0", "4", "0")],
)
def test_documents_and_a_better_answer_are_each_measured_by_their_own(safe, claimed, reached):
    """Documents for the 5 that are claimed, and an answer from 5 to 8: the claim alone reaches nothing."""
    found = sums([documents("0", "5", safe), part(before="5", expected="8", now=claimed)])
    assert (found.expected, found.reached) == (Decimal(8), Decimal(reached))


def test_where_documents_and_answer_overlap_points_count_once():
    """The answer was planned at 2, the documents at 5: both have come to 5 of 8."""
    found = sums([documents("0", "5", "5"), part(before="2", expected="8", now="5")])
    assert (found.expected, found.reached) == (Decimal(8), Decimal(5))


def test_a_question_whose_documents_got_lost_is_named_once():
    found = sums([documents("3", "5", "0"), part(before="5", expected="8", now="4")])
    assert found.fallen == ("12.1",)


def test_many_thirds_stay_exact():
    third = Part("1.1", Decimal(0), Decimal(1) / 3, Decimal(1) / 3)
    assert sums([third]).expected == Decimal(1) / 3


def test_nothing_is_nothing():
    found = sums([])
    assert (found.expected, found.reached, found.fallen) == (0, 0, ())


@RELAXED
@given(parts)
def test_reached_lies_between_zero_and_expected(found):
    total = sums(found)
    assert 0 <= total.reached <= total.expected
    assert total.expected <= 20 * len({one.code for one in found})


@RELAXED
@given(parts)
def test_the_order_does_not_matter(found):
    one, other = sums(found), sums(reversed(found))
    assert (one.expected, one.reached) == (other.expected, other.reached)
    assert set(one.fallen) == set(other.fallen)
