"""What every workbook of the papers is made of: the book, lines above a table, its head, rows, cells and print setup.

Numbers are numbers: the reader's Excel shows them with its own separators, LibreOffice with Indonesian ones.
Text is always stored as text, so that a name starting with ``=`` cannot become a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evaluations.reports.paper import FORMULA_STARTS, printable
from kla_portal.indonesian import round_half_up

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEAD_ROW = 5
"""Row of the column titles below ``lines_above``."""

INDONESIAN = "[$-421]"
WHOLE = f"{INDONESIAN}#,##0"
POINTS = f"{INDONESIAN}#,##0.00"
CHANGE = f"{INDONESIAN}+#,##0.00;{INDONESIAN}-#,##0.00;{INDONESIAN}0.00"

Value = str | int | Decimal | Fraction | None


def new_book(sheet: str, *, title: str, created: datetime | None = None) -> tuple[Workbook, Worksheet]:
    """A workbook and its first sheet, by name. ``created``: wall time without a zone; Excel knows none."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    first = book.active
    assert first is not None  # noqa: S101  a new workbook has its first sheet
    first.title = sheet
    book.properties.creator = "Portal KLA"
    book.properties.lastModifiedBy = None
    book.properties.title = printable(title)
    if created is not None:
        book.properties.created = created
    return book, first


def content(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def points_format(places: int) -> str:
    """Of points with that many digits after the comma, at least two."""
    return POINTS if places == 2 else f"{INDONESIAN}#,##0.{'0' * places}"


def lines_above(sheet: Worksheet, lines: Sequence[str]) -> None:
    """What the table is, a line a row, the first one large."""
    for place, line in enumerate(lines, start=1):
        put(sheet.cell(place, 1), line).font = font(bold=place == 1, size=14 if place == 1 else 10)


def head(sheet: Worksheet, place: int, columns: Sequence[tuple[str, int]]) -> None:
    """Column titles with their widths in characters, in the row ``place``."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side  # noqa: PLC0415

    for number, (title, width) in enumerate(columns, start=1):
        cell = put(sheet.cell(place, number), title)
        cell.font = font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0B5F64")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=Side("thin", color="084448"))
        sheet.column_dimensions[cell.column_letter].width = width


def cells(sheet: Worksheet, number: int, values: list[Value], formats: list[str]) -> None:
    """Values with the number format of each column; an empty format leaves it general."""
    for column, (value, form) in enumerate(zip(values, formats, strict=True), start=1):
        cell = put(sheet.cell(number, column), value)
        if form and not isinstance(value, str):
            cell.number_format = form


def put(cell: Any, value: Value) -> Any:
    """Sets the value; text is marked as text, and as quoted when Excel could take it for a formula."""
    if isinstance(value, Fraction):
        # A cell holds decimals: two more digits than are shown.
        value = round_half_up(value, 4)
    # A control character in a name would be refused by the workbook, and the whole download with it.
    cell.value = value = printable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
    return cell


def font(*, bold: bool = False, size: int = 10, color: str = "15211F") -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415

    return Font(name="Arial", bold=bold, size=size, color=color)


def paper(sheet: Any) -> None:
    """A4 landscape, as wide as the page, with page numbers."""
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.right.text = "Halaman &P dari &N"
