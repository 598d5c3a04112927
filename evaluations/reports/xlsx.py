"""The ranking as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluations.reports.ranking import RankingReport
from evaluations.reports.sheets import (
    CHANGE,
    HEAD_ROW,
    POINTS,
    WHOLE,
    Value,
    cells,
    content,
    head,
    lines_above,
    new_book,
    paper,
    points_format,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = ("Peringkat", "Belum ada hasil", "Ringkasan")


def ranking_xlsx(report: RankingReport) -> bytes:
    """Three sheets: the ranking, the districts without a result, and the sums. No personal data inside."""
    title = f"Peringkat KLA {report.place_name}, {report.edition_name}, {report.stage_name}"
    created = report.printed_at.astimezone(report.zone).replace(tzinfo=None)
    book, sheet = new_book(SHEETS[0], title=title, created=created)
    _ranking_sheet(sheet, report)
    _absent_sheet(book.create_sheet(SHEETS[1]), report)
    _summary_sheet(book.create_sheet(SHEETS[2]), report)
    return content(book)


def _ranking_sheet(sheet: Worksheet, report: RankingReport) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    lines = (
        f"Peringkat Kabupaten/Kota Layak Anak {report.place_name}",
        f"{report.edition_name}, {report.stage_name}",
        f"Disusun {report.printed_text}; sidik data {report.digest}",
    )
    lines_above(sheet, lines)
    points = points_format(report.places)
    columns: list[tuple[str, int, str]] = [
        ("Peringkat", 10, WHOLE), ("Kode", 9, ""), ("Kabupaten/Kota", 34, ""), ("Predikat", 12, ""),
        (f"Nilai (maks. {report.total})", 14, POINTS),
        *((f"{part.code} {part.name} (maks. {part.weight})", 15, points) for part in report.clusters),
    ]  # fmt: skip
    if report.previous_name:
        columns.append((f"Perubahan terhadap {report.previous_name} (poin persen)", 18, CHANGE))
    columns.append(("Catatan", 40, ""))
    head(sheet, HEAD_ROW, [(title, width) for title, width, _ in columns])
    for number, row in enumerate(report.rows, start=HEAD_ROW + 1):
        values: list[Value] = [row.rank, row.code, row.district, row.predikat.name, row.total, *row.points]
        if report.previous_name:
            values.append(row.change)
        cells(sheet, number, [*values, row.note], [form for _, _, form in columns])
    last_row, last_column = HEAD_ROW + max(len(report.rows), 1), get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last_column}{last_row}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    paper(sheet)


def _absent_sheet(sheet: Worksheet, report: RankingReport) -> None:
    head(sheet, 1, [("Kode", 9), ("Kabupaten/Kota", 34), ("Keadaan", 30)])
    for number, part in enumerate(report.absent, start=2):
        cells(sheet, number, [part.code, part.district, part.status], ["", "", ""])
    sheet.freeze_panes = "A2"
    paper(sheet)


def _summary_sheet(sheet: Worksheet, report: RankingReport) -> None:
    head(sheet, 1, [("Predikat", 34), ("Jumlah kabupaten/kota", 24)])
    rows: list[list[Value]] = [[band.name, count] for band, count in report.predikats]
    rows.append(["Belum ada hasil", len(report.absent)])
    if report.provila is not None:
        reached = "terpenuhi" if report.provila.reached else "belum terpenuhi"
        rows.append(["Provinsi Layak Anak (Provila)", reached])
        rows.append(["Berpredikat", report.provila.awarded])
        rows += [["Belum berpredikat", name] for name in report.provila.missing]
    for number, values in enumerate(rows, start=2):
        cells(sheet, number, values, ["", WHOLE])
    sheet.freeze_panes = "A2"
    paper(sheet)
