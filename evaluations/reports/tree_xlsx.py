"""The explanation of a score as a workbook: the sums, and every question with rule, answer, evidence and verdict."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from evaluations.reports.explanation import Explanation, QuestionWhy
from evaluations.reports.paper import printable
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
from kla_portal.indonesian import angka

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
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
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has its first sheet
    sheet.title = SHEETS[0]
    _sums(sheet, explanation)
    _questions(book.create_sheet(SHEETS[1]), explanation)
    _properties(book, explanation)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sums(sheet: Worksheet, explanation: Explanation) -> None:
    identity, instrument = explanation.identity, explanation.instrument
    lines = (
        f"Dari mana nilai ini: {identity['district']['name']}, {identity['edition']['name']}",
        f"Instrumen {instrument.code}, sidik {instrument.digest}",
        f"Predikat {explanation.tree.predikat.name}; keadaan {identity['taken_at']}",
    )
    for place, line in enumerate(lines, start=1):
        _put(sheet.cell(place, 1), line).font = _font(bold=place == 1, size=14 if place == 1 else 10)
    names = [column.name for column in explanation.columns]
    _head(sheet, HEAD_ROW, [("Kode", 9), ("Nama", 60), ("Maksimum", 12), *((name, 12) for name in names)])
    trees = [column.tree for column in explanation.columns]
    rows: list[list[Value]] = [["", "Nilai", instrument.total, *(tree.total for tree in trees)]]
    for at, cluster in enumerate(instrument.clusters):
        parts = [tree.clusters[at] for tree in trees]
        rows.append([cluster.code, cluster.name, cluster.weight, *(part.points for part in parts)])
        for place, indicator in enumerate(cluster.indicators):
            points = [part.indicators[place].points for part in parts]
            rows.append([indicator.number, indicator.name, indicator.weight, *points])
    for number, values in enumerate(rows, start=HEAD_ROW + 1):
        _row(sheet, number, values, ["", "", POINTS, *(EXACT for _ in trees)])
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    _paper(sheet)


def _questions(sheet: Worksheet, explanation: Explanation) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    names = [column.name for column in explanation.columns]
    columns = [("Kode", 9), ("Pertanyaan", 50), ("Maksimum", 11), *((name, 10) for name in names), *TEXTS]
    _head(sheet, 1, columns)
    formats = ["", "", POINTS, *(EXACT for _ in names), "", "", "", WHOLE, *("" for _ in TEXTS[4:])]
    for number, why in enumerate(explanation.questions.values(), start=2):
        points = [step.points for step in why.steps]
        _row(sheet, number, [why.code, why.title, why.weight, *points, *_texts(why)], formats)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(explanation.questions) + 1}"
    sheet.freeze_panes = "C2"
    sheet.print_title_rows = "1:1"
    _paper(sheet)


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


def _properties(book: Workbook, explanation: Explanation) -> None:
    identity = explanation.identity
    book.properties.creator = "Portal KLA"
    book.properties.lastModifiedBy = None
    book.properties.title = printable(
        f"Perhitungan {identity['district']['name']}, {identity['edition']['name']}"
    )
