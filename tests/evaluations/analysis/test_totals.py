"""Distribution, band edges and Provila, by claim and by stage."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.analysis import totals
from evaluations.models import Evaluation, Stage
from kla_portal import clock
from kla_portal.regions.models import Province
from tests.cast import GUNUNG_MAS, KALSEL
from tests.evaluations.analysis.stored import in_province
from tests.evaluations.domain.claims import result


@pytest.fixture
def kalsel(db):
    return Province.objects.get(pk=KALSEL)


def district(total, spec, name="Kabupaten A"):
    from evaluations.scoring.bands import predikat_for

    return totals.DistrictTotal(
        1, "63.01", name, KALSEL, Decimal(total), predikat_for(spec.bands, Decimal(total))
    )


@pytest.mark.parametrize(
    ("total", "below", "above"),
    [
        ("700", [("Nindya", "0.01")], []),
        ("700.01", [], [("Nindya", "0.00")]),
        ("690.01", [("Nindya", "10.00")], []),
        ("690.00", [], []),
        ("710.01", [], [("Nindya", "10.00")]),
        ("710.02", [], []),
        ("499.99", [("Pratama", "0.01")], []),
        ("0", [], []),
        ("1000", [], []),
    ],
)
def test_edges_lie_within_ten_points(spec, total, below, above):
    rows = [district(total, spec)]
    found = [(edge.band.name, str(edge.distance)) for edge in totals.just_below(rows, spec.bands)]
    assert found == below
    assert [(e.band.name, f"{e.distance:.2f}") for e in totals.just_above(rows, spec.bands)] == above


def test_the_nearest_edge_comes_first_and_equal_ones_by_name(spec):
    rows = [district("695", spec, "B"), district("699", spec, "C"), district("695", spec, "A")]
    assert [edge.district.name for edge in totals.just_below(rows, spec.bands)] == ["C", "A", "B"]


def test_every_band_is_counted_also_the_empty_ones(spec):
    found = totals.distribution(
        [district("700", spec), district("950", spec), district("650", spec)], spec.bands
    )
    assert [(band.code, count) for band, count in found] == [
        ("kla", 1), ("utama", 0), ("nindya", 0), ("madya", 2), ("pratama", 0), ("inisiasi", 0),
    ]  # fmt: skip


def test_a_stage_counts_its_newest_results_of_the_province(edition, kalsel, cast):
    first, second = in_province(2)
    by = cast.admin_kalsel
    result(first, "600", by=by)
    result(first, "655", by=by, sequence=2)
    result(second, "900", by=by, stage=Stage.VA)
    result(Evaluation.objects.get(edition=edition, district=GUNUNG_MAS), "800", by=by)
    found = totals.totals(edition, "em", kalsel)
    assert [(row.code, str(row.total), row.band.code) for row in found.rows] == [
        (first.district_id, "655.00", "madya")
    ]
    assert len(found.absent) == 12
    assert second.district.name in found.absent
    assert not found.claimed
    nation = totals.totals(edition, "em", None)
    assert [row.province for row in nation.rows] == ["62", "63"]


def test_claims_count_only_where_someone_began(edition, kalsel):
    first, second = in_province(2)
    for row in (first, second):
        Evaluation.objects.filter(pk=row.pk).update(claimed_total=Decimal("640"), claimed_predikat="madya")
    Evaluation.objects.filter(pk=first.pk).update(last_activity_at=clock.now())
    found = totals.totals(edition, totals.CLAIM, kalsel)
    assert [row.code for row in found.rows] == [first.district_id]
    assert second.district.name in found.absent
    assert found.claimed


def test_a_claim_without_a_predikat_is_no_total(edition, kalsel):
    (first,) = in_province(1)
    Evaluation.objects.filter(pk=first.pk).update(last_activity_at=clock.now(), claimed_predikat="")
    found = totals.totals(edition, totals.CLAIM, kalsel)
    assert found.rows == ()
    assert len(found.absent) == 13


def test_the_bases_are_the_stages_with_results_here(edition, kalsel, cast):
    assert totals.bases(edition, kalsel) == ["klaim"]
    (first,) = in_province(1)
    result(first, "600", by=cast.admin_kalsel, stage=Stage.VA)
    result(first, "600", by=cast.admin_kalsel)
    assert totals.bases(edition, kalsel) == ["klaim", "em", "va"]
    assert totals.bases(edition, None) == ["klaim", "em", "va"]
    assert totals.bases(edition, Province.objects.get(pk="62")) == ["klaim"]


def test_provila_says_who_lacks_how_many_points(edition, kalsel, spec, cast):
    by = cast.admin_kalsel
    for row, total in zip(in_province(13), ["480.5", "497", *["700"] * 11], strict=True):
        result(row, total, by=by)
    found = totals.provila_distance(totals.totals(edition, "em", kalsel), spec)
    assert found.band.name == "Pratama"
    assert [str(edge.distance) for edge in found.short] == ["3.00", "19.50"]
    assert (found.missing, found.districts, found.absent, found.reached) == (Decimal("22.50"), 13, (), False)


def test_provila_is_reached_only_with_everyone(edition, kalsel, spec, cast):
    rows = in_province(13)
    for row in rows[:12]:
        result(row, "700", by=cast.admin_kalsel)
    found = totals.provila_distance(totals.totals(edition, "em", kalsel), spec)
    assert (found.short, found.reached) == ((), False), "one has no result"
    result(rows[12], "500", by=cast.admin_kalsel)
    assert totals.provila_distance(totals.totals(edition, "em", kalsel), spec).reached


def test_how_many_districts_take_part(edition):
    found = totals.districts_by_province(edition)
    assert (found[KALSEL], sum(found.values())) == (13, 514)
