"""The training list as a workbook. Numbers are numbers; text is stored as text, never as a formula."""

from __future__ import annotations

from io import BytesIO

from evaluations.reports.paper import printable
from evaluations.reports.training import TrainingList
from evaluations.reports.xlsx import (
    HEAD_ROW,
    INDONESIAN,
    POINTS,
    WHOLE,
    Value,
    _font,
    _head,
    _paper,
    _put,
    _row,
)

SHEET = "Bahan pelatihan"
PERCENT = f"{INDONESIAN}#,##0.0"

COLUMNS: list[tuple[str, int, str]] = [
    ("Urutan", 8, WHOLE), ("Kode", 9, ""), ("Pertanyaan", 60, ""), ("Tema", 24, ""), ("Perangkat daerah", 34, ""),
    ("Bobot", 9, POINTS), ("Rata-rata hilang", 12, POINTS), ("Hilang seluruhnya", 12, POINTS),
    ("Belum penuh (%)", 11, PERCENT), ("Kabupaten/Kota", 11, WHOLE), ("Bernilai penuh", 11, WHOLE),
]  # fmt: skip


def training_xlsx(report: TrainingList) -> bytes:
    """One sheet: three lines that say what it is, then a row per question, most points lost first."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has its first sheet
    sheet.title = SHEET
    lines = (
        f"Pertanyaan yang paling banyak kehilangan poin, {report.place_name}",
        f"{report.edition_name}, {report.stage_name}",
        "Urut dari kehilangan terbanyak; bahan memilih materi hari pelatihan",
    )
    for place, text in enumerate(lines, start=1):
        _put(sheet.cell(place, 1), text).font = _font(bold=place == 1, size=14 if place == 1 else 10)
    _head(sheet, HEAD_ROW, [(title, width) for title, width, _ in COLUMNS])
    formats = [form for _, _, form in COLUMNS]
    for number, line in enumerate(report.lines, start=1):
        values: list[Value] = [number, line.code, line.title, line.theme, line.agency, line.weight]
        values += [line.average, line.lost, line.short_share, line.districts, line.full]
        _row(sheet, HEAD_ROW + number, values, formats)
    last = HEAD_ROW + max(len(report.lines), 1)
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    _paper(sheet)
    book.properties.creator = "Portal KLA"
    book.properties.lastModifiedBy = None
    book.properties.title = printable(lines[0])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
