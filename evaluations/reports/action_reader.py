"""Reads a plan's workbook back: text by column name and row, nothing of what it means.

The file comes from anyone's disk: it is looked through as every Office file is, and read within bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from evaluations.files import office
from evaluations.files.faults import FileRefused
from evaluations.reports.action_xlsx import COLUMNS, FORM, HEAD_ROW, ORIGIN, SHEET

MAX_ROWS = 2000
"""Rows below the head; a larger plan is nobody's."""
MAX_TEXT = 2000
"""Characters of a cell."""
ORIGIN_ROWS = 20

FOREIGN = (
    "Ini bukan buku kerja rencana aksi dari portal. Unduh buku kerjanya di halaman Rencana aksi, isi di sana, "
    "lalu baca lagi."
)


class NotAPlanBook(ValueError):
    """``str`` says why the file cannot be read as a plan, and what to do."""


@dataclass(frozen=True, slots=True)
class BookRow:
    """One filled row. ``cells``: text by column name, days as ``2027-01-31``; ``numeric``: which were numbers."""

    number: int
    cells: Mapping[str, str]
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadBook:
    origin: Mapping[str, str]
    rows: tuple[BookRow, ...]


def read_actions(content: bytes) -> ReadBook:
    """Raises ``NotAPlanBook`` for anything but a workbook that ``actions_xlsx`` made."""
    stream = BytesIO(content)
    if office.kind_of(stream) != "xlsx":
        raise NotAPlanBook(FOREIGN)
    try:
        office.check("xlsx", stream)
    except FileRefused as refused:
        raise NotAPlanBook(str(refused)) from refused
    return _read(stream)


def _read(stream: BytesIO) -> ReadBook:
    from openpyxl import load_workbook  # noqa: PLC0415

    stream.seek(0)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        if not {SHEET, ORIGIN} <= set(book.sheetnames):
            raise NotAPlanBook(FOREIGN)
        pairs = book[ORIGIN].iter_rows(max_row=ORIGIN_ROWS, max_col=2, values_only=True)
        origin = {_text(pair[0]): _text(pair[1]) for pair in pairs if len(pair) > 1 and pair[0]}
        if origin.pop("bentuk", "") != FORM:
            raise NotAPlanBook(FOREIGN)
        rows = book[SHEET].iter_rows(
            min_row=HEAD_ROW, max_row=HEAD_ROW + MAX_ROWS + 1, max_col=len(COLUMNS), values_only=True
        )
        titles = [_text(value) for value in next(rows, ())]
        if titles != [title for _, title, _ in COLUMNS]:
            raise NotAPlanBook(
                f"Judul kolom di baris {HEAD_ROW} berubah. Unduh ulang buku kerjanya, salin isian Anda ke sana, "
                "lalu baca lagi."
            )
        return ReadBook(origin, _rows(rows))
    except NotAPlanBook:
        raise
    except Exception as fault:  # openpyxl raises whatever a broken part leads to
        raise NotAPlanBook(office.BROKEN) from fault


def _rows(rows: Any) -> tuple[BookRow, ...]:
    found = []
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        named = {name: value for (name, _, _), value in zip(COLUMNS, values, strict=False)}
        cells = {name: text for name, value in named.items() if (text := _text(value))}
        if not cells:
            continue
        if number > HEAD_ROW + MAX_ROWS:
            raise NotAPlanBook(f"Lebih dari {MAX_ROWS} baris. Bagi isiannya, lalu baca satu per satu.")
        numeric = tuple(
            name for name, v in named.items() if isinstance(v, int | float) and not isinstance(v, bool)
        )
        found.append(BookRow(number, cells, numeric))
    return tuple(found)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[: MAX_TEXT + 1]
