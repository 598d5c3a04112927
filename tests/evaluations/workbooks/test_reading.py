"""What stands in the cells, with their addresses; and files that are none of ours."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from evaluations.files.faults import FileRefused
from evaluations.reports.workbook import layout, reading
from evaluations.reports.workbook.reading import NotAWorkbook
from tests.evaluations.evidence import corpus
from tests.evaluations.workbooks.paper import CHOICE, COUNT, MATRIX, PERCENTAGE, read, small


def cells(content) -> dict:
    return {(row.key.code, row.key.field): row.fill for row in read(content).rows}


def test_cells_with_address_kind_and_text(evaluation):
    filled = small(evaluation)
    filled.put(PERCENTAGE, "numerator", 4120).put(PERCENTAGE, "denominator", " 4508 ")
    filled.put(COUNT, "value", 12.5).put(CHOICE, "option", date(2026, 1, 2)).put(MATRIX, "rows.1", True)
    found = cells(filled.content)
    assert (found[PERCENTAGE, "numerator"].kind, found[PERCENTAGE, "numerator"].text) == ("number", "4120")
    assert found[PERCENTAGE, "denominator"].text == "4508"
    assert found[COUNT, "value"].text == "12.5"
    assert (found[CHOICE, "option"].kind, found[CHOICE, "option"].text) == ("date", "2 Januari 2026")
    assert found[CHOICE, "option"].address == "K3!D5"
    assert found[MATRIX, "rows.1"].kind == "boolean"
    assert found[MATRIX, "rows.0"].kind == "empty"


def test_an_error_and_a_formula_without_a_result(evaluation):
    filled = small(evaluation).put(PERCENTAGE, "numerator", "=1+1").put(COUNT, "value", "#DIV/0!")
    found = cells(filled.content)
    assert found[PERCENTAGE, "numerator"].kind == "formula"
    assert (found[COUNT, "value"].kind, found[COUNT, "value"].text) == ("error", "#DIV/0!")


def test_a_formulas_kept_result_is_its_value(evaluation):
    """As Excel writes it: the formula and, beside it, what it came to."""
    content = small(evaluation).put(COUNT, "value", "=2+2").content
    with ZipFile(BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    [sheet] = [name for name, text in parts.items() if b"<f>2+2</f>" in text]
    parts[sheet] = parts[sheet].replace(b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>")
    parts[sheet] = parts[sheet].replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>")
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name, text)
    found = cells(stream.getvalue())[COUNT, "value"]
    assert (found.kind, found.text) == ("number", "4")


def test_another_workbook_is_none(evaluation):
    stream = BytesIO()
    Workbook().save(stream)
    with pytest.raises(NotAWorkbook, match="Unduh buku kerja di halaman ini"):
        read(stream.getvalue())


def test_other_files_are_none():
    with pytest.raises(NotAWorkbook, match=r"harus \.xlsx"):
        read(corpus.pdf(), "isian.pdf")
    with pytest.raises(FileRefused, match="tetapi isinya"):
        read(corpus.pdf(), "isian.xlsx")
    with pytest.raises(FileRefused):
        read(b"PK\x03\x04 bukan arsip", "isian.xlsx")


def test_too_large_before_anything_is_opened(evaluation, monkeypatch):
    content = small(evaluation).content
    monkeypatch.setattr(reading, "MAX_BYTES", len(content) - 1)
    with pytest.raises(NotAWorkbook, match="terlalu besar"):
        read(content)
    monkeypatch.setattr(reading, "MAX_BYTES", len(content))
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    with pytest.raises(NotAWorkbook, match="terlalu besar"):
        read(content)


def test_too_many_rows(evaluation, monkeypatch):
    content = small(evaluation).content
    monkeypatch.setattr(reading, "MAX_ROWS", 6)
    with pytest.raises(NotAWorkbook, match="terlalu besar"):
        read(content)


def test_a_version_that_is_no_number_is_none(evaluation):
    filled = small(evaluation)
    filled.first(COUNT, layout.VERSION).value = "dua"
    assert {row.key.version for row in read(filled.content).rows} == {0, -1}
