"""Rows of kecamatan and desa/kelurahan as a workbook, out and back in. openpyxl is loaded at the first use.

A sheet is a grid: a place per row, a question per column, "Ya", "Tidak" or nothing in a cell. What the cells held
when the workbook was made travels on a hidden sheet as one sealed text that only the domain reads.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from evaluations.files import office
from evaluations.files.inspection import inspect
from evaluations.reports.paper import printable
from evaluations.reports.workbook.reading import MAX_BYTES, MAX_UNPACKED, TOO_LARGE, NotAWorkbook

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SCHEMA = "kla-baris/1"
"""Name and number of this layout. A workbook of another one is not read."""

META = "_kla"
CODE_ROW, FIRST_ROW = 4, 5
CODE_COLUMN, FIRST_COLUMN = 1, 4
"""Row 4 holds the question codes, column A the place codes; answers begin at D5."""

MAX_ROWS, MAX_COLUMNS = 1_000, 60
NOT_OURS = "Ini bukan buku kerja baris kecamatan dan desa. Unduh yang baru di halaman ini, isi, lalu unggah."


@dataclass(frozen=True, slots=True)
class Row:
    """``words``: what stands per question of the table: ``Ya``, ``Tidak`` or empty."""

    code: str
    name: str
    kecamatan: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. ``questions``: (code, title, what "ya" means)."""

    name: str
    questions: tuple[tuple[str, str, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell as it came back. ``address`` as people say it: ``Desa!D17``."""

    address: str
    code: str
    place: str
    text: str


def write_units(title: str, tables: tuple[Table, ...], seal: str) -> bytes:
    """The file; code columns and heads are locked, the answers are drop-downs."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.workbook.protection import WorkbookProtection  # noqa: PLC0415

    book = Workbook()
    first = book.active
    assert first is not None  # noqa: S101  a new workbook has its first sheet
    for number, table in enumerate(tables):
        sheet = first if number == 0 else book.create_sheet()
        sheet.title = table.name
        _grid(sheet, title, table)
    meta = book.create_sheet(META)
    meta.append([SCHEMA, seal])
    meta.sheet_state = "hidden"
    meta.protection.sheet = True
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.creator = "Portal KLA"
    book.properties.title = printable(title)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _grid(sheet: Worksheet, title: str, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    bold, top = Font(name="Arial", size=10, bold=True), Alignment(vertical="top", wrap_text=True)
    unlocked, yellow = Protection(locked=False), PatternFill("solid", fgColor="FFF8DC")
    _text(sheet, 1, 1, title).font = Font(name="Arial", size=14, bold=True)
    _text(sheet, 2, 1, "Pilih Ya atau Tidak di sel kuning. Sel kosong berarti belum mengisi.")
    for number, heading in enumerate(("Kode", "Tempat", "Kecamatan"), start=1):
        _text(sheet, CODE_ROW, number, heading).font = bold
        sheet.column_dimensions[get_column_letter(number)].width = (14, 30, 20)[number - 1]
    for number, (code, name, meaning) in enumerate(table.questions, start=FIRST_COLUMN):
        heading = _text(sheet, CODE_ROW - 1, number, f"{name} (ya: {meaning})")
        heading.alignment, heading.font = top, Font(name="Arial", size=9)
        _text(sheet, CODE_ROW, number, code).font = bold
        sheet.column_dimensions[get_column_letter(number)].width = 22
    sheet.row_dimensions[CODE_ROW - 1].height = 80
    for number, row in enumerate(table.rows, start=FIRST_ROW):
        for column, text in enumerate((row.code, row.name, row.kecamatan), start=1):
            _text(sheet, number, column, text)
        for column, word in enumerate(row.words, start=FIRST_COLUMN):
            answer = _text(sheet, number, column, word or None)
            answer.protection, answer.fill = unlocked, yellow
    if table.rows and table.questions:
        _drop_downs(sheet, len(table.questions), len(table.rows))
    sheet.freeze_panes = sheet.cell(FIRST_ROW, FIRST_COLUMN).coordinate
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False


def _drop_downs(sheet: Worksheet, columns: int, rows: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    rule = DataValidation(
        type="list",
        formula1='"Ya,Tidak"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Ya atau Tidak",
        error="Pilih Ya atau Tidak. Untuk mengosongkan, tekan Delete.",
    )
    last = sheet.cell(FIRST_ROW + rows - 1, FIRST_COLUMN + columns - 1)
    rule.add(f"{sheet.cell(FIRST_ROW, FIRST_COLUMN).coordinate}:{last.coordinate}")
    sheet.add_data_validation(rule)


def _text(sheet: Worksheet, row: int, column: int, text: str | None) -> Any:
    """Text stays text: a name that starts with ``=`` is no formula, a code no date."""
    cell = sheet.cell(row, column)
    cell.number_format = "@"
    if text is not None:
        cell.value = printable(text)
        cell.data_type = "s"
    return cell


def read_units(file: IO[bytes], *, name: str, size: int) -> tuple[str, tuple[Filled, ...]]:
    """(seal, cells). Raises ``NotAWorkbook``, or ``FileRefused`` for what no upload may be."""
    if size > MAX_BYTES:
        raise NotAWorkbook(TOO_LARGE)
    if inspect(name, file, "").extension != "xlsx":
        raise NotAWorkbook(NOT_OURS)
    content = file.read(MAX_BYTES + 1)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
            raise NotAWorkbook(TOO_LARGE)
    try:
        return _read(content)
    except NotAWorkbook:
        raise
    except Exception as fault:  # openpyxl raises almost anything on a damaged file
        raise NotAWorkbook(office.BROKEN) from fault


def _read(content: bytes) -> tuple[str, tuple[Filled, ...]]:
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        if META not in book.sheetnames:
            raise NotAWorkbook(NOT_OURS)
        schema, seal = (str(value or "") for value in next(_rows(book, META))[:2])
        if schema != SCHEMA:
            raise NotAWorkbook(NOT_OURS)
        return seal, tuple(cell for sheet in book.sheetnames if sheet != META for cell in _cells(book, sheet))
    finally:
        book.close()


def _rows(book: Workbook, name: str) -> Iterator[tuple[Any, ...]]:
    sheet: Any = book[name]
    # The size a sheet states of itself may be wrong; what is there is read, within bounds.
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        if number > MAX_ROWS:
            raise NotAWorkbook(TOO_LARGE)
        yield values


def _cells(book: Workbook, sheet: str) -> Iterator[Filled]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    codes: dict[int, str] = {}
    for number, values in enumerate(_rows(book, sheet), start=1):
        if number == CODE_ROW:
            answers = enumerate(values[FIRST_COLUMN - 1 :], start=FIRST_COLUMN)
            codes = {column: str(value).strip() for column, value in answers if value}
        place = str(values[CODE_COLUMN - 1] or "").strip() if values else ""
        if number < FIRST_ROW or not place:
            continue
        for column, code in codes.items():
            value = values[column - 1] if column <= len(values) else None
            address = f"{sheet}!{get_column_letter(column)}{number}"
            yield Filled(address, code, place, "" if value is None else str(value).strip())
