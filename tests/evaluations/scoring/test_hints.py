"""The step to the next tier, and answers that bring everything."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluations.scoring.answers import (
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    read_answer,
)
from evaluations.scoring.hints import best_answer, next_step
from evaluations.scoring.rules import score_answer
from indicators.spec import ChangeRule, CountRule, PercentageRule
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    PARTNERS,
    RULES,
    UNDERWEIGHT,
    USERS,
    best_points,
    question,
    raw_answers,
    tiered_rules,
    tiers,
)


@pytest.mark.parametrize(
    ("rule", "answer", "text"),
    [
        (BIRTHS, PercentageAnswer(4120, 4508), "untuk 3 poin: 163 persalinan lagi"),
        (BIRTHS, PercentageAnswer(0, 100), "untuk 1 poin: 70 persalinan lagi"),
        (BIRTHS, PercentageAnswer(9499, 10_000), "untuk 3 poin: 1 persalinan lagi"),
        (UNDERWEIGHT, PercentageAnswer(151, 1000), "untuk 2 poin: 1 balita lebih sedikit"),
        (UNDERWEIGHT, PercentageAnswer(15, 101), "untuk 3 poin: 5 balita lebih sedikit"),
        (INSTITUTIONS, CountAnswer(3), "untuk 6 poin: 2 jenis lembaga lagi"),
        (INSTITUTIONS, CountAnswer(0), "untuk 2 poin: 1 jenis lembaga lagi"),
        (INFANT_DEATHS, ChangeAnswer(12, 12), "untuk 3 poin: 1 kematian bayi lebih sedikit"),
        (INFANT_DEATHS, ChangeAnswer(100, 120), "untuk 1 poin: 10 kematian bayi lebih sedikit"),
        (INFANT_DEATHS, ChangeAnswer(0, 4), "untuk 3 poin: 4 kematian bayi lebih sedikit"),
        (USERS, ChangeAnswer(101, 102), "untuk 3 poin: 5 anak lagi"),
        (USERS, ChangeAnswer(100, 10), "untuk 1 poin: 80 anak lagi"),
        (USERS, ChangeAnswer(0, 0), "untuk 3 poin: 1 anak lagi"),
    ],
)
def test_the_next_step(rule, answer, text):
    assert next_step(question(rule), answer) == text


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (BIRTHS, PercentageAnswer(95, 100)),
        (UNDERWEIGHT, PercentageAnswer(0, 100)),
        (INSTITUTIONS, CountAnswer(9)),
        (INFANT_DEATHS, ChangeAnswer(0, 0)),
        (USERS, ChangeAnswer(0, 2)),
        (BIRTHS, None),
        (BIRTHS, PercentageAnswer(None, 100)),
        (BIRTHS, PercentageAnswer(0, 0)),
        (INSTITUTIONS, CountAnswer(None)),
        (CHOICE, ChoiceAnswer(3)),
        (PARTNERS, MatrixAnswer((2, 2, 2))),
    ],
)
def test_no_step_at_the_best_or_without_an_answer(rule, answer):
    assert next_step(question(rule), answer) is None


def test_a_tier_out_of_reach_is_passed_over():
    rule = CountRule("kasus", "lower", tiers((-1, 4), (2, 3), (None, 1)))
    assert next_step(question(rule), CountAnswer(2)) is None
    assert next_step(question(rule), CountAnswer(5)) == "untuk 3 poin: 3 kasus lebih sedikit"


def test_from_nothing_only_the_best_tier_is_left():
    rule = ChangeRule("anak", "higher", tiers((10, 3), (5, 3), (0, 2), (None, 0)))
    assert next_step(question(rule), ChangeAnswer(0, 0)) == "untuk 3 poin: 1 anak lagi"


def test_one_more_of_a_few_may_pass_over_a_tier():
    # 1 of 3 is 33%, 2 of 3 is 67%: the tier at 40% cannot be hit alone.
    rule = PercentageRule(
        "puskesmas yang ramah anak", "seluruh puskesmas", "higher", tiers((60, 3), (40, 2), (0, 0))
    )
    assert next_step(question(rule), PercentageAnswer(1, 3)) == "untuk 3 poin: 1 puskesmas lagi"


def test_no_step_towards_equal_points():
    rule = replace(INSTITUTIONS, tiers=tiers((5, 2), (3, 2), (0, 0)))
    assert next_step(question(rule), CountAnswer(3)) is None


def moved(answer, step: str):
    """The answer after doing what the step says."""
    amount = next(word for word in step.split(": ")[1].split() if word[0].isdigit())
    change = int(amount.replace(".", "")) * (1 if step.endswith("lagi") else -1)
    match answer:
        case PercentageAnswer(top, bottom):
            return PercentageAnswer(top + change, bottom), PercentageAnswer(
                top + change - sign(change), bottom
            )
        case CountAnswer(value):
            return CountAnswer(value + change), CountAnswer(value + change - sign(change))
        case ChangeAnswer(before, now):
            return ChangeAnswer(before, now + change), ChangeAnswer(before, now + change - sign(change))


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


@given(st.data())
def test_doing_the_step_brings_its_points_and_one_less_does_not(data):
    rule = data.draw(tiered_rules())
    answer = read_answer(rule, data.draw(raw_answers(rule)))
    row = question(rule)
    step = next_step(row, answer)
    assume(step is not None)
    promised = Fraction(step.split(" ")[1].replace(".", "").replace(",", "."))
    done, almost = moved(answer, step)
    assert score_answer(row, done).points == promised > score_answer(row, answer).points
    assert score_answer(row, almost).points < promised


@given(RULES)
def test_the_best_answer_brings_the_maximum(rule):
    answer = read_answer(rule, best_answer(rule), strict=True)
    result = score_answer(question(rule), answer)
    assert result.points == best_points(rule)
    assert result.state == "answered"
    assert next_step(question(rule), answer) is None


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (CHOICE, {"option": 0}),
        (BIRTHS, {"numerator": "100", "denominator": "100"}),
        (UNDERWEIGHT, {"numerator": "0", "denominator": "100"}),
        (INSTITUTIONS, {"value": "5"}),
        (INFANT_DEATHS, {"previous": "100", "current": "95"}),
        (USERS, {"previous": "100", "current": "105"}),
        (PARTNERS, {"rows": [0, 0, 0]}),
        (CountRule("kegiatan", "higher", tiers((None, 1))), {"value": "0"}),
        (PercentageRule("a", "b", "higher", tiers((100, 1))), {"numerator": "100", "denominator": "100"}),
    ],
)
def test_best_answers(rule, value):
    assert best_answer(rule) == value
