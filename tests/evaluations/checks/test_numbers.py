"""Numbers that contradict each other or the region data."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from evaluations.checks import Severity
from evaluations.checks.denominators import normalised
from evaluations.checks.disjoint_numbers import DISJOINT
from evaluations.checks.subset_numbers import SUBSETS
from indicators.spec import PercentageRule
from tests.evaluations.checks.read import context, found, kla_2023, share
from tests.evaluations.scoring.build import instrument, question


def numerators() -> set[str]:
    return {
        normalised(q.rule.numerator) for q in kla_2023().questions() if isinstance(q.rule, PercentageRule)
    }


# The same denominator


def test_the_same_thing_counted_twice_names_both_numbers_and_questions():
    ctx = context({"16.2": share(80_000, 81_200), "16.5": share(70_000, 82_000)})
    (finding,) = found(ctx, "same_denominator")
    assert (finding.severity, finding.code) == (Severity.WARNING, "16.5")
    assert finding.message == (
        "Penyebut “seluruh rumah tangga” di 16.5 tertulis 82.000, tetapi di 16.2 81.200. "
        "Samakan, atau jelaskan bedanya di catatan."
    )


def test_equal_numbers_and_different_things_are_left_alone():
    equal = context({"16.2": share(1, 81_200), "16.5": share(2, 81_200)})
    different_things = context({"4.1": share(1, 80_000), "4.3": share(1, 76_000), "16.2": share(1, 81_200)})
    assert found(equal, "same_denominator") == found(different_things, "same_denominator") == []


def test_the_number_most_questions_agree_on_is_the_usual_one():
    villages = {code: share(10, 131) for code in ("26.3", "26.4", "26.5", "26.6")}
    ctx = context({"26.2": share(10, 130)} | villages)
    (finding,) = found(ctx, "same_denominator")
    assert finding.code == "26.2"
    assert "di 26.2 tertulis 130, tetapi di 26.3, 26.4, dan 2 butir lain 131" in finding.message


def test_a_denominator_not_typed_yet_is_not_compared():
    ctx = context({"16.2": share(1, 81_200), "16.5": {"numerator": "1", "denominator": None}})
    assert found(ctx, "same_denominator") == []


# All kecamatan, all villages


def test_all_kecamatan_must_be_as_many_as_the_region_data_counts():
    ctx = context({"25.2": share(9, 12), "25.3": share(5, 11), "25.4": share(5, 11)}, kecamatan_count=12)
    (finding,) = found(ctx, "level_denominator")
    assert (finding.severity, finding.code) == (Severity.WARNING, "25.3")
    assert "di 25.3 dan 25.4 tertulis 11, sedangkan data wilayah mencatat 12" in finding.message
    assert finding.points == ctx.points["25.3"].points + ctx.points["25.4"].points > 0
    # One finding says it; same_denominator keeps quiet.
    assert found(ctx, "same_denominator") == []


def test_each_wrong_number_is_its_own_finding():
    ctx = context({"26.2": share(1, 130), "26.3": share(1, 129)}, village_count=131)
    assert [f.code for f in found(ctx, "level_denominator")] == ["26.2", "26.3"]


def test_right_or_unknown_counts_are_not_contradicted():
    raw = {"25.2": share(9, 12), "26.2": share(100, 131)}
    assert found(context(raw, kecamatan_count=12, village_count=131), "level_denominator") == []
    assert found(context(raw), "level_denominator") == []


def test_capitals_and_spaces_make_no_difference():
    assert normalised("Seluruh  Kecamatan ") == "seluruh kecamatan"


# A denominator of 0


def test_a_denominator_of_0_brings_nothing_and_is_a_warning():
    (finding,) = found(context({"19.2e": share(0, 0)}), "empty_denominator")
    assert (finding.severity, finding.points) == (Severity.WARNING, Decimal("3.2"))
    assert "jelaskan di catatan" in finding.message


def test_a_note_that_explains_it_is_not_asked_for_again():
    (finding,) = found(
        context({"19.2e": share(0, 0)}, notes={"19.2e": "Belum ada SLB."}), "empty_denominator"
    )
    assert "catatan" not in finding.message


@pytest.mark.parametrize("empty", [Decimal(1), Decimal(0)])
def test_where_the_rule_foresees_it_it_is_only_a_note(empty):
    rule = kla_2023().by_code["19.2e"].rule
    spec = instrument((((question(replace(rule, empty=empty), code="19.2e")),),))
    (finding,) = found(context({"19.2e": share(0, 0)}, spec=spec), "empty_denominator")
    assert finding.severity is Severity.NOTE
    assert f"bernilai {empty} poin" in finding.message


def test_other_denominators_are_not_empty():
    assert (
        found(context({"19.2e": share(0, 1), "12.4": {"previous": "0", "current": "0"}}), "empty_denominator")
        == []
    )


# Parts and wholes across questions


def test_the_labels_the_rules_compare_stand_in_the_instrument():
    for pair in SUBSETS + DISJOINT:
        assert {normalised(label) for label in pair} <= numerators()


def test_more_certificates_than_registered_children():
    ctx = context({"4.1": share(80_000, 90_000), "4.2": share(81_000, 90_000)})
    (finding,) = found(ctx, "subset_numbers")
    assert (finding.severity, finding.code) == (Severity.WARNING, "4.2")
    assert "(81.000) melebihi" in finding.message
    assert "(80.000, butir 4.1)" in finding.message


def test_as_many_certificates_as_registered_children_is_fine():
    assert found(context({"4.1": share(80, 90), "4.2": share(80, 90)}), "subset_numbers") == []
    assert found(context({"4.2": share(80, 90)}), "subset_numbers") == []


def test_exclusive_breastfeeding_and_early_food_cannot_exceed_all_babies():
    ctx = context({"14.1": share(800, 1000), "14.3": share(201, 1000)})
    (finding,) = found(ctx, "disjoint_numbers")
    assert (finding.severity, finding.code) == (Severity.WARNING, "14.1")
    assert "berjumlah 1.001, lebih dari seluruhnya (1.000)" in finding.message
    assert found(context({"14.1": share(800, 1000), "14.3": share(200, 1000)}), "disjoint_numbers") == []


def test_different_totals_are_reported_as_such_and_not_added_up():
    ctx = context({"14.1": share(800, 1000), "14.3": share(300, 900)})
    assert found(ctx, "disjoint_numbers") == []
    assert len(found(ctx, "same_denominator")) == 1


# Kecamatan and villages


@pytest.mark.parametrize(
    ("kecamatan", "villages", "contradicts"),
    [(0, 0, False), (3, 3, False), (3, 10, False), (3, 2, True), (0, 1, True), (1, 0, True)],
)
def test_cases_in_kecamatan_and_villages(kecamatan, villages, contradicts):
    ctx = context({"25.7d": share(kecamatan, 12), "26.8d": share(villages, 131)})
    findings = found(ctx, "village_and_kecamatan")
    assert bool(findings) is contradicts
    for finding in findings:
        assert (finding.severity, finding.code) == (Severity.WARNING, "26.8d")
        assert (
            f"Ada kasus stunting: {villages} desa/kelurahan, tetapi {kecamatan} kecamatan" in finding.message
        )


def test_places_without_cases_are_turned_around():
    # 2 kecamatan have a child marriage, but only 1 village.
    (finding,) = found(context({"25.6": share(10, 12), "26.7": share(130, 131)}), "village_and_kecamatan")
    assert "Masih ada perkawinan anak: 1 desa/kelurahan, tetapi 2 kecamatan (butir 25.6)" in finding.message
    assert found(context({"25.6": share(10, 12), "26.7": share(120, 131)}), "village_and_kecamatan") == []


def test_all_children_at_school_is_compared_too():
    (finding,) = found(context({"25.8": share(12, 12), "26.9": share(130, 131)}), "village_and_kecamatan")
    assert finding.message.startswith("Belum semua anaknya bersekolah: 1 desa/kelurahan, tetapi 0 kecamatan")


def test_bodies_of_their_own_are_not_compared():
    # A Forum Anak in every kecamatan says nothing about the villages.
    ctx = context(
        {"25.2": share(12, 12), "26.4": share(0, 131), "25.5": share(12, 12), "26.6": share(1, 131)}
    )
    assert found(ctx, "village_and_kecamatan") == []


# Since the last edition; all or none


def test_fewer_points_than_before_are_noted():
    ctx = context(
        {"12.1": share(86, 100)}, previous={"12.1": Decimal(3)}, responsible={"12.1": "Dinas Kesehatan"}
    )
    (finding,) = found(ctx, "dropped_points")
    assert (finding.severity, finding.points) == (Severity.NOTE, Decimal(1))
    assert "Turun dari 3 menjadi 2 poin" in finding.message
    assert "Dinas Kesehatan" in finding.message


def test_equal_unanswered_and_new_questions_have_not_dropped():
    assert found(context({"12.1": share(86, 100)}, previous={"12.1": Decimal(2)}), "dropped_points") == []
    assert found(context({}, previous={"12.1": Decimal(3)}), "dropped_points") == []
    assert found(context({"12.1": share(86, 100)}), "dropped_points") == []


@pytest.mark.parametrize(("before", "noted"), [("0", True), ("1", True), ("1.5", True), ("1.51", False)])
def test_a_rise_of_half_the_weight_is_noted(before, noted):
    ctx = context({"12.1": share(95, 100)}, previous={"12.1": Decimal(before)})
    findings = found(ctx, "jump_up")
    assert bool(findings) is noted
    assert all("tulis penjelasannya" in f.message and f.severity is Severity.NOTE for f in findings)


def test_an_explained_rise_asks_for_proof_only():
    ctx = context(
        {"12.1": share(95, 100)}, previous={"12.1": Decimal(0)}, notes={"12.1": "Rumah tunggu baru."}
    )
    (finding,) = found(ctx, "jump_up")
    assert "tulis penjelasannya" not in finding.message


def test_exactly_all_of_many_is_noted():
    (finding,) = found(context({"16.2": share(81_200, 81_200)}), "all_or_none")
    assert finding.severity is Severity.NOTE
    assert finding.message.startswith("Persis 100% (81.200 dari 81.200).")
    (finding,) = found(context({"13.3": share(0, 5_000)}), "all_or_none")
    assert finding.message.startswith("Persis 0%")


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("16.2", share(81_199, 81_200)),
        ("16.2", share(0, 81_200)),
        ("13.3", share(5_000, 5_000)),
        ("15.1", share(18, 18)),
        ("26.2", share(131, 131)),
    ],
)
def test_nearly_all_few_and_villages_are_not_noted(code, raw):
    assert found(context({code: raw}), "all_or_none") == []
