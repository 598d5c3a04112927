"""Provinces of the nation, and counts per predikat and year with their origin."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.domain.analysis import nation
from evaluations.domain.analysis.totals import totals
from evaluations.models import PublishedResult, Stage
from tests.cast import KALSEL, TABALONG, TANAH_BUMBU
from tests.evaluations.analysis.stored import in_province
from tests.evaluations.domain.claims import result


def published(district=TABALONG, year=2022, stage="vf", predikat="madya", source="Berita"):
    return PublishedResult.objects.create(
        district_id=district, year=year, stage=stage, predikat=predikat, total=Decimal(650), source=source
    )


def test_each_province_counts_its_own(edition, cast, spec):
    rows = in_province(13)
    for row, total in zip(rows, ["950", "650", "640", "300"], strict=False):
        result(row, total, by=cast.admin_kalsel)
    lines = nation.provinces(edition, totals(edition, "em", None))
    assert len(lines) == 38
    assert [line.province.name for line in lines] == sorted(line.province.name for line in lines)
    (kalsel,) = [line for line in lines if line.province.code == KALSEL]
    held = dict(zip((band.code for band in spec.bands), kalsel.counts, strict=True))
    assert held == {"kla": 1, "utama": 0, "nindya": 0, "madya": 2, "pratama": 0, "inisiasi": 1}
    assert (kalsel.districts, kalsel.awarded, kalsel.known, kalsel.absent, kalsel.provila) == (
        13,
        3,
        4,
        9,
        False,
    )
    assert sum(line.known for line in lines) == 4


def test_provila_needs_every_district(edition, cast):
    rows = in_province(13)
    for row in rows[:12]:
        result(row, "700", by=cast.admin_kalsel)

    def provila():
        lines = nation.provinces(edition, totals(edition, "em", None))
        return [line.province.code for line in lines if line.provila]

    assert provila() == []
    result(rows[12], "500", by=cast.admin_kalsel)
    assert provila() == [KALSEL]


def test_own_results_count_once_by_their_newest(edition, cast):
    first, second = in_province(2)
    result(first, "950", by=cast.admin_kalsel)
    result(first, "650", by=cast.admin_kalsel, sequence=2)
    result(second, "650", by=cast.admin_kalsel)
    result(second, "600", by=cast.admin_kalsel, stage=Stage.VA)
    found = [(row.label, row.stage, dict(row.counts), row.published) for row in nation.counts_by_year()]
    assert found == [
        ("2026", Stage.EM, {"madya": 2}, False),
        ("2026", Stage.VA, {"pratama": 1}, False),
    ]


def test_published_results_stand_apart_and_count_a_district_once(edition, cast):
    result(in_province(1)[0], "950", by=cast.admin_kalsel)
    published()
    published(source="Siaran pers", predikat="nindya")
    published(TANAH_BUMBU)
    published(year=2019)
    published(TANAH_BUMBU, year=2019, predikat="")
    found = [(row.label, dict(row.counts), row.districts) for row in nation.counts_by_year() if row.published]
    assert found == [("2022", {"madya": 2}, 2), ("2019", {"madya": 1}, 1)]
    assert [row.label for row in nation.counts_by_year() if not row.published] == ["2026"]


@pytest.mark.usefixtures("edition")
def test_nothing_known_is_an_empty_list():
    assert nation.counts_by_year() == []
