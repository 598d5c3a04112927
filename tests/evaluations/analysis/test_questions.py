"""Points per question out of stored results; losses, the training day, the best districts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain.analysis.points import PointsTable, points_table
from evaluations.domain.analysis.questions import best_districts, losses, short_districts, training_day
from evaluations.models import SharedPractice, Stage
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.regions.models import Province
from tests.cast import KALSEL
from tests.evaluations.analysis.stored import in_province, stored
from tests.evaluations.domain.claims import WEIGHTLESS, result


@pytest.fixture
def kalsel(db):
    return Province.objects.get(pk=KALSEL)


def table(spec, *lost):
    """One evaluation per ``lost``, with every other point."""
    codes = tuple(spec.by_code)
    rows = {
        number: [spec.by_code[code].weight - Decimal(part.get(code, "0")) for code in codes]
        for number, part in enumerate(lost, start=1)
    }
    return PointsTable(codes, rows)


def test_points_come_out_of_the_newest_result_of_the_stage(edition, kalsel, cast, spec):
    first, second, third = in_province(3)
    by = cast.admin_kalsel
    stored(first, {"1.1": "12"}, by=by)
    stored(first, {"1.1": "3", "12.1": "0.5"}, by=by, sequence=2)
    stored(second, {}, by=by, stage=Stage.VA)
    result(third, "700", by=by)
    found = points_table(edition, Stage.EM, kalsel)
    assert set(found.rows) == {first.pk}, "of another stage, or without a tree"
    assert found.of("1.1") == {first.pk: spec.by_code["1.1"].weight - 3}
    assert found.of("12.1") == {first.pk: spec.by_code["12.1"].weight - Decimal("0.5")}
    assert set(points_table(edition, Stage.VA, None).rows) == {second.pk}


def test_what_was_read_once_is_kept_until_there_is_another_result(edition, kalsel, cast):
    first, second = in_province(2)
    stored(first, {"1.1": "12"}, by=cast.admin_kalsel)
    points_table(edition, Stage.EM, kalsel)
    with CaptureQueriesContext(connection) as seen:
        points_table(edition, Stage.EM, kalsel)
    assert len(seen) == 1
    assert "snapshot" not in seen[0]["sql"]
    stored(second, {"1.1": "6"}, by=cast.admin_kalsel)
    with CaptureQueriesContext(connection) as seen:
        found = points_table(edition, Stage.EM, kalsel)
    assert len(seen) == 2
    assert len(found.rows) == 2


def test_a_province_and_the_nation_are_kept_apart(edition, kalsel, cast):
    stored(in_province(1)[0], {}, by=cast.admin_kalsel)
    stored(in_province(1, province="62")[0], {}, by=cast.admin_kalsel)
    assert len(points_table(edition, Stage.EM, kalsel).rows) == 1
    assert len(points_table(edition, Stage.EM, None).rows) == 2


def test_nothing_stored_is_an_empty_table(edition, kalsel, spec):
    found = points_table(edition, Stage.EM, kalsel)
    assert found.rows == {}
    assert losses(found, spec) == []


def test_the_question_that_loses_most_comes_first(spec):
    found = losses(table(spec, {"1.1": "12", "12.1": "1"}, {"12.1": "0.5"}, {"12.1": "2"}), spec)
    assert [(row.question.code, row.lost) for row in found[:3]] == [
        ("1.1", Decimal(12)), ("12.1", Decimal("3.5")), (found[2].question.code, 0),
    ]  # fmt: skip
    assert (found[0].average, found[0].full, found[0].districts) == (4, 2, 3)
    assert found[0].short_share == Fraction(100, 3)
    assert found[1].average == Fraction(7, 6)
    codes = [row.question.code for row in found[2:]]
    order = [q.code for q in spec.questions() if q.code in codes]
    assert codes == order, "equal losses keep the instrument's order"
    assert WEIGHTLESS not in codes


def test_theme_and_agency_are_said_in_words(spec):
    row = losses(table(spec, {"12.1": "1"}), spec)[0]
    question = spec.by_code["12.1"]
    assert row.theme == spec.theme_names[question.theme]
    assert row.agency == spec.agency_names[question.agencies[0]]


def test_a_training_day_groups_by_theme_and_leaves_out_what_nobody_loses(spec):
    lost = {"1.1": "12", "12.1": "3", "12.2": "2", "12.3": "1"}
    rows = losses(table(spec, lost), spec)
    sessions = training_day(rows, 20)
    assert {row.question.code for part in sessions for row in part.rows} == set(lost)
    assert [part.lost for part in sessions] == sorted((part.lost for part in sessions), reverse=True)
    for part in sessions:
        assert {row.theme for row in part.rows} == {part.theme}
        assert part.agencies == tuple(sorted({row.agency for row in part.rows}))
    (only,) = training_day(rows, 1)
    assert [row.question.code for row in only.rows] == ["1.1"]


def test_the_best_are_those_with_every_point_who_share_first(edition, cast, spec):
    rows = in_province(4)
    for row, lost in zip(rows, [{}, {"12.1": "0.01"}, {}, {}], strict=True):
        stored(row, lost, by=cast.admin_kalsel)
    practice = SharedPractice.objects.create(
        evaluation=rows[3],
        question_id=loaded(edition.instrument).question_ids["12.1"],
        story="Jemput bola.",
        shared_at=clock.now(),
        shared_by=cast.coordinator_tabalong,
    )
    found = best_districts(points_table(edition, Stage.EM, None), spec.by_code["12.1"], [practice])
    assert found[0].evaluation == rows[3].pk
    assert found[0].practice == practice
    assert [row.name for row in found[1:]] == sorted(row.district.name for row in (rows[0], rows[2]))
    assert rows[1].pk not in {row.evaluation for row in found}


def test_those_who_lack_points_come_by_what_they_have(edition, cast, spec):
    rows = in_province(4)
    for row, lost in zip(rows, ["1", "3", "0", "1"], strict=True):
        stored(row, {"12.1": lost}, by=cast.admin_kalsel)
    found = short_districts(points_table(edition, Stage.EM, None), spec.by_code["12.1"])
    first, *others = [(row.evaluation, row.points) for row in found]
    assert first == (rows[1].pk, spec.by_code["12.1"].weight - 3)
    by_name = sorted((rows[0], rows[3]), key=lambda row: row.district.name)
    assert others == [(row.pk, spec.by_code["12.1"].weight - 1) for row in by_name]
