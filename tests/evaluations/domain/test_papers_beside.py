"""What stands beside a district's clusters on paper: never more of the others than has been announced to everybody."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evaluations.domain.explaining.rivals import province_median
from evaluations.domain.papers.beside import announced_median, beside
from evaluations.domain.papers.card import draft_card, result_card
from evaluations.domain.papers.documents import card_document
from evaluations.domain.papers.lhe import evaluation_report
from evaluations.models import Evaluation, Stage, StageResult, State
from kla_portal import clock
from tests.cast import TABALONG
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH, fresh, hand_in, result, save
from tests.evaluations.explaining.test_rivals import announce, finals, others


@pytest.fixture
def by(cast):
    return cast.admin_national


def test_what_others_hand_in_is_on_no_paper_even_for_those_who_see_it(evaluation, cast, by):
    for row, total in zip(others("2026"), ("82", "164", "0"), strict=False):
        result(row, total, by=by)
    assert province_median(evaluation, Stage.EM, cast.verifier_kalsel).clusters["K0"] == 50
    assert announced_median(evaluation) is None
    finals("2024", ("82", "164", "0"), by)
    assert announced_median(fresh(evaluation)) is None, "final, but not announced"


def test_announced_results_make_the_median(evaluation, by):
    finals("2024", ("82", "164", "0"), by)
    announce("2024")
    found = announced_median(fresh(evaluation))
    assert (found.name, found.clusters["K0"]) == ("median provinsi (Evaluasi KLA 2024, 3 kabupaten/kota)", 50)
    finals("2026", ("0", "0", "164"), by)
    announce("2026")
    assert announced_median(fresh(evaluation)).clusters["K0"] == 0


def test_two_announced_results_tell_too_much_of_each(evaluation, by):
    finals("2024", ("82", "164"), by)
    announce("2024")
    assert announced_median(fresh(evaluation)) is None


def test_the_districts_own_last_edition(evaluation, by):
    assert not beside(evaluation)
    old = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    result(old, "41", by=by)
    Evaluation.objects.filter(pk=old.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=by
    )
    last = beside(evaluation).last
    assert (last.name, last.clusters["K0"]) == ("Evaluasi KLA 2024 (EM)", Fraction(25))


def test_rapor_and_lhe_carry_it_and_another_median_is_another_paper(evaluation, cast, by):
    save(evaluation, HEALTH, ONE_OF_EACH["percentage"][1], by=cast.coordinator_tabalong)
    draft_key = card_document(draft_card(fresh(evaluation))).key
    row = hand_in(evaluation, by=cast.coordinator_tabalong)
    before = card_document(result_card(row)).key
    finals("2024", ("82", "164", "0"), by)
    announce("2024")
    again = StageResult.objects.get(pk=row.pk)
    again.evaluation = fresh(row.evaluation)
    assert result_card(again).district.beside.middle.clusters["K0"] == 50
    assert evaluation_report(again).district.beside.middle.clusters["K0"] == 50
    assert card_document(result_card(again)).key != before != draft_key


def test_one_query_for_three_results_and_for_five(evaluation, by, django_assert_num_queries):
    finals("2024", ("82", "164", "0"), by)
    announce("2024")
    row = fresh(evaluation)
    announced_median(row)
    with django_assert_num_queries(1):
        assert announced_median(row).clusters["K0"] == 50
    for other, total in zip(others("2024")[3:5], ("164", "164"), strict=True):
        result(other, total, by=by, stage=Stage.VF)
        Evaluation.objects.filter(pk=other.pk).update(
            state=State.FINAL, submitted_at=clock.now(), submitted_by=by
        )
    with django_assert_num_queries(1):
        assert announced_median(row).clusters["K0"] == 100
