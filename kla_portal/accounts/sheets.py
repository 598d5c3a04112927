"""Reading account lists from CSV and XLSX, and writing CSV that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from kla_portal.accounts.domain.imports import MAX_ROWS, ImportRow

COLUMNS = ("nama_pengguna", "nama", "surel", "peran", "kode_wilayah", "perangkat_daerah")
"""The heading of a list, in the order of ImportRow's fields after ``number``."""

MAX_BYTES = 2_000_000
MAX_UNPACKED_BYTES = 30_000_000
"""An XLSX is a ZIP: a small file may unpack to a huge one."""

MAX_CELL = 300
MAX_SHEET_ROWS = 20_000
"""Blank rows included: spreadsheets keep formatted empty rows."""


class SheetRefused(Exception):
    """The file cannot be read as an account list. The text says why and what to do, in Indonesian."""


def read_accounts(file: IO[bytes], *, filename: str, size: int) -> list[ImportRow]:
    """The rows of an uploaded list (.csv or .xlsx), blank rows left out. Raises SheetRefused."""
    if size > MAX_BYTES:
        raise SheetRefused("Berkas paling besar 2 MB. Bagi daftarnya menjadi beberapa berkas.")
    if size == 0:
        raise SheetRefused("Berkas ini kosong. Isi templatnya, lalu unggah lagi.")
    content = file.read(MAX_BYTES + 1)
    name = filename.lower()
    if name.endswith(".xlsx"):
        table = _xlsx(content)
    elif name.endswith(".csv"):
        table = _csv(content)
    else:
        raise SheetRefused("Pilih berkas CSV atau XLSX (Excel).")
    return _rows(table)


def _csv(content: bytes) -> Iterator[list[str]]:
    if content.startswith(b"PK"):
        raise SheetRefused("Berkas ini bernama .csv tetapi isinya bukan CSV. Simpan lagi sebagai CSV UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused('Berkas CSV ini bukan UTF-8. Simpan lagi sebagai "CSV UTF-8".') from error
    if "\x00" in text:
        raise SheetRefused('Berkas CSV ini bukan teks UTF-8. Simpan lagi sebagai "CSV UTF-8".')
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") >= heading.count(",") else ","
    try:
        # The csv module's own limit per field is 128 kB; MAX_CELL is checked later.
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise SheetRefused(
            "Tanda kutip di berkas CSV ini tidak berpasangan. Simpan lagi dari aplikasinya."
        ) from error


def _xlsx(content: bytes) -> Iterator[list[str]]:
    damaged = "Berkas XLSX ini tidak dapat dibaca. Buka di aplikasinya, lalu simpan lagi tanpa kata sandi."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as error:
        raise SheetRefused(damaged) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise SheetRefused("Isi berkas XLSX ini terlalu besar. Salin barisnya saja ke berkas baru.")
    from openpyxl import load_workbook  # noqa: PLC0415  35 MB that few workers need

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # The size a sheet states of itself may be wrong; read what is there.
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_col=len(COLUMNS) + 10, values_only=True):
                yield [_cell_text(value) for value in row]
        finally:
            book.close()
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl raises almost anything on a damaged file
        raise SheetRefused(damaged) from error


def _cell_text(value: Any) -> str:
    """A cell as the person sees it. 63.09 and 63.10 typed as numbers lose their last zero in the file."""
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        # 63.096 is nobody's code: it stays as it is, so that it never becomes the neighbour's 63.10.
        return f"{value:.2f}" if float(f"{value:.2f}") == value else repr(value)
    if isinstance(value, float):
        return str(int(value))
    return str(value)


def _rows(table: Iterator[list[str]]) -> list[ImportRow]:
    order = _order(next(table, []))
    rows: list[ImportRow] = []
    for number, cells in enumerate(table, start=2):
        if number > MAX_SHEET_ROWS:
            raise SheetRefused("Lembar ini terlalu panjang. Salin barisnya saja ke berkas baru.")
        texts = [cells[at].strip() if at < len(cells) else "" for at in order]
        if not any(texts):
            continue
        if any(len(text) > MAX_CELL for text in texts):
            raise SheetRefused(f"Baris {number}: ada isian yang lebih panjang dari {MAX_CELL} huruf.")
        if len(rows) == MAX_ROWS:
            raise SheetRefused("Daftar paling banyak 2.000 baris. Bagi menjadi beberapa berkas.")
        username, name, email, role, place, agency = texts
        rows.append(ImportRow(number, username, name, email, role, place, agency))
    if not rows:
        raise SheetRefused("Daftar ini hanya berisi judul kolom. Isi sedikitnya satu baris.")
    return rows


def _order(heading: Sequence[str]) -> list[int]:
    """Where each of COLUMNS stands in the file; other columns are passed over."""
    found = [cell.strip().lower().replace(" ", "_") for cell in heading]
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise SheetRefused(
            f"Kolom {', '.join(missing)} tidak ada di baris pertama. "
            "Pakai templat, lalu isi di bawah judulnya."
        )
    twice = [column for column in COLUMNS if found.count(column) > 1]
    if twice:
        raise SheetRefused(f"Kolom {', '.join(twice)} ada dua kali di baris pertama. Hapus salah satunya.")
    return [found.index(column) for column in COLUMNS]


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would read a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as an Indonesian spreadsheet opens it: semicolons, UTF-8 with its mark, no cell a formula."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([safe_cell(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
