"""From stage to stage: totals, changes, the median of each cluster."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.analysis.movement import movement
from evaluations.models import Stage
from kla_portal.regions.models import Province
from tests.cast import KALSEL
from tests.evaluations.analysis.stored import in_province, stored


@pytest.fixture
def found(edition, cast):
    """Three districts: through EM, VA and VF; through EM and VA; EM alone."""
    first, second, third = in_province(3)
    by = cast.admin_kalsel
    stored(first, {}, by=by)
    stored(first, {"1.1": "12"}, by=by, stage=Stage.VA)
    stored(first, {"1.1": "9"}, by=by, stage=Stage.VF)
    stored(second, {"12.1": "1"}, by=by)
    stored(second, {"12.1": "1", "12.2": "1", "1.1": "3"}, by=by, stage=Stage.VA)
    stored(third, {"12.1": "1"}, by=by)
    return movement(edition, Province.objects.get(pk=KALSEL))


def test_the_deepest_fall_comes_first_and_one_stage_is_no_movement(found):
    first, second, third = in_province(3)
    assert [row.evaluation for row in found.districts] == [first.pk, second.pk, third.pk]
    assert [row.change for row in found.districts] == [Decimal(-9), Decimal(-4), None]


def test_each_step_is_against_the_stage_before_it(found):
    assert found.stages == (Stage.EM, Stage.VA, Stage.VF)
    assert found.pairs == [(Stage.EM, Stage.VA), (Stage.VA, Stage.VF)]
    assert [step.change for step in found.districts[0].steps] == [None, Decimal(-12), Decimal(3)]
    assert [bool(step) for step in found.districts[1].steps] == [True, True, False]
    assert found.districts[0].steps[0].band.code == "kla"


def test_the_median_of_a_cluster_is_over_those_with_both_stages(found):
    medians = {row.cluster.code: row.medians for row in found.clusters}
    assert medians["K0"][0] == Decimal("-7.5"), "of -12 and -3"
    assert medians["K0"][1] == 3
    assert medians["K3"][0] == Decimal("-0.5"), "of 0 and -1"
    assert medians["K5"] == (0, 0)


def test_without_results_there_is_nothing(edition):
    empty = movement(edition, None)
    assert (empty.stages, empty.districts, empty.pairs) == ((), (), [])
    assert {row.medians for row in empty.clusters} == {()}
