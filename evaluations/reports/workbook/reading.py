"""What stands in the cells of a workbook that came back. Values only: no formula is ever computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Any, Literal

from evaluations.files import office
from evaluations.files.inspection import inspect
from evaluations.reports.workbook import layout
from evaluations.reports.workbook.layout import Key
from kla_portal.indonesian import tanggal

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_BYTES = 5_000_000
MAX_UNPACKED = 40_000_000
"""Bytes of all parts when unpacked; a full workbook has two million."""
MAX_ROWS = 5_000
"""Rows of one sheet, blank ones included."""

Kind = Literal["empty", "text", "number", "date", "boolean", "error", "formula"]


class NotAWorkbook(ValueError):
    """The file is not one of ours, or cannot be read. ``str`` is the reason with the next step."""


NOT_OURS = "Ini bukan buku kerja isian dari portal ini. Unduh buku kerja di halaman ini, isi, lalu unggah berkas itu."
TOO_LARGE = (
    "Berkas ini terlalu besar untuk buku kerja isian (paling besar 5 MB). Unduh yang baru, lalu isi lagi."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """``address`` as people say it: ``K3!D17``. ``text`` is what a person would have typed."""

    address: str
    kind: Kind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    key: Key
    fill: Cell
    note: Cell


@dataclass(frozen=True, slots=True)
class FilledBook:
    """``meta``: text by key, as far as there; ``rows`` in the order of the file."""

    meta: dict[str, str]
    rows: tuple[Row, ...]


def read_workbook(file: IO[bytes], *, name: str, size: int, declared: str = "") -> FilledBook:
    """Raises ``NotAWorkbook``, or ``FileRefused`` for what no upload may be. Whose it is, is not asked here."""
    if size > MAX_BYTES:
        raise NotAWorkbook(TOO_LARGE)
    if inspect(name, file, declared).extension != "xlsx":
        raise NotAWorkbook(f"{NOT_OURS} Jenisnya harus .xlsx.")
    content = file.read(MAX_BYTES + 1)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        # The inspection has shown that the sizes it declares are true.
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
            raise NotAWorkbook(TOO_LARGE)
    try:
        return _read(content)
    except NotAWorkbook:
        raise
    except Exception as fault:  # openpyxl raises almost anything on a damaged file
        raise NotAWorkbook(office.BROKEN) from fault


def _read(content: bytes) -> FilledBook:
    """Formulas are looked for first: their results stand in a second reading of the same file."""
    written = _opened(content, values=False)
    try:
        if layout.META_SHEET not in written.sheetnames:
            raise NotAWorkbook(NOT_OURS)
        meta = dict(_meta(written))
        rows = tuple(_rows(written))
    finally:
        written.close()
    if any(cell.kind == "formula" for row in rows for cell in (row.fill, row.note)):
        rows = _with_results(content, rows)
    return FilledBook(meta, rows)


def _opened(content: bytes, *, values: bool) -> Workbook:
    from openpyxl import load_workbook  # noqa: PLC0415

    return load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def _table(book: Workbook, name: str, columns: int) -> Iterator[tuple[Any, ...]]:
    sheet: Any = book[name]
    # The size a sheet states of itself may be wrong; what is there is read, within bounds.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=columns), start=1):
        if number > MAX_ROWS:
            raise NotAWorkbook(TOO_LARGE)
        yield cells


def _meta(book: Workbook) -> Iterator[tuple[str, str]]:
    for cells in _table(book, layout.META_SHEET, 2):
        if len(cells) == 2 and cells[0].value in layout.META:
            yield str(cells[0].value), _as_text(cells[1].value)


def _sheets(book: Workbook) -> list[str]:
    aside = {layout.META_SHEET, layout.LISTS_SHEET, layout.GUIDE_SHEET}
    return [name for name in book.sheetnames if name not in aside]


def _rows(book: Workbook) -> Iterator[Row]:
    for name in _sheets(book):
        for number, cells in enumerate(_table(book, name, layout.PART), start=1):
            if number <= layout.HEAD_ROW or len(cells) < layout.PART:
                continue
            code, field = (_as_text(cells[column - 1].value) for column in (layout.CODE, layout.PART))
            version = _as_text(cells[layout.VERSION - 1].value)
            if not code and not field:
                continue
            whole = version.isascii() and version.isdigit() and len(version) < 9
            # A version that is none breaks the seal, like any other that did not go out.
            key = Key(code, field, int(version) if whole else -1)
            fill, note = (
                _cell(name, number, column, cells[column - 1]) for column in (layout.FILL, layout.NOTE)
            )
            yield Row(key, fill, note)


def _with_results(content: bytes, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The same rows with the results that the spreadsheet kept beside its formulas."""
    computed = _opened(content, values=True)
    try:
        found = tuple(_rows(computed))
    finally:
        computed.close()
    return tuple(
        Row(row.key, _result(row.fill, again.fill), _result(row.note, again.note))
        for row, again in zip(rows, found, strict=True)
    )


def _result(cell: Cell, computed: Cell) -> Cell:
    """A formula without a result stays one: the program that wrote it never computed it."""
    return cell if computed.kind == "empty" else computed


def _cell(sheet: str, row: int, column: int, cell: Any) -> Cell:
    address = f"{sheet}!{'ABCDEFGHI'[column - 1]}{row}"
    value = cell.value
    if value is None or value == "":
        return Cell(address, "empty")
    kind: Kind = "text"
    match value:
        case bool():
            kind = "boolean"
        case int() | float():
            kind = "number"
        case date() | time() | timedelta():
            kind = "date"
    if cell.data_type == "f":
        kind = "formula"
    elif cell.data_type == "e":
        kind = "error"
    return Cell(address, kind, _as_text(value))


def _as_text(value: object) -> str:
    """As a person would have typed it: whole numbers without a fraction, dates in words."""
    match value:
        case None:
            return ""
        case bool():
            return "Ya" if value else "Tidak"
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return repr(value)
        case datetime() | date():
            return tanggal(value)
    return str(value).strip()
