"""The workbook, read back: numbers are numbers, text is text, nobody's name inside."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from evaluations.reports.ranking import AbsentDistrict
from evaluations.reports.sheets import HEAD_ROW
from evaluations.reports.xlsx import ranking_xlsx
from tests.evaluations.reports import build

EVIL = ['=HYPERLINK("http://127.0.0.1","klik")', "+1+1", "-2", "@SUM(A1)"]


@pytest.fixture(scope="module")
def report():
    return build.ranking_report()


@pytest.fixture(scope="module")
def book(report):
    return load_workbook(BytesIO(ranking_xlsx(report)))


def column(sheet, title):
    [number] = [cell.column for cell in sheet[HEAD_ROW] if str(cell.value).startswith(title)]
    return number


def test_points_are_numbers_with_indonesian_formats(book, report):
    sheet = book["Peringkat"]
    total = sheet.cell(HEAD_ROW + 1, column(sheet, "Nilai"))
    assert (total.data_type, Decimal(str(total.value))) == ("n", Decimal("955.25"))
    assert total.number_format == "[$-421]#,##0.00"
    for number, row in enumerate(report.rows, start=HEAD_ROW + 1):
        cells = [sheet.cell(number, column(sheet, cluster.code)) for cluster in report.clusters]
        assert all(cell.data_type == "n" for cell in cells)
        assert tuple(Decimal(str(cell.value)) for cell in cells) == row.points
        assert sheet.cell(number, 1).value == row.rank


def test_changes_are_numbers_and_a_missing_one_is_empty(book, report):
    sheet = book["Peringkat"]
    place = column(sheet, "Perubahan")
    values = [sheet.cell(HEAD_ROW + 1 + number, place).value for number in range(len(report.rows))]
    assert [
        None if row.change is None else Decimal(str(value))
        for row, value in zip(report.rows, values, strict=True)
    ] == [
        None if row.change is None else Decimal(row.change.numerator) / row.change.denominator
        for row in report.rows
    ]
    assert values.count(None) == 1


def test_without_an_earlier_edition_there_is_no_change_column():
    sheet = load_workbook(BytesIO(ranking_xlsx(build.ranking_report(previous_name=None))))["Peringkat"]
    assert not any("Perubahan" in str(cell.value) for cell in sheet[HEAD_ROW])


def test_head_stays_in_view_and_repeats_on_paper(book):
    sheet = book["Peringkat"]
    assert sheet.freeze_panes == f"D{HEAD_ROW + 1}"
    assert sheet.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.column_dimensions["C"].width > 30


@pytest.mark.parametrize("text", EVIL)
def test_text_never_becomes_a_formula(text):
    report = build.ranking_report(
        entries=[build.entry("63.01", text, "612.4", note=text)],
        absent=[AbsentDistrict("63.02", text, text)],
        place_name=text,
    )
    content = ranking_xlsx(report)
    book = load_workbook(BytesIO(content))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(found) == 5, "name, note, absent name and status, missing for Provila"
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
    with ZipFile(BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in archive.read(name) for name in sheets)


def test_control_characters_do_not_break_the_file():
    report = build.ranking_report(entries=[build.entry("63.01", "Kabu\x00paten\x1b Satu", "1")])
    sheet = load_workbook(BytesIO(ranking_xlsx(report)))["Peringkat"]
    assert sheet.cell(HEAD_ROW + 1, 3).value == "Kabupaten Satu"


def test_districts_without_result_and_sums_stand_apart(book, report):
    absent = list(book["Belum ada hasil"].iter_rows(min_row=2, values_only=True))
    assert absent == [
        ("63.11", "Kabupaten Balangan", "Sedang diisi"),
        ("63.72", "Kota Banjarbaru", "Sedang diisi"),
    ]
    sums = dict(list(book["Ringkasan"].iter_rows(min_row=2, max_row=8, values_only=True)))
    assert sums == {band.name: count for band, count in report.predikats} | {"Belum ada hasil": 2}
    provila = [row for row in book["Ringkasan"].iter_rows(values_only=True) if "Provila" in row[0]]
    assert provila == [("Provinsi Layak Anak (Provila)", "belum terpenuhi")]


def test_properties_name_the_portal_only(book):
    assert (book.properties.creator, book.properties.lastModifiedBy) == ("Portal KLA", None)
    assert "Kalimantan Selatan" in book.properties.title


def test_an_empty_ranking_is_still_a_workbook():
    report = build.ranking_report(entries=[], absent=[])
    assert load_workbook(BytesIO(ranking_xlsx(report)))["Peringkat"].cell(HEAD_ROW + 1, 1).value is None
