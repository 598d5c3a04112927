"""Questions as a workbook to be filled in offline. openpyxl is loaded at the first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evaluations.reports.paper import FORMULA_STARTS, printable
from evaluations.reports.workbook import layout
from evaluations.reports.workbook.layout import Part, note_text, parts_of
from evaluations.scoring.rules import describe_rule
from indicators.spec import QuestionSpec
from kla_portal.indonesian import angka

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MARGIN = 2
"""Points of height that a row has beside its lines."""
LINE = 13
"""Points per line of text in the font used."""
ESTIMATE = " (perkiraan)"
"""After points and cut-offs that the regulation does not publish; the first sheet explains the word."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question with what stands in the portal: ``value`` as scoring reads it, ``version`` 0 for none."""

    question: QuestionSpec
    value: Mapping[str, Any] | None
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A cluster. ``code`` names the sheet."""

    code: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """``guide``: paragraphs of the first sheet, its title first. ``meta``: the values of ``layout.META`` by key."""

    title: str
    guide: tuple[str, ...]
    meta: Mapping[str, str]
    sheets: tuple[Sheet, ...]


def write_workbook(book: Book) -> bytes:
    """The file. The same book gives the same cells; only the file's own time of making differs."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.workbook.protection import WorkbookProtection  # noqa: PLC0415

    file = Workbook()
    guide = file.active
    assert guide is not None  # noqa: S101  a new workbook has its first sheet
    guide.title = layout.GUIDE_SHEET
    _guide_sheet(guide, book.guide)
    lists = _Lists(file)
    styles = _styles(file)
    for sheet in book.sheets:
        _cluster_sheet(file.create_sheet(sheet.code), book, sheet, lists, styles)
    lists.put_last(file)
    _meta_sheet(file.create_sheet(layout.META_SHEET), book.meta)
    file.security = WorkbookProtection(lockStructure=True)
    file.properties.creator = "Portal KLA"
    file.properties.lastModifiedBy = None
    file.properties.title = printable(book.title)
    file.active = 1 if book.sheets else 0
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


class _Lists:
    """The drop-downs' texts, each list once, in a column of a hidden sheet: a rule itself holds 255 characters."""

    def __init__(self, file: Workbook) -> None:
        self.sheet: Worksheet = file.create_sheet(layout.LISTS_SHEET)
        self.sheet.sheet_state = "hidden"
        self.sheet.protection.sheet = True
        self.columns: dict[tuple[str, ...], str] = {}

    def range_of(self, choices: tuple[str, ...]) -> str:
        """The place of a list as a rule names it."""
        from openpyxl.utils import get_column_letter  # noqa: PLC0415

        if choices not in self.columns:
            number = len(self.columns) + 1
            for row, text in enumerate(choices, start=1):
                _put(self.sheet.cell(row, number), text)
            self.columns[choices] = get_column_letter(number)
        column = self.columns[choices]
        return f"'{layout.LISTS_SHEET}'!${column}$1:${column}${len(choices)}"

    def put_last(self, file: Workbook) -> None:
        file.move_sheet(self.sheet, len(file.sheetnames))


def _styles(file: Workbook) -> dict[str, str]:
    """Named styles: a thousand cells share a handful, which keeps writing quick."""
    from openpyxl.styles import (  # noqa: PLC0415
        Alignment,
        Border,
        Font,
        NamedStyle,
        PatternFill,
        Protection,
        Side,
    )

    line = Border(bottom=Side("thin", color="D5DDDB"))
    side = Side("thin", color="9FB3AF")
    box = Border(left=side, right=side, top=side, bottom=side)
    yellow = PatternFill("solid", fgColor="FFF8DC")

    def made(name: str, **more: Any) -> NamedStyle:
        style: dict[str, Any] = {"font": Font(name="Arial", size=10, color="15211F"), "border": line, **more}
        style.setdefault("alignment", Alignment(vertical="top", wrap_text=True))
        found = NamedStyle(f"kla_{name}", **style)
        file.add_named_style(found)
        return found

    unlocked = Protection(locked=False)
    head = Font(name="Arial", size=10, bold=True, color="FFFFFF")
    open_cell = {"border": box, "fill": yellow, "protection": unlocked}
    all_styles = (
        made("head", font=head, fill=PatternFill("solid", fgColor="0B5F64")),
        made("code", font=Font(name="Arial", size=10, bold=True), number_format="@"),
        made("text"),
        made("points", number_format="General", alignment=Alignment(horizontal="center", vertical="top")),
        made("choice", number_format="@", **open_cell),
        made("number", number_format="[$-421]#,##0", **open_cell),
        made("note", number_format="@", **open_cell),
        made("title", font=Font(name="Arial", size=14, bold=True), border=Border(), alignment=Alignment()),
        made("lead", border=Border(), alignment=Alignment()),
        made("guide", border=Border()),
    )
    return {str(style.name).removeprefix("kla_"): str(style.name) for style in all_styles}


def _cluster_sheet(
    sheet: Worksheet, book: Book, cluster: Sheet, lists: _Lists, styles: dict[str, str]
) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    _styled(sheet.cell(1, 1), f"{cluster.code} {cluster.name}", styles["title"])
    _styled(sheet.cell(2, 1), book.title, styles["lead"])
    for number, (title, width) in enumerate(layout.COLUMNS, start=1):
        _styled(sheet.cell(layout.HEAD_ROW, number), title, styles["head"])
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = width, number in layout.HIDDEN
    sheet.row_dimensions[layout.HEAD_ROW].height = 2 * LINE + MARGIN
    rules = _Rules(sheet, lists)
    row = layout.HEAD_ROW
    for line in cluster.lines:
        for place, part in enumerate(parts_of(line.question.rule)):
            row += 1
            _row(sheet, row, line, place, part, styles)
            rules.add(part, sheet.cell(row, layout.FILL).coordinate)
    rules.close()
    sheet.freeze_panes = f"C{layout.HEAD_ROW + 1}"
    sheet.print_title_rows = f"{layout.HEAD_ROW}:{layout.HEAD_ROW}"
    _protect(sheet)
    _paper(sheet)


