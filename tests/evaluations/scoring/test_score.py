"""The sum over an instrument, its one rounding, and everything that is refused."""

from decimal import ROUND_DOWN, Decimal, getcontext, localcontext
from fractions import Fraction

import pytest

from evaluations.scoring.answers import ChoiceAnswer
from evaluations.scoring.score import (
    AnswersError,
    UnknownQuestion,
    percent_of,
    read_answers,
    round_total,
    score,
    score_read,
    unknown_codes,
)
from indicators.spec import ChoiceRule
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    PARTNERS,
    d,
    instrument,
    options,
    question,
)

SMALL = instrument(
    ((question(CHOICE, "1.1"), question(PARTNERS, "1.2")), (question(INSTITUTIONS, "2.1"),)),
    ((question(BIRTHS, "3.1"), question(INFANT_DEATHS, "3.2")),),
)
ANSWERS = {
    "1.1": {"option": 1},
    "1.2": {"rows": [0, 1, None]},
    "2.1": {"value": "4"},
    "3.1": {"numerator": "4120", "denominator": "4508"},
}


def totals(*points: str):
    """An instrument whose first options bring exactly ``points``, and the answers that take them."""
    rows = tuple(question(ChoiceRule(options(value, 0)), f"1.{n}") for n, value in enumerate(points, start=1))
    return instrument((rows,)), {row.code: {"option": 0} for row in rows}


def test_points_add_up_to_indicator_cluster_and_total():
    tree = score(SMALL, ANSWERS)
    assert [cluster.code for cluster in tree.clusters] == ["K0", "K1"]
    assert [cluster.points for cluster in tree.clusters] == [d("15.5"), d(2)]
    assert [indicator.points for indicator in tree.indicators()] == [d("11.5"), d(4), d(2)]
    assert [q.points for q in tree.questions()] == [d(9), d("2.5"), d(4), d(2), d(0)]
    assert (tree.total_exact, str(tree.total)) == (d("17.5"), "17.50")
    assert tree.predikat.code == "inisiasi"
    assert tree.clusters[0].weight == d("22.5")


def test_only_complete_answers_count_as_answered():
    tree = score(SMALL, ANSWERS)
    assert (tree.answered, tree.questions_count) == (3, 5)
    assert [(cluster.answered, cluster.count) for cluster in tree.clusters] == [(2, 3), (1, 2)]
    assert [(i.answered, i.count) for i in tree.indicators()] == [(1, 2), (1, 1), (1, 2)]
    assert [q.state for q in tree.questions()] == [
        "answered", "incomplete", "answered", "answered", "unanswered",
    ]  # fmt: skip


def test_nothing_answered_is_nothing():
    tree = score(SMALL, {})
    assert (str(tree.total), tree.answered, tree.note) == ("0.00", 0, None)
    assert all(q.state == "unanswered" for q in tree.questions())


def test_read_answers_score_the_same():
    assert score_read(SMALL, read_answers(SMALL, ANSWERS)) == score(SMALL, ANSWERS)
    assert score_read(SMALL, {"1.1": ChoiceAnswer(0), "1.2": None}).total == d(12)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0", "0.00"),
        ("880.385", "880.39"),
        ("880.384999", "880.38"),
        ("600.005", "600.01"),
        ("600.0049", "600.00"),
    ],
)
def test_totals_are_rounded_half_up(exact, rounded):
    assert str(round_total(d(exact))) == rounded


def test_the_total_is_rounded_once_and_not_part_by_part():
    # Rounded part by part this would be 1.01 + 1.01 + 1.01 = 3.03.
    spec, answers = totals("1.005", "1.005", "1.005")
    tree = score(spec, answers)
    assert tree.total_exact == d("3.015")
    assert str(tree.total) == "3.02"
    parts = instrument(*(((question(ChoiceRule(options("1.004", 0)), f"{n}.1"),),) for n in (1, 2, 3)))
    assert str(score(parts, {f"{n}.1": {"option": 0} for n in (1, 2, 3)}).total) == "3.01"


def test_the_predikat_follows_the_rounded_total():
    spec, answers = totals("600.004")
    assert score(spec, answers).predikat.code == "pratama"
    spec, answers = totals("600.005")
    tree = score(spec, answers)
    assert (str(tree.total), tree.predikat.code) == ("600.01", "madya")
    assert tree.note.startswith("Nilai 600,01 berada di antara")
    spec, answers = totals("499.995")
    assert score(spec, answers).predikat.code == "pratama"


@pytest.mark.parametrize(
    ("exact", "following", "missing"),
    [
        ("0", "pratama", "500.00"),
        ("499.99", "pratama", "0.01"),
        ("500", "madya", "100.01"),
        ("612.40", "nindya", "87.61"),
        ("700", "nindya", "0.01"),
        ("699.995", "nindya", "0.01"),
        ("900.01", None, None),
    ],
)
def test_the_way_to_the_next_predikat(exact, following, missing):
    spec, answers = totals(exact)
    tree = score(spec, answers)
    assert (tree.next_band and tree.next_band.code) == following
    assert (None if tree.to_next is None else str(tree.to_next)) == missing
    if missing:
        spec, answers = totals(exact, missing)
        assert score(spec, answers).predikat == tree.next_band
        spec, answers = totals(exact, str(d(missing) - d("0.01")))
        assert score(spec, answers).predikat == tree.predikat


def test_sums_do_not_depend_on_the_callers_decimal_context():
    points = ["0." + "1" * 40, "333.33", "99." + "9" * 30]
    spec, answers = totals(*points)
    expected = sum(map(Fraction, points))
    with localcontext() as context:
        context.prec, context.rounding = 9, ROUND_DOWN
        tree = score(spec, answers)
        assert getcontext().prec == 9
    assert Fraction(tree.total_exact) == expected


def test_unknown_questions_are_named_in_order():
    with pytest.raises(UnknownQuestion) as caught:
        score(SMALL, {"9.9": {"option": 0}, "1.1": {"option": 0}, "0.1": None})
    assert caught.value.codes == ("9.9", "0.1")
    assert str(caught.value) == "Butir tidak ada dalam instrumen: 9.9, 0.1."
    assert unknown_codes(SMALL, ["1.1", "1.10"]) == ("1.10",)


def test_all_faults_are_raised_together():
    with pytest.raises(AnswersError) as caught:
        score(
            SMALL,
            {
                "1.1": {"option": 4},
                "2.1": {"value": "3"},
                "3.1": {"numerator": "2", "denominator": "1"},
                "3.2": {"previous": "-1", "current": "1.5"},
            },
        )
    errors = caught.value.errors
    assert {code: set(fields) for code, fields in errors.items()} == {
        "1.1": {"option"},
        "3.1": {"numerator"},
        "3.2": {"previous", "current"},
    }
    assert "3.1: Pembilang tidak boleh lebih besar dari penyebut (2 > 1)." in str(caught.value)


def test_strict_reading_refuses_missing_keys():
    half = {"3.1": {"numerator": "2"}}
    assert score(SMALL, half).total == 0
    with pytest.raises(AnswersError):
        read_answers(SMALL, half, strict=True)


def test_percent_of_the_maximum():
    assert percent_of(d("121.16"), d(164)) == Fraction(12116, 164)
    assert percent_of(d(164), d(164)) == 100
    assert percent_of(Decimal(0), Decimal(0)) == 0
