"""Exact measures, the tier they reach, and percentages that never contradict their comparison."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evaluations.scoring.answers import ChangeAnswer, CountAnswer, PercentageAnswer
from evaluations.scoring.measures import (
    better_tier,
    measure,
    reached_tier,
    show_measure,
    show_percent,
    tiered,
)
from indicators.rule_text import show_bound
from indicators.spec import CountRule, PercentageRule
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    UNDERWEIGHT,
    USERS,
    d,
    tiers,
)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (PercentageAnswer(1, 3), Fraction(100, 3)),
        (PercentageAnswer(0, 3), Fraction(0)),
        (PercentageAnswer(0, 0), None),
        (CountAnswer(7), Fraction(7)),
        (ChangeAnswer(12, 10), Fraction(-50, 3)),
        (ChangeAnswer(0, 0), None),
        (ChangeAnswer(0, 4), None),
    ],
)
def test_measures_are_exact(answer, value):
    assert measure(answer) == value


@pytest.mark.parametrize("answer", [PercentageAnswer(None, 3), CountAnswer(None), ChangeAnswer(3, None)])
def test_half_an_answer_has_no_measure(answer):
    with pytest.raises(TypeError):
        measure(answer)


@pytest.mark.parametrize(
    ("rule", "answer", "index"),
    [
        (BIRTHS, PercentageAnswer(95, 100), 0),
        (BIRTHS, PercentageAnswer(949_999, 1_000_000), 1),
        (BIRTHS, PercentageAnswer(85, 100), 1),
        (BIRTHS, PercentageAnswer(0, 100), 3),
        (BIRTHS, PercentageAnswer(0, 0), None),
        (UNDERWEIGHT, PercentageAnswer(10, 100), 0),
        (UNDERWEIGHT, PercentageAnswer(100_001, 1_000_000), 1),
        (UNDERWEIGHT, PercentageAnswer(100, 100), 3),
        (INSTITUTIONS, CountAnswer(5), 0),
        (INSTITUTIONS, CountAnswer(4), 1),
        (INFANT_DEATHS, ChangeAnswer(100, 95), 0),
        (INFANT_DEATHS, ChangeAnswer(1000, 951), 1),
        (INFANT_DEATHS, ChangeAnswer(10, 10), 1),
        (INFANT_DEATHS, ChangeAnswer(10, 12), 3),
        (USERS, ChangeAnswer(100, 105), 0),
        (USERS, ChangeAnswer(100, 90), 2),
        (USERS, ChangeAnswer(100, 89), 3),
    ],
)
def test_the_first_tier_that_holds_wins(rule, answer, index):
    assert reached_tier(rule, answer) == index


@pytest.mark.parametrize(
    ("rule", "current", "index"),
    [(INFANT_DEATHS, 0, 0), (INFANT_DEATHS, 4, 3), (USERS, 0, 3), (USERS, 1, 0)],
)
def test_a_change_from_nothing(rule, current, index):
    assert reached_tier(rule, ChangeAnswer(0, current)) == index


def test_below_the_last_tier_none_is_reached():
    rule = CountRule("kegiatan", "higher", tiers((5, 2), (3, 1)))
    assert reached_tier(rule, CountAnswer(2)) is None
    assert better_tier(rule, None) == 1


def test_the_better_tier_brings_more_points():
    rule = CountRule("kegiatan", "higher", tiers((9, 3), (7, 2), (5, 2), (0, 0)))
    assert better_tier(rule, 3) == 2
    assert better_tier(rule, 2) == 0
    assert better_tier(rule, 0) is None


def test_only_a_measured_pair_of_one_kind_is_tiered():
    assert tiered(BIRTHS, PercentageAnswer(1, 2)) == (BIRTHS, PercentageAnswer(1, 2))
    assert tiered(INSTITUTIONS, CountAnswer(1)) == (INSTITUTIONS, CountAnswer(1))
    assert tiered(USERS, ChangeAnswer(1, 2)) == (USERS, ChangeAnswer(1, 2))
    assert tiered(BIRTHS, CountAnswer(1)) is None
    assert tiered(CHOICE, None) is None


@pytest.mark.parametrize(
    ("value", "bounds", "shown"),
    [
        (Fraction(412_000, 4508), ["95", "85"], "91,39%"),
        (Fraction(90), ["90"], "90%"),
        (Fraction(905, 10), [], "90,5%"),
        (Fraction(2, 3) * 100, [], "66,67%"),
        (Fraction(84_999, 1000), ["85"], "84,999%"),
        (Fraction(84_999, 1000), ["90"], "85%"),
        (Fraction(84_994, 1000), ["85"], "84,99%"),
        (Fraction(85_001, 1000), ["85"], "85,001%"),
        (Fraction(999_999_999, 10_000_000), ["100"], "99,9999999%"),
        (Fraction(1, 1000), ["0"], "0,001%"),
        (Fraction(1, 1000), [], "0%"),
        (Fraction(5, 1000), ["0.01"], "0,005%"),
        (Fraction(3125, 10_000), ["0.3125"], "0,3125%"),
        (Fraction(-50, 3), ["-5"], "−16,67%"),
        (Fraction(-1, 1000), ["0"], "−0,001%"),
        (Fraction(-1, 1000), [], "0%"),
        (Fraction(123_456_789), [], "123.456.789%"),
    ],
)
def test_percentages_as_people_read_them(value, bounds, shown):
    assert show_percent(value, [d(bound) for bound in bounds]) == shown


def shown_value(text: str) -> Fraction:
    return Fraction(text.removesuffix("%").replace(".", "").replace(",", ".").replace("−", "-"))


def decimals(text: str) -> int:
    return len(text.removesuffix("%").partition(",")[2])


FRACTIONS = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**12)
CUT_OFFS = st.decimals(min_value=-1000, max_value=1000, places=4)


@st.composite
def close_calls(draw) -> tuple[Fraction, list[Decimal]]:
    """A value exactly on, just beside, or anywhere off its cut-offs."""
    bounds = draw(st.lists(CUT_OFFS, min_size=1, max_size=5))
    near = Fraction(draw(st.sampled_from(bounds))) + draw(st.sampled_from([-1, 0, 1])) * Fraction(
        1, draw(st.integers(1, 10**14))
    )
    return draw(st.just(near) | FRACTIONS), bounds


@given(close_calls())
@example((Fraction(84_999, 1000), [d(85)]))
@example((Fraction(85), [d(85)]))
def test_a_shown_percentage_never_contradicts_its_comparison(case):
    value, bounds = case
    shown = shown_value(show_percent(value, bounds))
    for bound in map(Fraction, bounds):
        assert (shown < bound, shown == bound) == (value < bound, value == bound)


@given(close_calls())
def test_a_shown_percentage_is_rounded_to_what_it_shows(case):
    value, bounds = case
    text = show_percent(value, bounds)
    places = max(2, decimals(text))
    assert abs(shown_value(text) - value) <= Fraction(1, 2 * 10**places)


@given(FRACTIONS)
def test_without_cut_offs_two_decimals_are_enough(value):
    text = show_percent(value, [])
    assert decimals(text) <= 2
    assert not text.endswith(("0%", ",%")) or "," not in text


def test_counts_are_shown_whole_with_their_unit():
    assert show_measure(INSTITUTIONS, Fraction(1200)) == "1.200"
    assert show_bound(INSTITUTIONS, d(5)) == "5 jenis lembaga"
    assert show_bound(INFANT_DEATHS, d(-5)) == "−5%"


def test_a_measure_is_shown_against_the_cut_offs_of_its_own_rule():
    rule = PercentageRule("a", "b", "higher", tiers(("33.33", 1), (0, 0)))
    assert show_measure(rule, Fraction(100, 3)) == "33,333%"
    assert show_measure(BIRTHS, Fraction(100, 3)) == "33,33%"
