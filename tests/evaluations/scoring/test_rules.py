"""Points of one answer and the reason in words, kind by kind."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evaluations.scoring.rules import (
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    RuleLine,
    describe_rule,
    score_answer,
)
from indicators.spec import ChangeRule, ChoiceRule, CountRule, MatrixRow, MatrixRule, PercentageRule
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    PARTNERS,
    UNDERWEIGHT,
    USERS,
    d,
    options,
    question,
    tiers,
)


def scored(rule, answer, **kwargs):
    return score_answer(question(rule, **kwargs), answer)


def test_choice_brings_its_option():
    result = scored(CHOICE, ChoiceAnswer(1))
    assert (result.points, result.state, result.choice) == (d(9), "answered", 1)
    assert result.reason == "Peraturan Bupati/Wali Kota: 9 dari 12 poin"
    assert result.answer_text == "Peraturan Bupati/Wali Kota"
    assert (result.code, result.weight) == ("1.1", d(12))


def test_points_are_written_the_indonesian_way():
    assert scored(CHOICE, ChoiceAnswer(2)).reason == "Instruksi: 5,5 dari 12 poin"


@pytest.mark.parametrize("rule", [CHOICE, BIRTHS, INSTITUTIONS, INFANT_DEATHS, PARTNERS])
def test_unanswered_is_worth_nothing(rule):
    result = scored(rule, None)
    assert (result.points, result.state, result.choice, result.answer_text) == (d(0), "unanswered", None, "")
    assert result.reason.startswith("Belum dijawab: 0 dari ")


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (CHOICE, ChoiceAnswer(None)),
        (BIRTHS, PercentageAnswer(None, None)),
        (PARTNERS, MatrixAnswer((None, None, None))),
    ],
)
def test_an_emptied_answer_is_unanswered_again(rule, answer):
    assert scored(rule, answer) == scored(rule, None)


@pytest.mark.parametrize(
    ("rule", "numbers", "points", "reason"),
    [
        (BIRTHS, (4120, 4508), 2, "91,39% ≥ 85%: 2 dari 3 poin"),
        (BIRTHS, (95, 100), 3, "95% ≥ 95%: 3 dari 3 poin"),
        (BIRTHS, (94_999, 100_000), 2, "94,999% ≥ 85%: 2 dari 3 poin"),
        (BIRTHS, (69, 100), 0, "69% < 70%: 0 dari 3 poin"),
        (BIRTHS, (0, 100), 0, "0% < 70%: 0 dari 3 poin"),
        (BIRTHS, (0, 0), 0, "Penyebut 0, persentase tidak dapat dihitung: 0 dari 3 poin"),
        (UNDERWEIGHT, (10, 100), 3, "10% ≤ 10%: 3 dari 3 poin"),
        (UNDERWEIGHT, (10_001, 100_000), 2, "10,001% ≤ 15%: 2 dari 3 poin"),
        (UNDERWEIGHT, (20_001, 100_000), 0, "20,001% > 20%: 0 dari 3 poin"),
        (UNDERWEIGHT, (0, 0), 0, "Penyebut 0, persentase tidak dapat dihitung: 0 dari 3 poin"),
    ],
)
def test_percentage(rule, numbers, points, reason):
    result = scored(rule, PercentageAnswer(*numbers))
    assert (result.points, result.reason, result.state) == (d(points), reason, "answered")


def test_percentage_is_not_rounded_before_the_comparison():
    # 849,999 of 1,000,000 would be 85.00% when rounded.
    assert scored(BIRTHS, PercentageAnswer(849_999, 1_000_000)).points == 1
    assert scored(BIRTHS, PercentageAnswer(850_000, 1_000_000)).points == 2


def test_a_third_is_exactly_a_third():
    rule = PercentageRule("a", "b", "higher", tiers(("33.33333333333333333333", 2), (0, 0)))
    assert scored(rule, PercentageAnswer(1, 3)).points == 2
    assert scored(rule, PercentageAnswer(333_333, 1_000_000)).points == 0


def test_empty_denominator_can_bring_points():
    rule = replace(UNDERWEIGHT, empty=d("2.5"))
    result = scored(rule, PercentageAnswer(0, 0))
    assert (result.points, result.choice) == (d("2.5"), None)
    assert result.reason == "Penyebut 0: 2,5 dari 3 poin"
    assert scored(replace(UNDERWEIGHT, empty=d(0)), PercentageAnswer(0, 0)).points == 0


def test_percentage_says_what_was_answered():
    assert scored(BIRTHS, PercentageAnswer(4120, 4508)).answer_text == (
        "4.120 persalinan di fasilitas pelayanan kesehatan dari 4.508 (seluruh persalinan) = 91,39%"
    )
    assert "=" not in scored(BIRTHS, PercentageAnswer(0, 0)).answer_text


@pytest.mark.parametrize(
    ("value", "points", "choice", "reason"),
    [
        (6, 6, 0, "6 ≥ 5 jenis lembaga: 6 dari 6 poin"),
        (5, 6, 0, "5 ≥ 5 jenis lembaga: 6 dari 6 poin"),
        (4, 4, 1, "4 ≥ 3 jenis lembaga: 4 dari 6 poin"),
        (0, 0, 3, "0 < 1 jenis lembaga: 0 dari 6 poin"),
    ],
)
def test_count(value, points, choice, reason):
    result = scored(INSTITUTIONS, CountAnswer(value))
    assert (result.points, result.choice, result.reason) == (d(points), choice, reason)
    assert result.answer_text == f"{value} jenis lembaga"


def test_count_where_fewer_is_better_with_an_open_last_tier():
    rule = CountRule("kasus", "lower", tiers((0, 4), (2, 3), (None, 1)))
    assert scored(rule, CountAnswer(0)).reason == "0 ≤ 0 kasus: 4 dari 4 poin"
    assert scored(rule, CountAnswer(2)).reason == "2 ≤ 2 kasus: 3 dari 4 poin"
    assert scored(rule, CountAnswer(3)).reason == "3 > 2 kasus: 1 dari 4 poin"


def test_no_tier_reached():
    rule = CountRule("kegiatan", "higher", tiers((5, 2), (3, 1)))
    result = scored(rule, CountAnswer(2))
    assert (result.points, result.choice) == (d(0), None)
    assert result.reason == "2 < 3 kegiatan, batas terakhir: 0 dari 2 poin"
    lower = PercentageRule("a", "b", "lower", tiers((5, 2), (10, 1)))
    assert scored(lower, PercentageAnswer(11, 100)).reason == "11% > 10%, batas terakhir: 0 dari 2 poin"


def test_one_open_tier_takes_everything():
    rule = CountRule("kegiatan", "higher", tiers((None, 2)))
    assert scored(rule, CountAnswer(0)).reason == "0: 2 dari 2 poin"


@pytest.mark.parametrize(
    ("rule", "numbers", "points", "reason"),
    [
        (INFANT_DEATHS, (12, 10), 3, "−16,67% ≤ −5%: 3 dari 3 poin"),
        (INFANT_DEATHS, (100, 95), 3, "−5% ≤ −5%: 3 dari 3 poin"),
        (INFANT_DEATHS, (100_000, 95_001), 2, "−4,999% ≤ 0%: 2 dari 3 poin"),
        (INFANT_DEATHS, (10, 11), 1, "10% ≤ 10%: 1 dari 3 poin"),
        (INFANT_DEATHS, (10, 12), 0, "20% > 10%: 0 dari 3 poin"),
        (INFANT_DEATHS, (0, 0), 3, "Tetap 0 dari tahun lalu ke tahun ini: 3 dari 3 poin"),
        (INFANT_DEATHS, (7, 0), 3, "−100% ≤ −5%: 3 dari 3 poin"),
        (USERS, (100, 105), 3, "5% ≥ 5%: 3 dari 3 poin"),
        (USERS, (100, 100), 2, "0% ≥ 0%: 2 dari 3 poin"),
        (USERS, (100, 90), 1, "−10% ≥ −10%: 1 dari 3 poin"),
        (USERS, (100, 89), 0, "−11% < −10%: 0 dari 3 poin"),
        (USERS, (0, 0), 0, "Tetap 0 dari tahun lalu ke tahun ini: 0 dari 3 poin"),
    ],
)
def test_change(rule, numbers, points, reason):
    result = scored(rule, ChangeAnswer(*numbers))
    assert (result.points, result.reason) == (d(points), reason)


def test_change_from_nothing_to_something():
    prefix = "Naik dari 0, persentase tidak dapat dihitung, berlaku tingkat"
    better = scored(USERS, ChangeAnswer(0, 4))
    assert (better.points, better.choice) == (d(3), 0)
    assert better.reason == f"{prefix} terbaik: 3 dari 3 poin"
    worse = scored(INFANT_DEATHS, ChangeAnswer(0, 4))
    assert (worse.points, worse.choice) == (d(0), 3)
    assert worse.reason == f"{prefix} terakhir: 0 dari 3 poin"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((12, 10), "dari 12 menjadi 10 kematian bayi (turun 16,67%)"),
        ((10, 12), "dari 10 menjadi 12 kematian bayi (naik 20%)"),
        ((10, 10), "dari 10 menjadi 10 kematian bayi (tetap)"),
        ((0, 3), "dari 0 menjadi 3 kematian bayi"),
        ((1_000_000, 999_999), "dari 1.000.000 menjadi 999.999 kematian bayi (turun 0,0001%)"),
    ],
)
def test_change_says_what_was_answered(numbers, text):
    assert scored(INFANT_DEATHS, ChangeAnswer(*numbers)).answer_text == text


def test_a_tiny_fall_is_never_told_as_a_rise():
    rule = ChangeRule("anak", "higher", tiers((5, 1), (None, 0)))
    fall = scored(rule, ChangeAnswer(1_000_000, 999_999))
    assert fall.answer_text == "dari 1.000.000 menjadi 999.999 anak (turun 0,0001%)"
    assert fall.reason == "−0,0001% < 5%: 0 dari 1 poin"


def test_matrix_is_the_sum_of_its_rows():
    result = scored(PARTNERS, MatrixAnswer((0, 1, 2)))
    assert (result.points, result.weight, result.choice) == (d("2.5"), d("4.5"), None)
    assert result.reason == "Lembaga masyarakat 1,5 + Dunia usaha 1 + Media massa 0: 2,5 dari 4,5 poin"
    assert result.answer_text == (
        "Lembaga masyarakat: Pilihan 0; Dunia usaha: Pilihan 1; Media massa: Pilihan 2"
    )


def test_matrix_with_rows_open_counts_what_is_there():
    result = scored(PARTNERS, MatrixAnswer((0, None, 1)))
    assert (result.points, result.state) == (d("2.5"), "incomplete")
    assert result.reason.endswith("2,5 dari 4,5 poin; belum diisi: Dunia usaha")


def test_matrix_sums_are_exact_at_any_length():
    small = Decimal("0.1") ** 40
    rule = MatrixRule((MatrixRow("a", options("9", "0")), MatrixRow("b", options(str(small), "0"))))
    assert scored(rule, MatrixAnswer((0, 0))).points == Decimal(f"9.{'0' * 39}1")


@pytest.mark.parametrize(
    ("rule", "answer", "missing", "text"),
    [
        (
            BIRTHS,
            PercentageAnswer(4120, None),
            "penyebut (seluruh persalinan)",
            "4.120 persalinan di fasilitas pelayanan kesehatan dari belum diisi (seluruh persalinan)",
        ),
        (
            BIRTHS,
            PercentageAnswer(None, 0),
            "pembilang (persalinan di fasilitas pelayanan kesehatan)",
            "belum diisi persalinan di fasilitas pelayanan kesehatan dari 0 (seluruh persalinan)",
        ),
        (
            INFANT_DEATHS,
            ChangeAnswer(None, 10),
            "angka tahun lalu",
            "dari belum diisi menjadi 10 kematian bayi",
        ),
    ],
)
def test_incomplete_says_what_is_missing(rule, answer, missing, text):
    result = scored(rule, answer)
    assert (result.points, result.state, result.choice) == (d(0), "incomplete", None)
    assert result.reason == f"Belum lengkap: 0 dari 3 poin; belum diisi: {missing}"
    assert result.answer_text == text


def test_weight_zero_is_never_scored():
    information = PercentageRule("desa", "seluruh desa", "lower", tiers((0, 0), (100, 0)))
    result = scored(information, PercentageAnswer(3, 10))
    assert (result.points, result.state) == (d(0), "answered")
    assert result.reason == "30% ≤ 100%: butir informasi, tidak dinilai"
    assert scored(information, None).reason == "Belum dijawab: butir informasi, tidak dinilai"
    # A weight of 0 wins over points that a rule might still name.
    assert scored(CHOICE, ChoiceAnswer(0), weight=d(0)).points == 0


@pytest.mark.parametrize(
    ("rule", "answer"),
    [(CHOICE, CountAnswer(1)), (BIRTHS, ChangeAnswer(1, 2)), (PARTNERS, ChoiceAnswer(0))],
)
def test_an_answer_of_another_kind_is_a_programming_error(rule, answer):
    with pytest.raises(TypeError, match=r"1\.1"):
        scored(rule, answer)


def lines(rule) -> list[tuple[str, Decimal]]:
    return [(line.text, line.points) for line in describe_rule(question(rule))]


def test_rules_in_words():
    assert lines(BIRTHS) == [("≥ 95%", 3), ("≥ 85%", 2), ("≥ 70%", 1), ("≥ 0%", 0)]
    assert lines(UNDERWEIGHT)[0] == ("≤ 10%", 3)
    assert lines(INSTITUTIONS)[1] == ("≥ 3 jenis lembaga", 4)
    assert lines(INFANT_DEATHS) == [("≤ −5%", 3), ("≤ 0%", 2), ("≤ 10%", 1), ("selebihnya", 0)]
    assert lines(ChoiceRule(options("2", "0.5"))) == [("Pilihan 0", d(2)), ("Pilihan 1", d("0.5"))]
    assert lines(PARTNERS)[4] == ("Dunia usaha: Pilihan 0", d("1.5"))
    assert len(lines(PARTNERS)) == 11


def test_points_for_an_empty_denominator_are_told():
    rule = replace(UNDERWEIGHT, empty=d(1))
    assert describe_rule(question(rule))[-1] == RuleLine("seluruh balita yang ditimbang: 0", d(1))
    assert len(describe_rule(question(rule))) == len(describe_rule(question(UNDERWEIGHT))) + 1


def test_the_winning_line_is_the_choice():
    result = scored(BIRTHS, PercentageAnswer(4120, 4508))
    assert describe_rule(question(BIRTHS))[result.choice].points == result.points
