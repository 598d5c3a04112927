"""The action plan as a workbook that comes back: what is planned can be changed there, keys and points cannot.

``action_reader.py`` reads what this writes; the columns below are the contract between the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from evaluations.reports.paper import printable
from evaluations.reports.sheets import (
    INDONESIAN,
    POINTS,
    WHOLE,
    content,
    head,
    lines_above,
    new_book,
    paper,
    put,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORM = "kla-rad-1"
SHEET, LISTS, ORIGIN = "Rencana aksi", "Daftar", "Asal"
HEAD_ROW = 5
LINE_HEIGHT = 14
"""Points."""
SPARE = 100
"""Empty rows below the plan for new actions."""

COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("key", "Kunci (jangan diubah)", 12),
    ("title", "Aksi", 44),
    ("output", "Keluaran", 34),
    ("codes", "Pertanyaan", 14),
    ("agency", "Penanggung jawab", 34),
    ("supporting", "Pendukung (pisahkan dengan titik koma)", 34),
    ("budget", "Anggaran (rupiah)", 18),
    ("budget_source", "Sumber anggaran", 18),
    ("starts_on", "Mulai", 12),
    ("due_on", "Tenggat", 12),
    ("status", "Status", 14),
    ("expected", "Poin diharapkan", 12),
    ("reached", "Poin tercapai", 12),
)
"""Name in code, title and width of each column, A to M."""
LETTERS = {name: "ABCDEFGHIJKLM"[place] for place, (name, _, _) in enumerate(COLUMNS)}
FIXED = frozenset({"key", "expected", "reached"})
FORMATS = {
    "codes": "@", "budget": WHOLE, "starts_on": f"{INDONESIAN}dd/mm/yyyy", "due_on": f"{INDONESIAN}dd/mm/yyyy",
    "expected": POINTS, "reached": POINTS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookLine:
    """One action by column name; ``key`` is ``id-version``."""

    cells: Mapping[str, str | int | Decimal | date | None]


@dataclass(frozen=True, slots=True)
class ActionBook:
    """``origin``: what the reader compares before anything else (district, edition, instrument digest)."""

    title: str
    origin: Mapping[str, str]
    lines: Sequence[BookLine]
    agencies: Sequence[str]
    statuses: Sequence[str]


def actions_xlsx(book: ActionBook) -> bytes:
    """Three sheets: the plan, the lists behind its drop-downs, and (hidden) where it comes from."""
    made, sheet = new_book(SHEET, title=book.title)
    _plan(sheet, book)
    _lists(made.create_sheet(LISTS), book)
    _choices(sheet, book)
    hidden = made.create_sheet(ORIGIN)
    for number, (name, text) in enumerate({"bentuk": FORM, **book.origin}.items(), start=1):
        put(hidden.cell(number, 1), name)
        put(hidden.cell(number, 2), text)
    hidden.sheet_state = "hidden"
    return content(made)


def _plan(sheet: Worksheet, book: ActionBook) -> None:
    lines = (
        book.title,
        "Ubah baris yang ada atau isi baris kosong di bawahnya, lalu baca kembali di portal. Kolom abu-abu terkunci.",
        "Baris yang dihapus di sini tidak menghapus aksinya di portal.",
    )
    lines_above(sheet, lines)
    head(sheet, HEAD_ROW, [(title, width) for _, title, width in COLUMNS])
    for number in range(HEAD_ROW + 1, HEAD_ROW + 1 + len(book.lines) + SPARE):
        at = number - HEAD_ROW - 1
        cells = book.lines[at].cells if at < len(book.lines) else {}
        _line(sheet, number, cells)
        if cells:
            # Whole rows are seen at once: not every office program fits the height by itself.
            sheet.row_dimensions[number].height = LINE_HEIGHT * _lines_of(cells)
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    paper(sheet)


def _lines_of(cells: Mapping[str, object]) -> int:
    """Lines of the longest text in its column's width, at most ten."""
    return min(10, max(-(-len(str(cells.get(name) or "")) // width) or 1 for name, _, width in COLUMNS))


def _line(sheet: Worksheet, number: int, cells: Mapping[str, object]) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection  # noqa: PLC0415

    for column, (name, _, _) in enumerate(COLUMNS, start=1):
        value = cells.get(name)
        cell = sheet.cell(number, column)
        if isinstance(value, str):
            put(cell, printable(value))
        elif value is not None:
            cell.value = value  # type: ignore[assignment]
        cell.number_format = FORMATS.get(name, "General")
        cell.alignment = Alignment(
            vertical="top", wrap_text=name in {"title", "output", "agency", "supporting"}
        )
        if name in FIXED:
            cell.fill = PatternFill("solid", fgColor="EEF1F0")
        else:
            cell.protection = Protection(locked=False)


def _lists(sheet: Worksheet, book: ActionBook) -> None:
    head(sheet, 1, [("Perangkat daerah", 50), ("Status", 20)])
    for column, names in ((1, book.agencies), (2, book.statuses)):
        for number, name in enumerate(names, start=2):
            put(sheet.cell(number, column), printable(name))
    sheet.protection.sheet = True


def _choices(sheet: Worksheet, book: ActionBook) -> None:
    """Drop-downs for the responsible agency and the status."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    last = HEAD_ROW + len(book.lines) + SPARE
    for name, column, names in (("agency", "A", book.agencies), ("status", "B", book.statuses)):
        if names:
            choice = DataValidation(
                "list", f"{LISTS}!${column}$2:${column}${len(names) + 1}", allow_blank=True
            )
            choice.error = "Pilih dari daftar."
            choice.add(f"{LETTERS[name]}{HEAD_ROW + 1}:{LETTERS[name]}{last}")
            sheet.add_data_validation(choice)
