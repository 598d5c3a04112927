"""The explanation of a score as a workbook: the sums, and every question with rule, answer, evidence and verdict."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluations.reports.explanation import Explanation, QuestionWhy
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
from kla_portal.indonesian import angka, tanggal_jam

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHEETS = ("Nilai", "Pertanyaan")
EXACT = f"{INDONESIAN}#,##0.00##"
"""Points as they are: no digit of a question is rounded away."""
TEXTS = (
    ("Aturan", 60),
    ("Jawaban", 40),
    ("Alasan nilai", 50),
    ("Data dukung", 12),
    ("Judul data dukung", 40),
    ("Putusan", 50),
    ("Asal jawaban", 26),
    ("Dasar", 40),
)


def tree_xlsx(explanation: Explanation) -> bytes:
    """Two sheets: total, clusters and indicators; and the questions. Text is text, never a formula."""
    identity = explanation.identity
    title = f"Perhitungan {identity['district']['name']}, {identity['edition']['name']}"
    book, sheet = new_book(SHEETS[0], title=title)
    _sums(sheet, explanation)
    _questions(book.create_sheet(SHEETS[1]), explanation)
    return content(book)


def _sums(sheet: Worksheet, explanation: Explanation) -> None:
    identity, instrument = explanation.identity, explanation.instrument
    moment = tanggal_jam(
        datetime.fromisoformat(identity["taken_at"]), ZoneInfo(identity["province"]["timezone"])
    )
    lines = (
        f"Dari mana nilai ini: {identity['district']['name']}, {identity['edition']['name']}",
        f"Instrumen {instrument.code}, sidik {instrument.digest}",
        f"Predikat {explanation.tree.predikat.name}; keadaan {moment}",
    )
    lines_above(sheet, lines)
    names = [column.name for column in explanation.columns]
    head(sheet, HEAD_ROW, [("Kode", 9), ("Nama", 60), ("Maksimum", 12), *((name, 12) for name in names)])
    trees = [column.tree for column in explanation.columns]
    rows: list[list[Value]] = [["", "Nilai", instrument.total, *(tree.total for tree in trees)]]
    for at, cluster in enumerate(instrument.clusters):
        parts = [tree.clusters[at] for tree in trees]
        rows.append([cluster.code, cluster.name, cluster.weight, *(part.points for part in parts)])
        for place, indicator in enumerate(cluster.indicators):
            points = [part.indicators[place].points for part in parts]
            rows.append([indicator.number, indicator.name, indicator.weight, *points])
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        cells(sheet, number, values, ["", "", POINTS, *(EXACT for _ in trees)])
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    paper(sheet)


def _questions(sheet: Worksheet, explanation: Explanation) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    names = [column.name for column in explanation.columns]
    columns = [("Kode", 9), ("Pertanyaan", 50), ("Maksimum", 11), *((name, 10) for name in names), *TEXTS]
    head(sheet, 1, columns)
    formats = ["", "", POINTS, *(EXACT for _ in names), "", "", "", WHOLE, *("" for _ in TEXTS[4:])]
    for number, why in enumerate(explanation.questions.values(), start=2):
        points = [step.points for step in why.steps]
        cells(sheet, number, [why.code, why.title, why.weight, *points, *_texts(why)], formats)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(explanation.questions) + 1}"
    sheet.freeze_panes = "C2"
    sheet.print_title_rows = "1:1"
    paper(sheet)


def _texts(why: QuestionWhy) -> list[Value]:
    return [
        "; ".join(f"{line.text}: {angka(line.points)}" for line in why.rule),
        why.answer,
        why.reason,
        why.documents,
        "dilindungi" if why.protected and why.documents else "; ".join(why.titles),
        "; ".join(why.verdicts),
        why.source,
        why.basis,
    ]
