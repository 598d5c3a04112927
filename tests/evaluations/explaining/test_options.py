"""The next better option, and the row of a matrix that wins most."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.explaining.options import better_option, better_row
from evaluations.scoring.answers import MatrixAnswer
from tests.evaluations.scoring.build import CHOICE, PARTNERS, options


@pytest.mark.parametrize(("chosen", "points"), [(None, "0"), (3, "5.5"), (2, "9"), (1, "12"), (0, None)])
def test_the_nearest_option_with_more_points(chosen, points):
    found = better_option(CHOICE.options[:3] if chosen is None else CHOICE.options, chosen)
    if chosen is None:
        assert found == CHOICE.options[2], "from nothing, the smallest that brings points"
    else:
        assert (found.points if found else None) == (Decimal(points) if points else None)


def test_options_of_equal_worth_are_passed_over():
    assert better_option(options("3", "1", "1", "0"), 2).points == 3


def test_the_row_that_wins_most():
    row, option, gain = better_row(PARTNERS, MatrixAnswer((0, 2, 1)))
    assert (row.label, option.points, gain) == ("Dunia usaha", Decimal("1.5"), Decimal(1))
    assert better_row(PARTNERS, MatrixAnswer((0, 0, 0))) is None
    assert better_row(PARTNERS, None)[0].label == "Lembaga masyarakat"
