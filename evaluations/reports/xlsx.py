"""The ranking as a workbook. The only importer of openpyxl in this building; loaded at the first use.

Numbers are numbers: the reader's Excel shows them with its own separators, LibreOffice with Indonesian ones.
Text is always stored as text, so that a name starting with ``=`` cannot become a formula.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evaluations.reports.paper import FORMULA_STARTS, printable
from evaluations.reports.ranking import RankingReport
from kla_portal.indonesian import round_half_up

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = ("Peringkat", "Belum ada hasil", "Ringkasan")
HEAD_ROW = 5
"""Row of the column titles on the first sheet; the rows above say what the table is."""

INDONESIAN = "[$-421]"
WHOLE = f"{INDONESIAN}#,##0"
POINTS = f"{INDONESIAN}#,##0.00"
CHANGE = f"{INDONESIAN}+#,##0.00;{INDONESIAN}-#,##0.00;{INDONESIAN}0.00"

Value = str | int | Decimal | Fraction | None


def ranking_xlsx(report: RankingReport) -> bytes:
    """Three sheets: the ranking, the districts without a result, and the sums. No personal data inside."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has its first sheet
    sheet.title = SHEETS[0]
    _ranking_sheet(sheet, report)
    _absent_sheet(book.create_sheet(SHEETS[1]), report)
    _summary_sheet(book.create_sheet(SHEETS[2]), report)
    _properties(book, report)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _ranking_sheet(sheet: Worksheet, report: RankingReport) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    lines = (
        f"Peringkat Kabupaten/Kota Layak Anak {report.place_name}",
        f"{report.edition_name}, {report.stage_name}",
        f"Disusun {report.printed_text}; sidik data {report.digest}",
    )
    for place, line in enumerate(lines, start=1):
        _put(sheet.cell(place, 1), line).font = _font(bold=place == 1, size=14 if place == 1 else 10)
    points = POINTS if report.places == 2 else f"{INDONESIAN}#,##0.{'0' * report.places}"
    columns: list[tuple[str, int, str]] = [
        ("Peringkat", 10, WHOLE), ("Kode", 9, ""), ("Kabupaten/Kota", 34, ""), ("Predikat", 12, ""),
        (f"Nilai (maks. {report.total})", 14, POINTS),
        *((f"{part.code} {part.name} (maks. {part.weight})", 15, points) for part in report.clusters),
    ]  # fmt: skip
    if report.previous_name:
        columns.append((f"Perubahan terhadap {report.previous_name} (poin persen)", 18, CHANGE))
    columns.append(("Catatan", 40, ""))
    _head(sheet, HEAD_ROW, [(title, width) for title, width, _ in columns])
    for number, row in enumerate(report.rows, start=HEAD_ROW + 1):
        values: list[Value] = [row.rank, row.code, row.district, row.predikat.name, row.total, *row.points]
        if report.previous_name:
            values.append(row.change)
        _row(sheet, number, [*values, row.note], [form for _, _, form in columns])
    last_row, last_column = HEAD_ROW + max(len(report.rows), 1), get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last_column}{last_row}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    _paper(sheet)


def _absent_sheet(sheet: Worksheet, report: RankingReport) -> None:
    _head(sheet, 1, [("Kode", 9), ("Kabupaten/Kota", 34), ("Keadaan", 30)])
    for number, part in enumerate(report.absent, start=2):
        _row(sheet, number, [part.code, part.district, part.status], ["", "", ""])
    sheet.freeze_panes = "A2"
    _paper(sheet)


def _summary_sheet(sheet: Worksheet, report: RankingReport) -> None:
    _head(sheet, 1, [("Predikat", 34), ("Jumlah kabupaten/kota", 24)])
    rows: list[list[Value]] = [[band.name, count] for band, count in report.predikats]
    rows.append(["Belum ada hasil", len(report.absent)])
    if report.provila is not None:
        reached = "terpenuhi" if report.provila.reached else "belum terpenuhi"
        rows.append(["Provinsi Layak Anak (Provila)", reached])
        rows.append(["Berpredikat", report.provila.awarded])
        rows += [["Belum berpredikat", name] for name in report.provila.missing]
    for number, values in enumerate(rows, start=2):
        _row(sheet, number, values, ["", WHOLE])
    sheet.freeze_panes = "A2"
    _paper(sheet)


def _properties(book: Workbook, report: RankingReport) -> None:
    book.properties.creator = "Portal KLA"
    book.properties.lastModifiedBy = None
    book.properties.title = printable(
        f"Peringkat KLA {report.place_name}, {report.edition_name}, {report.stage_name}"
    )
    # Excel's own date cells know no zone.
    book.properties.created = report.printed_at.astimezone(report.zone).replace(tzinfo=None)


def _head(sheet: Worksheet, row: int, columns: list[tuple[str, int]]) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side  # noqa: PLC0415

    for number, (title, width) in enumerate(columns, start=1):
        cell = _put(sheet.cell(row, number), title)
        cell.font = _font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0B5F64")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = Border(bottom=Side("thin", color="084448"))
        sheet.column_dimensions[cell.column_letter].width = width


def _row(sheet: Worksheet, number: int, values: list[Value], formats: list[str]) -> None:
    for column, (value, form) in enumerate(zip(values, formats, strict=True), start=1):
        cell = _put(sheet.cell(number, column), value)
        if form and not isinstance(value, str):
            cell.number_format = form


def _put(cell: Any, value: Value) -> Any:
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


def _font(*, bold: bool = False, size: int = 10, color: str = "15211F") -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415

    return Font(name="Arial", bold=bold, size=size, color=color)


def _paper(sheet: Any) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.right.text = "Halaman &P dari &N"
