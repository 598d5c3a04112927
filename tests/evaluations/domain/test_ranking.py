"""Who stands where: shared ranks, those without a result, Provila, and the change since the last edition."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.domain import editions
from evaluations.domain.letterheads import letterhead
from evaluations.domain.ranking import latest_results, ranking, status_word
from evaluations.models import Edition, Evaluation, Stage, State
from indicators.domain.importing import load_instrument
from indicators.domain.publishing import publish
from indicators.domain.spec import loaded
from kla_portal.regions.models import Province
from tests.cast import GUNUNG_MAS, KALSEL, KALTENG, TABALONG, TANAH_BUMBU
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, fresh, hand_in, result, results, save
from tests.indicators.small import small


def of(district: str, edition: str = "2026") -> Evaluation:
    return Evaluation.objects.with_place().get(edition__code=edition, district=district)


@pytest.fixture
def kalsel(db) -> Province:
    return Province.objects.get(pk=KALSEL)


@pytest.fixture
def in_kalsel(edition) -> list[Evaluation]:
    return list(
        Evaluation.objects.with_place()
        .filter(edition=edition, district__province=KALSEL)
        .order_by("district_id")
    )


def ranked(edition, province=None, stage=Stage.EM):
    return ranking(edition=edition, stage=stage, province=province).report


def test_ties_share_a_rank_and_the_next_is_skipped(edition, kalsel, in_kalsel, cast):
    by = cast.admin_kalsel
    for evaluation, total in zip(in_kalsel, ["700", "955.25", "700", "600.5", "400"], strict=False):
        result(evaluation, total, by=by)
    report = ranked(edition, kalsel)
    assert [(row.rank, str(row.total), row.predikat.code) for row in report.rows] == [
        (1, "955.25", "kla"),
        (2, "700.00", "madya"),
        (2, "700.00", "madya"),
        (4, "600.50", "madya"),
        (5, "400.00", "inisiasi"),
    ]
    names = [row.district for row in report.rows]
    assert names[1:3] == sorted(names[1:3]), "equal totals stand by name"
    assert [bool(row.note) for row in report.rows] == [False, False, False, True, False]
    assert "600" in report.rows[3].note


def test_each_row_shows_its_clusters_and_leads_to_its_evaluation(edition, kalsel, in_kalsel, cast):
    result(in_kalsel[3], "300.25", by=cast.admin_kalsel)
    found = ranking(edition=edition, stage=Stage.EM, province=kalsel)
    (row,) = found.report.rows
    assert list(row.points) == [164, 115, Decimal("21.25"), 0, 0, 0, 0]
    assert found.evaluations[row.code] == in_kalsel[3].pk
    assert [str(cluster.weight) for cluster in found.report.clusters][:2] == ["164", "115"]


def test_those_without_a_result_stand_apart_with_where_they_are(edition, kalsel, evaluation, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    hand_in(of(TANAH_BUMBU), by=cast.coordinator_tanahbumbu)
    report = ranked(edition, kalsel)
    assert [row.code for row in report.rows] == [TANAH_BUMBU]
    assert len(report.absent) == 12
    words = {part.code: part.status for part in report.absent}
    assert words[TABALONG] == "Pengisian"
    assert words["63.71"] == "Belum mulai"
    assert [part.district for part in report.absent] == sorted(part.district for part in report.absent)


def test_status_words(evaluation):
    assert status_word(evaluation) == "Belum mulai"
    evaluation.last_activity_at = evaluation.edition.opened_at
    assert status_word(evaluation) == "Pengisian"
    evaluation.state = State.SUBMITTED
    assert status_word(evaluation) == "Diajukan"


def test_provila_names_what_is_missing(edition, kalsel, in_kalsel, cast):
    for evaluation in in_kalsel[:11]:
        result(evaluation, "500", by=cast.admin_kalsel)
    result(in_kalsel[11], "499.99", by=cast.admin_kalsel)
    provila = ranked(edition, kalsel).provila
    assert (provila.reached, provila.awarded, provila.districts) == (False, 11, 13)
    assert provila.missing == tuple(sorted(str(e.district) for e in in_kalsel[11:]))


def test_a_province_all_of_whose_districts_hold_a_predikat_is_provila(edition, kalsel, in_kalsel, cast):
    results(in_kalsel, "500", by=cast.admin_kalsel)
    provila = ranked(edition, kalsel).provila
    assert (provila.reached, provila.awarded, provila.missing) == (True, 13, ())


def test_the_change_is_in_percent_of_the_maximum(edition, kalsel, evaluation, cast):
    result(of(TABALONG, "2024"), "900.00", by=cast.admin_kalsel)
    result(evaluation, "955.25", by=cast.admin_kalsel)
    result(of(TANAH_BUMBU), "500", by=cast.admin_kalsel)
    first, second = ranked(edition, kalsel).rows
    assert (first.change, first.change_text) == (Fraction("5.525"), "+5,53")
    assert (second.change, second.change_text) == (None, "–"), "no earlier result"
    assert ranked(edition, kalsel).previous_name == "Evaluasi KLA 2024"


def test_the_maximum_of_the_last_edition_is_its_own(edition, kalsel, evaluation, cast):
    """12 points at most then, 1,000 now: 9 of 12 are 75%, 700 of 1,000 are 70%."""
    old = publish(load_instrument(small(), by=None)[0], by=None)
    before = editions.create_edition(
        code="2022",
        name="Evaluasi KLA 2022",
        instrument=old,
        evidence_years=(2020, 2021),
        previous=None,
        by=None,
    )
    editions.set_window(
        edition=before,
        stage=Stage.EM,
        opens=(date(2022, 2, 1), time(8)),
        closes=(date(2022, 6, 30), time(23, 59)),
        by=None,
    )
    editions.open_edition(edition=before, by=None)
    Edition.objects.filter(pk=edition.pk).update(previous=before)
    result(of(TABALONG, "2022"), "9", by=cast.admin_kalsel)
    result(evaluation, "700", by=cast.admin_kalsel)
    now = Edition.objects.select_related("instrument", "previous__instrument").get(pk=edition.pk)
    (row,) = ranked(now, kalsel).rows
    assert (row.change, row.change_text) == (Fraction(-5), "−5,00")


def test_the_first_edition_has_no_change(cast, kalsel):
    first = Edition.objects.select_related("instrument", "previous").get(code="2024")
    result(of(TABALONG, "2024"), "900", by=cast.admin_kalsel)
    report = ranked(first, kalsel)
    assert (report.previous_name, report.rows[0].change) == (None, None)


def test_the_newest_result_of_a_stage_counts(edition, kalsel, evaluation, cast):
    result(evaluation, "800", by=cast.admin_kalsel, sequence=1)
    result(evaluation, "650", by=cast.admin_kalsel, sequence=2)
    result(of(TABALONG, "2024"), "500", by=cast.admin_kalsel, sequence=1)
    result(of(TABALONG, "2024"), "600", by=cast.admin_kalsel, sequence=2)
    (row,) = ranked(edition, kalsel).rows
    assert (str(row.total), row.change) == ("650.00", Fraction(5))
    assert [r.sequence for r in latest_results(edition, Stage.EM)] == [2]


def test_stages_do_not_mix(edition, kalsel, evaluation, cast):
    result(evaluation, "800", by=cast.admin_kalsel)
    result(evaluation, "600", by=cast.admin_kalsel, stage=Stage.VA)
    result(of(TABALONG, "2024"), "500", by=cast.admin_kalsel)
    assert [str(row.total) for row in ranked(edition, kalsel, Stage.VA).rows] == ["600.00"]
    assert ranked(edition, kalsel, Stage.VA).rows[0].change is None
    assert ranked(edition, kalsel, Stage.VL).rows == ()
    assert len(ranked(edition, kalsel, Stage.VL).absent) == 13


def test_a_province_and_the_nation(edition, kalsel, evaluation, cast):
    result(evaluation, "800", by=cast.admin_kalsel)
    result(of(GUNUNG_MAS), "900", by=cast.admin_kalsel)
    assert [row.code for row in ranked(edition, kalsel).rows] == [TABALONG]
    assert [row.code for row in ranked(edition, Province.objects.get(pk=KALTENG)).rows] == [GUNUNG_MAS]
    nation = ranked(edition)
    assert [(row.rank, row.code) for row in nation.rows] == [(1, GUNUNG_MAS), (2, TABALONG)]
    assert len(nation.absent) == 512
    assert nation.provila is None
    assert (nation.place_name, ranked(edition, kalsel).place_name) == (
        "Nasional",
        "Provinsi Kalimantan Selatan",
    )
    assert (nation.zone.key, ranked(edition, kalsel).zone.key) == ("Asia/Jakarta", "Asia/Makassar")


def test_the_letterhead_names_the_province(kalsel, settings):
    settings.REPORT_LETTERHEAD = "Pemerintah Provinsi {province}"
    assert letterhead(kalsel).government == "Pemerintah Provinsi Kalimantan Selatan"
    assert "Kementerian" in letterhead(None).government


def queries(edition, province=None) -> int:
    with CaptureQueriesContext(connection) as seen:
        ranked(edition, province)
    return len(seen)


def test_as_many_queries_for_one_row_as_for_all(edition, kalsel, in_kalsel, cast):
    edition = Edition.objects.select_related("instrument", "previous__instrument").get(pk=edition.pk)
    loaded(edition.instrument)
    by = cast.admin_kalsel
    result(in_kalsel[0], "500", by=by)
    one = queries(edition, kalsel)
    results(in_kalsel[1:], "600", by=by)
    assert queries(edition, kalsel) == one
    others = Evaluation.objects.with_place().filter(edition=edition).exclude(district__province=KALSEL)
    results(others, "700", by=by)
    assert len(ranked(edition).rows) == 514
    assert queries(edition) == one == 3


def test_the_stored_result_of_a_submission_is_what_is_ranked(edition, kalsel, evaluation, cast):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    stored = hand_in(fresh(evaluation), by=cast.coordinator_tabalong)
    (row,) = ranked(edition, kalsel).rows
    assert (row.total, row.predikat.code) == (stored.total, stored.predikat)
    assert sum(row.points) == row.total
