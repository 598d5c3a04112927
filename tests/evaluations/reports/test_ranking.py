"""The ranking as values: shared ranks, sums per predikat, Provila."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.reports.ranking import AbsentDistrict
from tests.evaluations.reports import build


@pytest.fixture(scope="module")
def report():
    return build.ranking_report()


def test_ties_share_a_rank_and_stand_by_name(report):
    assert [row.rank for row in report.rows] == [1, 2, 3, 4, 5, 5, 7, 8, 9, 10, 11]
    assert [row.district for row in report.rows[4:6]] == [
        "Kabupaten Barito Kuala",
        "Kabupaten Hulu Sungai Selatan",
    ]
    assert report.rows[0].district == "Kabupaten Tabalong"


def test_order_of_the_entries_does_not_matter(report):
    entries, absent = build.kalimantan_selatan()
    turned = build.ranking_report(entries=entries[::-1], absent=absent[::-1])
    assert turned.rows == report.rows
    assert turned.digest == report.digest


def test_exactly_700_is_madya_and_the_sums_agree(report):
    counts = {band.code: count for band, count in report.predikats}
    assert counts == {"kla": 2, "utama": 1, "nindya": 1, "madya": 5, "pratama": 1, "inisiasi": 1}
    assert sum(counts.values()) + len(report.absent) == len(build.DISTRICTS)


def test_provila_names_what_is_missing(report):
    assert not report.provila.reached
    assert (report.provila.awarded, report.provila.districts) == (10, 13)
    assert report.provila.missing == ("Kabupaten Balangan", "Kabupaten Tapin", "Kota Banjarbaru")


def test_provila_is_reached_only_when_every_district_holds_a_predikat():
    entries = [build.entry(code, name, "500") for code, name in build.DISTRICTS]
    assert build.ranking_report(entries=entries, absent=[]).provila.reached
    one_less = build.ranking_report(entries=[*entries[1:], build.entry("63.01", "X", "499.99")], absent=[])
    assert one_less.provila.missing == ("X",)
    silent = build.ranking_report(entries=entries[1:], absent=[AbsentDistrict("63.01", "X", "Belum mulai")])
    assert not silent.provila.reached
    assert not build.ranking_report(entries=[], absent=[]).provila.reached
    assert build.ranking_report(is_province=False).provila is None


def test_changes_are_signed_and_without_earlier_result_a_dash():
    def text(change):
        return build.ranking_report(entries=[build.entry("1", "A", "1", change=change)]).rows[0].change_text

    assert text(None) == "–"
    assert text(Fraction(16, 5)) == "+3,20"
    assert text(Fraction(-21, 20)) == "−1,05"
    assert text(Fraction(0)) == "0,00"
    assert text(Fraction(1, 3)) == "+0,33"


def test_cluster_points_stand_in_the_instruments_order_and_stay_exact(report):
    assert [cluster.code for cluster in report.clusters] == ["K0", "K1", "K2", "K3", "K4", "K5", "K6"]
    assert all(sum(row.points) == row.total for row in report.rows)
    entry = build.entry("1", "A", "1")
    entry.points["K3"] = Decimal("0.125")
    assert build.ranking_report(entries=[entry]).places == 3


def test_unknown_predikat_or_missing_cluster_is_an_error():
    with pytest.raises(KeyError):
        build.ranking_report(entries=[build.entry("1", "A", "1", predikat="emas")])
    entry = build.entry("1", "A", "1")
    del entry.points["K6"]
    with pytest.raises(KeyError):
        build.ranking_report(entries=[entry])


def test_digest_is_of_the_content_and_the_payload_also_of_the_day(report):
    later = build.ranking_report(printed_at=build.TAKEN_AT + timedelta(hours=20))
    same_day = build.ranking_report(printed_at=build.TAKEN_AT - timedelta(hours=3))
    assert later.digest == same_day.digest == report.digest
    assert later.payload() != report.payload() == same_day.payload()
    entries, _ = build.kalimantan_selatan()
    other = build.ranking_report(
        entries=[*entries[1:], build.entry("63.01", "Kabupaten Tanah Laut", "612.41")]
    )
    assert other.digest != report.digest
    json.dumps(report.payload())
