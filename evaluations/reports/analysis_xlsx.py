"""The training list as a workbook. Numbers are numbers; text is stored as text, never as a formula."""

from __future__ import annotations

from evaluations.reports.sheets import (
    HEAD_ROW,
    INDONESIAN,
    POINTS,
    WHOLE,
    Value,
    cells,
    content,
    head,
    lines_above,
    new_book,
    paper,
)
from evaluations.reports.training import TrainingList

SHEET = "Bahan pelatihan"
PERCENT = f"{INDONESIAN}#,##0.0"

COLUMNS: list[tuple[str, int, str]] = [
    ("Urutan", 8, WHOLE), ("Kode", 9, ""), ("Pertanyaan", 60, ""), ("Tema", 24, ""), ("Perangkat daerah", 34, ""),
    ("Nilai maksimum", 11, POINTS), ("Rata-rata hilang", 12, POINTS), ("Hilang seluruhnya", 12, POINTS),
    ("Belum penuh (%)", 11, PERCENT), ("Kabupaten/Kota", 11, WHOLE), ("Bernilai penuh", 11, WHOLE),
]  # fmt: skip


def training_xlsx(report: TrainingList) -> bytes:
    """One sheet: three lines that say what it is, then a row per question, most points lost first."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    lines = (
        f"Pertanyaan yang paling banyak kehilangan poin, {report.place_name}",
        f"{report.edition_name}, {report.stage_name}",
        "Urut dari kehilangan terbanyak; bahan memilih materi hari pelatihan",
    )
    book, sheet = new_book(SHEET, title=lines[0])
    lines_above(sheet, lines)
    head(sheet, HEAD_ROW, [(title, width) for title, width, _ in COLUMNS])
    formats = [form for _, _, form in COLUMNS]
    for number, line in enumerate(report.lines, start=1):
        values: list[Value] = [number, line.code, line.title, line.theme, line.agency, line.weight]
        values += [line.average, line.lost, line.short_share, line.districts, line.full]
        cells(sheet, HEAD_ROW + number, values, formats)
    last = HEAD_ROW + max(len(report.lines), 1)
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    sheet.freeze_panes = f"D{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    paper(sheet)
    return content(book)
