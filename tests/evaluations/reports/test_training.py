"""The training list as CSV and workbook."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

from openpyxl import load_workbook

from evaluations.reports.analysis_xlsx import COLUMNS, training_xlsx
from evaluations.reports.sheets import HEAD_ROW
from evaluations.reports.training import HEADS, TrainingLine, TrainingList, training_csv


def line(**more):
    row = {
        "code": "12.1",
        "title": "Persalinan di fasilitas kesehatan",
        "theme": "Layanan",
        "agency": "Dinas Kesehatan",
        "weight": Decimal("2.5"),
        "average": Fraction(7, 6),
        "lost": Decimal("3.5"),
        "short_share": Fraction(100, 3),
        "districts": 3,
        "full": 2,
    }
    return TrainingLine(**row | more)


def report(*lines):
    return TrainingList("Provinsi Kalimantan Selatan", "Evaluasi KLA 2026", "Evaluasi Mandiri", lines)


def rows_of(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=";"))


def test_csv_has_decimal_commas_and_one_line_per_question():
    head, row = rows_of(training_csv(report(line())))
    assert tuple(head) == HEADS
    assert row == [
        "1", "12.1", "Persalinan di fasilitas kesehatan", "Layanan", "Dinas Kesehatan",
        "2,5", "1,17", "3,5", "33,3", "3", "2",
    ]  # fmt: skip


def test_no_text_becomes_a_formula():
    _, row = rows_of(training_csv(report(line(title="=1+1", agency="@SUM(A1)"))))
    assert (row[2], row[4]) == ("'=1+1", "'@SUM(A1)")
    sheet = load_workbook(BytesIO(training_xlsx(report(line(title="=1+1"))))).active
    cell = sheet.cell(HEAD_ROW + 1, 3)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_the_workbook_says_what_it_is_and_holds_numbers():
    sheet = load_workbook(BytesIO(training_xlsx(report(line(), line(code="1.1"))))).active
    assert "Provinsi Kalimantan Selatan" in sheet.cell(1, 1).value
    assert sheet.cell(2, 1).value == "Evaluasi KLA 2026, Evaluasi Mandiri"
    assert [cell.value for cell in sheet[HEAD_ROW]] == [title for title, _, _ in COLUMNS]
    values = [cell.value for cell in sheet[HEAD_ROW + 1]]
    assert sheet.cell(HEAD_ROW, 6).value == "Nilai maksimum"
    assert values[:2] == [1, "12.1"]
    assert values[5:] == [2.5, 1.1667, 3.5, 33.3333, 3, 2]
    assert sheet.max_row == HEAD_ROW + 2
    assert sheet.freeze_panes == f"D{HEAD_ROW + 1}"


def test_an_empty_list_is_a_table_without_rows():
    assert rows_of(training_csv(report())) == [list(HEADS)]
    assert load_workbook(BytesIO(training_xlsx(report()))).active.max_row == HEAD_ROW
