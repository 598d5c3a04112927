"""What is missing: incomplete, unanswered, missing evidence, evidence without a claim."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.checks import Severity, run
from tests.evaluations.checks.read import all_best, all_slots, context, found, kla_2023, share


@pytest.mark.parametrize(
    ("code", "raw", "missing"),
    [
        ("12.1", {"numerator": "4120", "denominator": None}, "penyebut (seluruh persalinan)"),
        (
            "12.1",
            {"numerator": None, "denominator": "4508"},
            "pembilang (persalinan di fasilitas pelayanan kesehatan)",
        ),
        ("12.4", {"previous": None, "current": "3"}, "angka tahun lalu"),
        ("3.1a", {"rows": [0, None, 1]}, "Dunia usaha"),
    ],
)
def test_a_half_filled_answer_is_an_error_that_names_the_missing_part(code, raw, missing):
    (finding,) = found(context({code: raw}), "incomplete")
    assert finding.severity is Severity.ERROR
    assert finding.code == code
    assert f"belum diisi: {missing}. Lengkapi" in finding.message


def test_two_missing_rows_are_both_named():
    (finding,) = found(context({"3.1a": {"rows": [0, None, None]}}), "incomplete")
    assert "Dunia usaha; Media massa" in finding.message
    # One row of 1.5 points is filled; the other two can still bring 3.
    assert finding.points == Decimal(3)


def test_complete_and_emptied_answers_are_no_errors():
    ctx = context({"12.1": share(1, 2), "12.2": {"numerator": None, "denominator": None}})
    assert found(ctx, "incomplete") == []
    assert "12.2" in {f.code for f in found(ctx, "unanswered")}


def test_an_unanswered_question_says_what_it_could_bring_and_whom_to_ask():
    ctx = context({}, responsible={"12.1": "Dinas Kesehatan"})
    by_code = {f.code: f for f in found(ctx, "unanswered")}
    assert by_code["12.1"].severity is Severity.WARNING
    assert by_code["12.1"].points == 3
    assert by_code["12.1"].message == (
        "Belum dijawab; dapat membawa sampai 3 poin. Jawab, atau minta Dinas Kesehatan menjawabnya."
    )
    assert "minta perangkat daerah penjawab" in by_code["1.1"].message


def test_an_unanswered_question_without_weight_is_only_a_note():
    by_code = {f.code: f for f in found(context({}), "unanswered")}
    assert by_code["26.17"].severity is Severity.NOTE
    assert by_code["26.17"].points == 0
    assert "tidak memengaruhi nilai" in by_code["26.17"].message
    assert [f.code for f in by_code.values() if f.severity is Severity.NOTE] == ["26.17"]


def test_points_without_required_evidence_are_in_danger():
    ctx = context({"2.1": {"option": 1}}, filled=frozenset({("2.1", 1)}), evidence_years=(2024, 2025))
    (finding,) = found(ctx, "missing_evidence")
    assert (finding.severity, finding.points) == (Severity.WARNING, Decimal(2))
    assert finding.message == (
        "2 poin terancam: data dukung wajib belum ada di “Lampiran susunan anggota Gugus Tugas per klaster”. "
        "Pasang dokumennya untuk tahun 2024 atau 2025."
    )


def test_both_empty_slots_are_named_and_an_optional_one_is_not():
    (finding,) = found(context({"1.4": {"option": 0}}, filled=frozenset({("1.4", 2)})), "missing_evidence")
    labels = [f"“{slot.label}”" for slot in kla_2023().by_code["1.4"].slots if slot.required]
    assert len(labels) == 2
    assert ", ".join(labels) in finding.message


@pytest.mark.parametrize("raw", [None, {"option": 3}])
def test_without_points_no_evidence_is_missed(raw):
    assert found(context({"2.1": raw}), "missing_evidence") == []


def test_with_all_slots_filled_nothing_is_missed():
    assert found(context(all_best(), filled=all_slots()), "missing_evidence") == []
    assert len(found(context(all_best()), "missing_evidence")) == 273


def test_documents_without_an_answer_are_noted():
    ctx = context({}, filled=frozenset({("2.1", 1), ("2.1", 2)}))
    (finding,) = found(ctx, "evidence_without_claim")
    assert (finding.severity, finding.code) == (Severity.NOTE, "2.1")
    assert "belum dijawab" in finding.message


def test_documents_with_an_answer_of_0_points_are_noted():
    ctx = context({"2.1": {"option": 3}}, filled=frozenset({("2.1", 1)}))
    (finding,) = found(ctx, "evidence_without_claim")
    assert "0 dari 3 poin" in finding.message


def test_documents_with_a_claim_or_without_weight_are_not_noted():
    ctx = context(
        {"2.1": {"option": 1}, "26.17": share(3, 131)}, filled=frozenset({("2.1", 1), ("26.17", 1)})
    )
    assert found(ctx, "evidence_without_claim") == []


def test_an_incomplete_answer_is_reported_once():
    ctx = context({"12.1": {"numerator": "1", "denominator": None}}, filled=frozenset({("12.1", 1)}))
    assert [f.rule for f in run(ctx) if f.code == "12.1"] == ["incomplete"]
