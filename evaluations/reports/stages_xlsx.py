"""The stages side by side as a workbook: the sums, and every question with its verdicts and reasons."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from evaluations.reports.paper import printable
from evaluations.reports.stages import QuestionLine, StagesReport, SumLine
from evaluations.reports.xlsx import (
    CHANGE,
    HEAD_ROW,
    INDONESIAN,
    POINTS,
    Value,
    _font,
    _head,
    _paper,
    _put,
    _row,
)

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SHEETS = ("Nilai", "Pertanyaan")


def stages_xlsx(report: StagesReport) -> bytes:
    """Two sheets. Numbers are numbers; text is stored as text, never as a formula."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has its first sheet
    sheet.title = SHEETS[0]
    _sums_sheet(sheet, report)
    _questions_sheet(book.create_sheet(SHEETS[1]), report)
    _properties(book, report)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _points(report: StagesReport) -> str:
    return POINTS if report.places == 2 else f"{INDONESIAN}#,##0.{'0' * report.places}"


def _title(sheet: Worksheet, report: StagesReport) -> None:
    running = [f"{part.code} masih berjalan" for part in report.stages if part.running]
    lines = (
        f"Perbandingan tahap Evaluasi KLA {report.district_name}",
        f"{report.edition_name}, Provinsi {report.province_name}",
        "; ".join([f"Disusun {report.printed_text}", *running, f"sidik data {report.digest}"]),
    )
    for place, line in enumerate(lines, start=1):
        _put(sheet.cell(place, 1), line).font = _font(bold=place == 1, size=14 if place == 1 else 10)


def _sums_sheet(sheet: Worksheet, report: StagesReport) -> None:
    _title(sheet, report)
    columns = [("Kode", 9), ("Klaster atau indikator", 52), ("Maksimum", 12)]
    columns += [(part.code, 13) for part in report.stages] + [("Selisih", 12)]
    _head(sheet, HEAD_ROW, columns)
    points = _points(report)
    formats = ["", "", points, *(points for _ in report.stages), CHANGE]
    totals: list[Value] = [part.total for part in report.stages]
    rows: list[list[Value]] = [["", "Nilai", report.maximum, *totals, report.step]]
    rows.append(["", "Predikat", "", *(part.predikat.name for part in report.stages), ""])
    for cluster in report.clusters:
        rows.append(_sum_row(cluster.line))
        rows += [_sum_row(part.line) for part in cluster.indicators]
    clusters = {cluster.line.code for cluster in report.clusters}
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        _row(sheet, number, values, formats)
        if values[0] in clusters or number <= HEAD_ROW + 2:
            for column in range(1, len(columns) + 1):
                sheet.cell(number, column).font = _font(bold=True)
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    _paper(sheet)


def _sum_row(line: SumLine) -> list[Value]:
    return [line.code, line.name, line.weight, *line.points, line.step]


def _questions_sheet(sheet: Worksheet, report: StagesReport) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    _title(sheet, report)
    points = _points(report)
    columns: list[tuple[str, int, str]] = [
        ("Klaster", 8, ""), ("Indikator", 9, ""), ("Pertanyaan", 11, ""), ("Judul", 46, ""),
        ("Maksimum", 11, points),
    ]  # fmt: skip
    columns += [(f"Poin {part.code}", 11, points) for part in report.stages]
    columns += [("Selisih", 11, CHANGE), ("Berubah", 9, "")]
    for stage in report.stages:
        columns.append((f"Jawaban {stage.code}", 34, ""))
        if stage.code != "EM":
            columns += [(f"Putusan {stage.code}", 12, ""), (f"Alasan {stage.code}", 44, "")]
    _head(sheet, HEAD_ROW, [(title, width) for title, width, _ in columns])
    formats = [form for _, _, form in columns]
    rows = [
        _question_row(cluster.line.code, part.line.code, line)
        for cluster in report.clusters
        for part in cluster.indicators
        for line in part.questions
    ]
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        _row(sheet, number, values, formats)
    last_row, last_column = HEAD_ROW + len(rows), get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last_column}{last_row}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    _paper(sheet)


def _question_row(cluster: str, indicator: str, line: QuestionLine) -> list[Value]:
    values: list[Value] = [cluster, indicator, line.code, line.title, line.weight]
    values += [cell.points for cell in line.cells]
    values += [line.step, "ya" if line.changed else ""]
    for cell in line.cells:
        values.append(cell.answer_text)
        if cell.stage != "EM":
            values += [cell.decision, cell.reason]
    return values


def _properties(book: Workbook, report: StagesReport) -> None:
    book.properties.creator = "Portal KLA"
    book.properties.lastModifiedBy = None
    book.properties.title = printable(f"Perbandingan tahap {report.district_name}, {report.edition_name}")
    # Excel's own date cells know no zone.
    book.properties.created = report.printed_at.astimezone(report.zone).replace(tzinfo=None)
