"""The CSV: what Indonesian Excel reads, and nothing it would run."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from evaluations.reports.ranking import AbsentDistrict
from evaluations.reports.table_csv import ranking_csv, safe_text
from tests.evaluations.reports import build


def rows(report):
    text = ranking_csv(report)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))


def test_every_district_has_a_line_and_numbers_have_a_comma():
    report = build.ranking_report()
    lines = rows(report)
    assert len(lines) == 13
    first = lines[0]
    assert (first["peringkat"], first["kabupaten_kota"], first["nilai"]) == (
        "1",
        "Kabupaten Tabalong",
        "955,25",
    )
    assert first["predikat"] == "KLA"
    assert sum(
        Decimal(first[code].replace(",", ".")) for code in ("K0", "K1", "K2", "K3", "K4", "K5", "K6")
    ) == Decimal("955.25")
    assert {line["perubahan_poin_persen"] for line in lines} >= {"9,25", "-1,85", ""}


def test_districts_without_result_come_last_without_numbers():
    last = rows(build.ranking_report())[-1]
    assert (last["peringkat"], last["nilai"], last["K6"]) == ("", "", "")
    assert (last["kabupaten_kota"], last["keadaan"]) == ("Kota Banjarbaru", "Sedang diisi")


def test_lines_end_like_windows_lines():
    text = ranking_csv(build.ranking_report())
    assert text.count("\r\n") == text.count("\n") == 14


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\n=1"])
def test_formula_like_text_is_disarmed(text):
    assert safe_text(text) == f"'{text}"


def test_formula_like_names_are_disarmed_in_every_column():
    report = build.ranking_report(
        entries=[build.entry("63.01", "=cmd|'/c calc'!A0", "1", note="@catatan")],
        absent=[AbsentDistrict("63.02", "+62", "-")],
    )
    first, last = rows(report)
    assert first["kabupaten_kota"] == "'=cmd|'/c calc'!A0"
    assert first["catatan"] == "'@catatan"
    assert (last["kabupaten_kota"], last["keadaan"]) == ("'+62", "'-")


def test_separators_inside_a_name_stay_inside():
    report = build.ranking_report(entries=[build.entry("63.01", 'Kota "A"; B', "1")], absent=[])
    assert rows(report)[0]["kabupaten_kota"] == 'Kota "A"; B'
