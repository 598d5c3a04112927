"""The better answers of one question: each worth what it says, none forgotten."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.scoring.planner.aims import aims
from evaluations.scoring.rules import read_answer
from evaluations.scoring.totals import points_of
from indicators.spec import ChangeRule, ChoiceRule, MatrixRow, MatrixRule, PercentageRule
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    PARTNERS,
    RULES,
    UNDERWEIGHT,
    USERS,
    d,
    options,
    question,
    raw_answers,
    tiers,
)


def seen(rule, value):
    found = question(rule)
    return [
        (str(aim.points), aim.climbed, aim.rungs, aim.value, aim.words)
        for aim in aims(found, read_answer(rule, value))
    ]


def test_every_higher_option():
    assert seen(CHOICE, {"option": 2}) == [
        ("9", 1, 3, {"option": 1}, "Peraturan Bupati/Wali Kota"),
        ("12", 2, 3, {"option": 0}, "Peraturan Daerah"),
    ]
    assert [row[1] for row in seen(CHOICE, None)] == [1, 2, 3]
    assert seen(CHOICE, {"option": 0}) == []


def test_options_of_one_worth_are_one_rung():
    rule = ChoiceRule(options(6, 6, 3, 0))
    assert seen(rule, None) == [
        ("3", 1, 2, {"option": 2}, "Pilihan 2"),
        ("6", 2, 2, {"option": 0}, "Pilihan 0"),
    ]


def test_a_percentage_keeps_its_denominator():
    value = {"numerator": "4120", "denominator": "4508"}
    aimed = {"numerator": "4283", "denominator": "4508"}
    assert seen(BIRTHS, value) == [("3", 1, 3, aimed, "untuk 3 poin: 163 persalinan lagi")]


def test_a_lower_percentage_falls():
    found = seen(UNDERWEIGHT, {"numerator": "18", "denominator": "100"})
    assert [(row[0], row[3]["numerator"]) for row in found] == [("2", "15"), ("3", "10")]
    assert found[0][4] == "untuk 2 poin: 3 balita lebih sedikit"


@pytest.mark.parametrize("value", [None, {"numerator": "7", "denominator": None}])
def test_a_percentage_without_numbers_shows_the_share(value):
    *_, best = seen(BIRTHS, value)
    assert best[3] == {"numerator": "95", "denominator": "100"}
    assert best[4] == "capai ≥ 95% persalinan di fasilitas pelayanan kesehatan"


def test_half_filled_with_a_denominator_keeps_it():
    *_, best = seen(BIRTHS, {"numerator": None, "denominator": "40"})
    assert best[3] == {"numerator": "38", "denominator": "40"}


def test_a_bound_with_decimals_gets_a_finer_example():
    rule = PercentageRule("anak", "semua", "higher", tiers(("33.5", 2), (0, 0)))
    assert seen(rule, None)[0][3] == {"numerator": "335", "denominator": "1000"}


def test_where_there_is_nobody_no_number_helps():
    assert seen(BIRTHS, {"numerator": "0", "denominator": "0"}) == []


def test_of_little_one_more_passes_over_a_tier():
    """1 of 2 is 50%, 2 of 2 is 100%: between them there is no 70% and no 85%."""
    found = seen(BIRTHS, {"numerator": "1", "denominator": "2"})
    assert [(row[0], row[1], row[3]["numerator"]) for row in found] == [("3", 3, "2")]


def test_counts_and_changes():
    assert [row[3] for row in seen(INSTITUTIONS, {"value": "2"})] == [{"value": "3"}, {"value": "5"}]
    assert seen(INSTITUTIONS, None)[0][4] == "capai ≥ 1 jenis lembaga"
    falls = seen(INFANT_DEATHS, {"previous": "40", "current": "41"})
    assert [(row[0], row[3]["current"]) for row in falls] == [("2", "40"), ("3", "38")]
    assert seen(USERS, None)[-1][4] == "capai perubahan ≥ 5% dari tahun lalu (anak)"


def test_from_zero_a_change_is_all_or_nothing():
    assert seen(INFANT_DEATHS, {"previous": "0", "current": "3"})[-1][3] == {"previous": "0", "current": "0"}
    assert seen(USERS, {"previous": "0", "current": None})[-1][3] == {"previous": "0", "current": "1"}


def test_rows_of_a_matrix_are_combined():
    """Per number of rungs the rows that bring the most."""
    found = seen(PARTNERS, {"rows": [1, 0, None]})
    assert [(row[0], row[1], row[3]["rows"]) for row in found] == [
        ("3.5", 1, [1, 0, 1]),
        ("4.0", 2, [1, 0, 0]),
        ("4.5", 3, [0, 0, 0]),
    ]
    assert found[2][4] == "Lembaga masyarakat: Pilihan 0; Media massa: Pilihan 0"


def test_nothing_for_information_only():
    assert aims(question(CHOICE, weight=d(0)), None) == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RULES.flatmap(lambda rule: st.tuples(st.just(rule), st.none() | raw_answers(rule))))
def test_each_aim_is_a_lawful_answer_worth_its_points(case):
    rule, value = case
    found = question(rule)
    now, _ = points_of(found, read_answer(rule, value))
    rungs = [aim.climbed for aim in aims(found, read_answer(rule, value))]
    assert rungs == sorted(set(rungs))
    for aim in aims(found, read_answer(rule, value)):
        worth, complete = points_of(
            found, read_answer(rule, aim.value, strict=not isinstance(rule, MatrixRule))
        )
        assert complete or isinstance(rule, MatrixRule)
        assert worth == aim.points > now
        assert 1 <= aim.climbed <= aim.rungs
        assert aim.words


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_combination_of_rows_brings_more_for_the_same_climb(points):
    rule = MatrixRule(
        tuple(MatrixRow(f"B{n}", options(*sorted(row, reverse=True), 0)) for n, row in enumerate(points))
    )
    best = {}
    for rows in product(*(range(len(row.options)) for row in rule.rows)):
        chosen = [row.options[number].points for row, number in zip(rule.rows, rows, strict=True)]
        levels = [sorted({0, *(o.points for o in row.options)}) for row in rule.rows]
        climbed = sum(level.index(worth) for level, worth in zip(levels, chosen, strict=True))
        best[climbed] = max(sum(chosen), best.get(climbed, 0))
    found = {aim.climbed: aim.points for aim in aims(question(rule), None)}
    assert found == {climbed: worth for climbed, worth in best.items() if climbed}


def test_a_change_keeps_last_years_number():
    rule = ChangeRule("kasus", "higher", tiers(("12.5", 3), (0, 1), (None, 0)))
    *_, best = seen(rule, {"previous": "80", "current": None})
    assert best[3] == {"previous": "80", "current": "90"}
