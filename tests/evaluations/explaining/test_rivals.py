"""What the others have: the province sees it, a district only what was announced, and never below three districts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.domain.explaining.rivals import last_edition, place_of, province_median
from evaluations.models import Edition, Evaluation, Stage, State
from kla_portal import clock
from tests.cast import KALSEL, TABALONG
from tests.evaluations.domain.claims import fresh, result


@pytest.fixture
def by(cast):
    return cast.admin_national


def others(edition_code):
    rows = Evaluation.objects.filter(edition__code=edition_code, district__province=KALSEL)
    return list(rows.exclude(district=TABALONG).select_related("edition__instrument").order_by("district"))


def announce(code):
    """Final results of three neighbours, 82, 164 and 0 of K0's 164 points, out since yesterday."""
    Edition.objects.filter(code=code).update(results_public_at=clock.now() - timedelta(days=1))


def finals(code, totals, by):
    for row, total in zip(others(code), totals, strict=False):
        result(row, total, by=by, stage=Stage.VF)
        Evaluation.objects.filter(pk=row.pk).update(
            state=State.FINAL, submitted_at=clock.now(), submitted_by=by
        )


def test_a_district_does_not_see_what_others_hand_in(evaluation, cast, by):
    for row, total in zip(others("2026"), ("82", "164", "0"), strict=False):
        result(row, total, by=by)
    seen = province_median(evaluation, Stage.EM, cast.verifier_kalsel)
    assert seen.clusters["K0"] == 50, "it is there to be seen"
    hidden = province_median(evaluation, Stage.EM, cast.coordinator_tabalong)
    assert hidden.clusters == {}
    assert hidden.absent == "Median provinsi muncul sesudah hasil akhir diumumkan."


def test_two_results_make_no_median(evaluation, cast, by):
    for row, total in zip(others("2026"), ("82", "164"), strict=False):
        result(row, total, by=by)
    found = province_median(evaluation, Stage.EM, cast.verifier_kalsel)
    assert found.clusters == {}
    assert found.absent == "Median provinsi belum dihitung: baru 2 hasil EM, perlu 3."


def test_announced_results_are_for_everyone(evaluation, cast, by):
    finals("2024", ("82", "164", "0"), by)
    assert province_median(evaluation, Stage.EM, cast.coordinator_tabalong).clusters == {}
    announce("2024")
    found = province_median(fresh(evaluation), Stage.EM, cast.coordinator_tabalong)
    assert found.clusters["K0"] == Fraction(50)
    assert found.name == "Median provinsi (2024 VF, 3 kabupaten/kota)"


def test_a_reopened_final_result_does_not_count(evaluation, cast, by):
    finals("2024", ("82", "164", "0"), by)
    announce("2024")
    Evaluation.objects.filter(pk=others("2024")[0].pk).update(state=State.VL_CLOSED)
    assert province_median(fresh(evaluation), Stage.EM, cast.coordinator_tabalong).clusters == {}


def test_the_rank_among_claims_for_the_province(evaluation, cast):
    now = clock.now()
    for row, total in zip(others("2026"), ("700", "500", "300"), strict=False):
        Evaluation.objects.filter(pk=row.pk).update(claimed_total=Decimal(total), last_activity_at=now)
    totals = {"before": Decimal("300"), "after": Decimal("500.01")}
    places = place_of(evaluation, totals, cast.verifier_kalsel)
    assert (places["before"].rank, places["after"].rank, places["after"].count) == (3, 2, 4)
    assert places["after"].basis == "klaim kabupaten/kota lain sekarang"
    assert place_of(evaluation, totals, cast.coordinator_tabalong) == {}, (
        "claims of others are not theirs to see"
    )
    assert place_of(evaluation, totals, cast.verifier_kalteng) == {}


def test_the_rank_of_a_district_among_announced_results(evaluation, cast, by):
    finals("2024", ("700", "500", "300"), by)
    announce("2024")
    places = place_of(fresh(evaluation), {"after": Decimal("600")}, cast.coordinator_tabalong)
    assert (places["after"].rank, places["after"].count) == (2, 4)
    assert places["after"].basis == "hasil akhir Evaluasi KLA 2024 yang diumumkan"


def test_the_last_edition_of_the_district_itself(evaluation, by):
    assert last_edition(evaluation).absent == "Evaluasi KLA 2024: tidak ada hasil di portal ini."
    before = Evaluation.objects.get(edition__code="2024", district=TABALONG)
    result(before, "82", by=by)
    found = last_edition(evaluation)
    assert (found.name, found.clusters["K0"]) == ("Evaluasi KLA 2024 (EM)", 50)
    Evaluation.objects.filter(pk=before.pk).update(state=State.FILLING, submitted_at=None, submitted_by=None)
    assert last_edition(evaluation).clusters == {}, "a result that does not stand does not count"
    assert last_edition(before).absent == "Tidak ada periode sebelumnya di portal ini."
