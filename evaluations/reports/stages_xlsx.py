"""The stages side by side as a workbook: the sums, and every question with its verdicts and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluations.reports.sheets import (
    CHANGE,
    HEAD_ROW,
    Value,
    cells,
    content,
    font,
    head,
    lines_above,
    new_book,
    paper,
    points_format,
)
from evaluations.reports.stages import QuestionLine, StagesReport, SumLine

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHEETS = ("Nilai", "Pertanyaan")


def stages_xlsx(report: StagesReport) -> bytes:
    """Two sheets. Numbers are numbers; text is stored as text, never as a formula."""
    title = f"Perbandingan tahap {report.district_name}, {report.edition_name}"
    created = report.printed_at.astimezone(report.zone).replace(tzinfo=None)
    book, sheet = new_book(SHEETS[0], title=title, created=created)
    _sums_sheet(sheet, report)
    _questions_sheet(book.create_sheet(SHEETS[1]), report)
    return content(book)


def _title(sheet: Worksheet, report: StagesReport) -> None:
    running = [f"{part.code} masih berjalan" for part in report.stages if part.running]
    lines = (
        f"Perbandingan tahap Evaluasi KLA {report.district_name}",
        f"{report.edition_name}, Provinsi {report.province_name}",
        "; ".join([f"Disusun {report.printed_text}", *running, f"sidik data {report.digest}"]),
    )
    lines_above(sheet, lines)


def _sums_sheet(sheet: Worksheet, report: StagesReport) -> None:
    _title(sheet, report)
    columns = [("Kode", 9), ("Klaster atau indikator", 52), ("Maksimum", 12)]
    columns += [(part.code, 13) for part in report.stages] + [("Selisih", 12)]
    head(sheet, HEAD_ROW, columns)
    points = points_format(report.places)
    formats = ["", "", points, *(points for _ in report.stages), CHANGE]
    totals: list[Value] = [part.total for part in report.stages]
    rows: list[list[Value]] = [["", "Nilai", report.maximum, *totals, report.step]]
    rows.append(["", "Predikat", "", *(part.predikat.name for part in report.stages), ""])
    for cluster in report.clusters:
        rows.append(_sum_row(cluster.line))
        rows += [_sum_row(part.line) for part in cluster.indicators]
    clusters = {cluster.line.code for cluster in report.clusters}
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        cells(sheet, number, values, formats)
        if values[0] in clusters or number <= HEAD_ROW + 2:
            for column in range(1, len(columns) + 1):
                sheet.cell(number, column).font = font(bold=True)
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    paper(sheet)


def _sum_row(line: SumLine) -> list[Value]:
    return [line.code, line.name, line.weight, *line.points, line.step]


def _questions_sheet(sheet: Worksheet, report: StagesReport) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    _title(sheet, report)
    points = points_format(report.places)
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
    head(sheet, HEAD_ROW, [(title, width) for title, width, _ in columns])
    formats = [form for _, _, form in columns]
    rows = [
        _question_row(cluster.line.code, part.line.code, line)
        for cluster in report.clusters
        for part in cluster.indicators
        for line in part.questions
    ]
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        cells(sheet, number, values, formats)
    last_row, last_column = HEAD_ROW + len(rows), get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last_column}{last_row}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    paper(sheet)


def _question_row(cluster: str, indicator: str, line: QuestionLine) -> list[Value]:
    values: list[Value] = [cluster, indicator, line.code, line.title, line.weight]
    values += [cell.points for cell in line.cells]
    values += [line.step, "ya" if line.changed else ""]
    for cell in line.cells:
        values.append(cell.answer_text)
        if cell.stage != "EM":
            values += [cell.decision, cell.reason]
    return values
