"""How far two readings lie apart, and the ranks that this leaves open."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from evaluations.domain.analysis import ties
from evaluations.domain.analysis.totals import DistrictTotal
from evaluations.models import AnswerRevision, Stage
from evaluations.scoring.bands import predikat_for
from tests.cast import KALSEL
from tests.evaluations.calibration.test_calibration import verdict
from tests.evaluations.domain.claims import best, fill


def rows_of(spec, *totals):
    return [
        DistrictTotal(n, f"63.{n:02}", f"K{n}", KALSEL, Decimal(t), predikat_for(spec.bands, Decimal(t)))
        for n, t in enumerate(totals, start=1)
    ]


def ranges(spec, width, *totals):
    found = ties.tie_rows(rows_of(spec, *totals), Decimal(width))
    return [(row.rank, row.first, row.last) for row in found]


def test_ranks_within_the_width_cannot_be_told_apart(spec):
    assert ranges(spec, "5", "900", "800", "797", "795", "700") == [
        (1, 1, 1), (2, 2, 4), (3, 2, 4), (4, 2, 4), (5, 5, 5),
    ]  # fmt: skip


def test_close_does_not_pass_on_down_the_list(spec):
    assert ranges(spec, "5", "800", "796", "792") == [(1, 1, 2), (2, 1, 3), (3, 2, 3)]


def test_the_edge_of_the_width_belongs_to_it(spec):
    assert ranges(spec, "5", "800", "795") == [(1, 1, 2), (2, 1, 2)]
    assert ranges(spec, "5", "800", "794.99") == [(1, 1, 1), (2, 2, 2)]


def test_the_ranks_are_those_that_counting_gives(spec):
    """Against the definition, pair by pair: 120 totals of which many are equal or exactly a width apart."""
    draw = Random(7)
    totals = [Decimal(draw.randrange(5000, 6000, 5)) / 10 for _ in range(120)]
    width = Decimal("2.5")
    totals.sort(reverse=True)
    found = ties.tie_rows(rows_of(spec, *totals), width)
    assert [(row.first, row.last) for row in found] == [
        (1 + sum(other > own + width for other in totals), sum(other >= own - width for other in totals))
        for own in totals
    ]


def test_without_a_width_only_equal_totals_are_tied(spec):
    assert ranges(spec, "0", "800", "800", "700") == [(1, 1, 2), (1, 1, 2), (3, 3, 3)]
    found = ties.tie_rows(rows_of(spec, "800", "700"), Decimal(0))
    assert not any(row.tied for row in found)


@pytest.mark.parametrize("basis", ["klaim", "em"])
def test_nobody_verifies_claims(edition, basis):
    assert ties.usual_disagreement(edition, basis, None) is None


def second_readings(evaluation, cast, spec, count, differing):
    """``count`` questions read twice, ``differing`` of them accepted by one and rejected by the other."""
    codes = [q.code for q in spec.questions() if q.weight][:count]
    fill(evaluation, {code: best(spec)[code] for code in codes}, by=cast.coordinator_tabalong)
    for answer in evaluation.answers.all():
        AnswerRevision.objects.create(
            answer=answer, version=1, value=answer.value, at=answer.updated_at, by=answer.updated_by
        )
    for number, code in enumerate(codes):
        verdict(evaluation, code, "accept", cast.verifier_kalsel, 1)
        verdict(evaluation, code, "reject" if number < differing else "accept", cast.admin_kalsel, 2)
    return codes


def test_too_few_second_readings_give_no_width(edition, evaluation, cast, spec):
    second_readings(evaluation, cast, spec, ties.ENOUGH - 1, 3)
    found = ties.usual_disagreement(edition, Stage.VA, None)
    assert (found.readings, found.points) == (ties.ENOUGH - 1, None)


def test_the_width_is_the_root_of_the_mean_square_times_the_questions(edition, evaluation, cast, spec):
    codes = second_readings(evaluation, cast, spec, ties.ENOUGH, 2)
    found = ties.usual_disagreement(edition, Stage.VA, None)
    square = sum(Fraction(spec.by_code[code].weight) ** 2 for code in codes[:2]) / ties.ENOUGH
    square *= sum(1 for q in spec.questions() if q.weight)
    assert found.readings == ties.ENOUGH
    # 0.005: the only rounding.
    assert abs(Fraction(found.points) ** 2 - square) <= Fraction(found.points) * Fraction(1, 100)
    assert found.points > 0


def test_who_always_agrees_leaves_no_width(edition, evaluation, cast, spec):
    second_readings(evaluation, cast, spec, ties.ENOUGH, 0)
    assert ties.usual_disagreement(edition, Stage.VA, None).points == 0
