"""Workbooks of a few questions, and cells filled in as people do it."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from evaluations.domain.workbooks.identity import meta_of, must_be_of
from evaluations.domain.workbooks.reading import sort_out
from evaluations.forms.workbooks import read_entries
from evaluations.models import Answer
from evaluations.reports.workbook import layout
from evaluations.reports.workbook.layout import keys_of, parts_of
from evaluations.reports.workbook.reading import read_workbook
from evaluations.reports.workbook.writing import Book, Line, Sheet, write_workbook
from indicators.domain.spec import loaded

CHOICE, PERCENTAGE, COUNT, CHANGE, MATRIX = "1.1", "12.1", "8.1", "12.4", "3.1a"
ALL_KINDS = (CHOICE, PERCENTAGE, COUNT, CHANGE, MATRIX)


def lines_of(evaluation, codes) -> list[Line]:
    instrument = loaded(evaluation.edition.instrument)
    stored = {
        instrument.question_codes[row.question_id]: row
        for row in Answer.objects.filter(evaluation=evaluation)
    }
    return [
        Line(question, row.value, row.note, row.version)
        if (row := stored.get(question.code))
        else Line(question, None, "", 0)
        for question in (instrument.spec.by_code[code] for code in codes)
    ]


def small(evaluation, codes=ALL_KINDS) -> Filled:
    """A sealed workbook of these questions on one sheet, as they stand now."""
    lines = lines_of(evaluation, codes)
    keys = [key for line in lines for key in keys_of(line.question.code, line.question.rule, line.version)]
    book = Book("Isian", ("Isian",), meta_of(evaluation, "", keys), (Sheet("K3", "Uji", tuple(lines)),))
    return Filled(write_workbook(book))


class Filled:
    """A workbook in somebody's hands."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(BytesIO(content))
        self.cells = {}
        for sheet in self.book:
            if sheet.title not in {layout.META_SHEET, layout.LISTS_SHEET, layout.GUIDE_SHEET}:
                for row in sheet.iter_rows(min_row=layout.HEAD_ROW + 1):
                    self.cells[row[layout.CODE - 1].value, row[layout.PART - 1].value] = row

    def cell(self, code, field, column=layout.FILL):
        return self.cells[code, field][column - 1]

    def first(self, code, column):
        return next(row[column - 1] for (found, _), row in self.cells.items() if found == code)

    def put(self, code, field, value) -> Filled:
        self.cell(code, field).value = value
        return self

    def note(self, code, text) -> Filled:
        self.first(code, layout.NOTE).value = text
        return self

    def write(self, question, value) -> Filled:
        """The answer as a person would choose and type it."""
        for part in parts_of(question.rule):
            if part.field.startswith("rows."):
                found = (value or {}).get("rows", [None] * 99)[int(part.field[5:])]
            else:
                found = (value or {}).get(part.field)
            if found is not None:
                found = part.choices[found] if part.choices else int(found)
            self.put(question.code, part.field, found)
        return self

    @property
    def content(self) -> bytes:
        stream = BytesIO()
        self.book.save(stream)
        return stream.getvalue()


def read(content: bytes, name="isian.xlsx"):
    return read_workbook(BytesIO(content), name=name, size=len(content))


def entries(evaluation, filled: Filled | bytes):
    book = read(filled if isinstance(filled, bytes) else filled.content)
    must_be_of(evaluation, book)
    return read_entries(book, loaded(evaluation.edition.instrument).spec)


def looked_at(evaluation, filled: Filled | bytes, by):
    good, bad = entries(evaluation, filled)
    return sort_out(evaluation=evaluation, entries=good, rejected=bad, by=by)


def reasons(rejected) -> dict[str, str]:
    return {one.address: one.reason for one in rejected}