class _Rules:
    """One validation per list and sheet, over all its cells."""

    def __init__(self, sheet: Worksheet, lists: _Lists) -> None:
        self.sheet, self.lists = sheet, lists
        self.found: dict[tuple[str, ...], Any] = {}

    def add(self, part: Part, address: str) -> None:
        if part.choices not in self.found:
            self.found[part.choices] = self._choice(part.choices) if part.choices else self._number()
        self.found[part.choices].add(address)

    def close(self) -> None:
        for rule in self.found.values():
            self.sheet.add_data_validation(rule)

    def _choice(self, choices: tuple[str, ...]) -> Any:
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

        return DataValidation(
            type="list",
            formula1=self.lists.range_of(choices),
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="Pilih dari daftar",
            error="Pilih salah satu dari daftar pada sel ini. Untuk mengosongkan, tekan Delete.",
        )

    @staticmethod
    def _number() -> Any:
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

        return DataValidation(
            type="whole",
            operator="between",
            formula1="0",
            formula2="999999999999",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="Tulis bilangan bulat",
            error="Tulis angka saja, 0 atau lebih, tanpa titik, koma, atau satuan.",
        )


def _row(sheet: Worksheet, row: int, line: Line, place: int, part: Part, styles: dict[str, str]) -> None:
    """One cell to fill in. What belongs to the whole question stands in its first row."""
    question, first = line.question, place == 0
    rules = _rules_text(question) if first else ""
    asked = f"{question.title}\n{question.text}" if first else ""
    for column, text, style in (
        (layout.CODE, question.code, "code"),
        (layout.QUESTION, asked, "text"),
        (layout.ASKED, part.asked, "text"),
        (layout.RULES, rules, "text"),
        (layout.PART, part.field, "text"),
    ):
        _styled(sheet.cell(row, column), text or None, styles[style])
    _styled(sheet.cell(row, layout.WEIGHT), question.weight if first else None, styles["points"])
    _styled(sheet.cell(row, layout.VERSION), line.version, styles["text"])
    shown = _shown(line.value, part)
    fill = _styled(sheet.cell(row, layout.FILL), shown, styles["choice" if part.choices else "number"])
    note = note_text(line.note) if first else ""
    _styled(sheet.cell(row, layout.NOTE), note or None, styles["note" if first else "text"])
    if first and question.guidance:
        _comment(fill, question.guidance)
    lines = max(
        _lines(asked, layout.QUESTION), _lines(part.asked, layout.ASKED), _lines(rules, layout.RULES), 1
    )
    sheet.row_dimensions[row].height = min(lines, 30) * LINE + MARGIN


def _lines(text: str, column: int) -> int:
    """How many lines the text takes in its column: neither program fits heights by itself when a file is opened."""
    width = layout.COLUMNS[column - 1][1]
    return sum(1 + len(piece) // width for piece in text.split("\n")) if text else 0


def _shown(value: Mapping[str, Any] | None, part: Part) -> str | int | None:
    """What stands in the cell: a label, a number, or nothing."""
    if not value:
        return None
    if part.field.startswith("rows."):
        rows = value.get("rows") or []
        place = int(part.field.removeprefix("rows."))
        found = rows[place] if place < len(rows) else None
    else:
        found = value.get(part.field)
    if found is None or found == "":
        return None
    return part.choices[int(found)] if part.choices else int(found)


def _rules_text(question: QuestionSpec) -> str:
    if not question.weight:
        return "Butir informasi, tidak dinilai."
    text = "; ".join(f"{line.text}: {angka(line.points)}" for line in describe_rule(question))
    return text + (ESTIMATE if question.estimated else "")


def _comment(cell: Cell, text: str) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415

    comment = Comment(printable(text), "Portal KLA")
    comment.width, comment.height = 420, 40 + 18 * (1 + len(text) // 60)
    cell.comment = comment


def _styled(cell: Any, value: str | int | Decimal | None, style: str) -> Any:
    # The style first: it would take the mark of a quoted text away again.
    cell.style = style
    return _put(cell, value)


def _put(cell: Any, value: str | int | Decimal | None) -> Any:
    """Sets the value. A text is stored as text, and marked as quoted where Excel could take it for a formula."""
    cell.value = value = printable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True
    return cell


def _protect(sheet: Worksheet) -> None:
    """Locked but for the cells to fill in. Widths, heights and filters stay the reader's own affair."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _guide_sheet(sheet: Worksheet, paragraphs: Iterable[str]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet.column_dimensions["A"].width = 100
    for row, paragraph in enumerate(paragraphs, start=1):
        cell = _put(sheet.cell(row, 1), printable(paragraph))
        cell.font = Font(name="Arial", size=14 if row == 1 else 11, bold=row == 1)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = LINE * (1.4 + len(paragraph) // 95 * 1.2) + MARGIN * 2
    sheet.protection.sheet = True
    _paper(sheet)


def _meta_sheet(sheet: Worksheet, meta: Mapping[str, str]) -> None:
    for row, key in enumerate(layout.META, start=1):
        _put(sheet.cell(row, 1), key)
        _put(sheet.cell(row, 2), meta[key])
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _paper(sheet: Any) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.right.text = "Halaman &P dari &N"
