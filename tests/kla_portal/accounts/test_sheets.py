"""Files that people really send: semicolons, marks, lost zeros, formulas, damaged and hostile ones."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from kla_portal.accounts.sheets import COLUMNS, SheetRefused, read_accounts, safe_cell, write_csv

HEADING = ";".join(COLUMNS)


def read(content: bytes | str, name: str = "akun.csv"):
    data = content.encode() if isinstance(content, str) else content
    return read_accounts(io.BytesIO(data), filename=name, size=len(data))


def xlsx(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_csv_with_semicolons_mark_and_blank_rows():
    rows = read(
        f"\ufeff{HEADING}\r\na.b;Nama Satu;;koordinator;63.09;\r\n;;;;;\r\n"
        "c.d;Dua;d@e.id;petugas;63.09;Dinas\r\n"
    )
    assert [(r.number, r.username, r.agency) for r in rows] == [(2, "a.b", ""), (4, "c.d", "Dinas")]
    assert (rows[1].name, rows[1].email, rows[1].role, rows[1].place) == ("Dua", "d@e.id", "petugas", "63.09")


def test_csv_with_commas_quotes_other_order_and_extra_columns():
    rows = read(
        "Nama,Nama Pengguna,catatan,surel,PERAN,kode_wilayah,perangkat_daerah\n"
        '"Satu, S.Sos",a.b,x,,pimpinan,63.09,'
    )
    assert (rows[0].username, rows[0].name, rows[0].role) == ("a.b", "Satu, S.Sos", "pimpinan")


def test_xlsx_numbers_keep_their_zeros():
    rows = read(
        xlsx(COLUMNS, ["a", "A", None, "koordinator", 63.1, None], ["b", "B", "", "admin provinsi", 63, ""]),
        "Akun.XLSX",
    )
    assert [(r.username, r.place, r.agency) for r in rows] == [("a", "63.10", ""), ("b", "63", "")]


def test_xlsx_formulas_are_not_calculated():
    """A formula that no spreadsheet has calculated yet has no value; its text never gets in."""
    rows = read(xlsx(COLUMNS, ["a", '=HYPERLINK("http://x")', "", "pimpinan", "63.09", ""]), "akun.xlsx")
    assert rows[0].name == ""


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "kosong"),
        (b"x" * 2_000_001, "a.csv", "2 MB"),
        (HEADING, "a.txt", "CSV atau XLSX"),
        (HEADING, "a.xlsm", "CSV atau XLSX"),
        (HEADING, "a.csv", "hanya berisi judul"),
        ("nama;surel\nx;y", "a.csv", "nama_pengguna, peran, kode_wilayah, perangkat_daerah tidak ada"),
        (HEADING + ";nama\na;b;c;d;e;f;g", "a.csv", "Kolom nama ada dua kali"),
        (HEADING.encode() + b"\na;Ren\xe9;;pimpinan;63.09;", "a.csv", "bukan UTF-8"),
        (HEADING.encode("utf-16"), "a.csv", "UTF-8"),
        (HEADING + "\na\x00;b;;c;63;", "a.csv", "UTF-8"),
        (HEADING + '\n"a;b;;c;63;', "a.csv", "kutip"),
        (HEADING + "\n" + "x" * 301 + ";b;;c;63;", "a.csv", "Baris 2"),
        (b"PK\x03\x04zip", "a.csv", "bukan CSV"),
        (b"bukan zip", "a.xlsx", "tidak dapat dibaca"),
    ],
)
def test_refusals_say_what_to_do(content, name, reason):
    with pytest.raises(SheetRefused, match=reason):
        read(content, name)


def test_two_thousand_rows_and_not_one_more():
    line = "\n{};A;;pimpinan;63.09;"
    assert len(read(HEADING + "".join(line.format(n) for n in range(2000)))) == 2000
    with pytest.raises(SheetRefused, match=r"2\.000"):
        read(HEADING + "".join(line.format(n) for n in range(2001)))


def rezip(content: bytes, **changed: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            key = part.rsplit("/", 1)[-1].split(".")[0]
            new.writestr(part, changed.get(key, old.read(part)))
    return out.getvalue()


def test_a_bomb_in_a_small_xlsx_is_refused_before_it_unpacks():
    bomb = rezip(xlsx(COLUMNS), sheet1=b" " * 40_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(SheetRefused, match="terlalu besar"):
        read(bomb, "a.xlsx")


def test_entities_in_xlsx_are_refused():
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with pytest.raises(SheetRefused, match="tidak dapat dibaca"):
        read(rezip(xlsx(COLUMNS), sheet1=evil), "a.xlsx")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_written_csv_is_read_again():
    content = write_csv([COLUMNS, ("a.b", "=SUM(A1)", "", "pimpinan", "63.09", 'Dinas "X"; Y')])
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = read(content)
    assert (row.name, row.agency) == ("'=SUM(A1)", 'Dinas "X"; Y')
