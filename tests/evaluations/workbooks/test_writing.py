"""The file that goes out: one sheet per cluster, lists, comments, locks, nothing that a spreadsheet would run."""

from __future__ import annotations

from openpyxl.utils import range_boundaries

from evaluations.domain.workbooks.export import export_workbook
from evaluations.reports.workbook import layout
from tests.evaluations.domain.claims import ONE_OF_EACH, save
from tests.evaluations.workbooks.paper import ALL_KINDS, CHOICE, COUNT, MATRIX, PERCENTAGE, Filled, small

EVIL = '=HYPERLINK("http://127.0.0.1","klik")'


def rule_of(sheet, cell):
    [found] = [rule for rule in sheet.data_validations.dataValidation if cell.coordinate in rule.sqref]
    return found


def listed(book, rule) -> list[str]:
    """The texts of a drop-down, from the sheet that its rule names."""
    name, place = rule.formula1.split("!")
    left, top, right, bottom = range_boundaries(place)
    assert left == right
    sheet = book[name.strip("'")]
    return [sheet.cell(row, left).value for row in range(top, bottom + 1)]


def test_a_sheet_per_cluster_and_a_row_per_cell(evaluation, by, spec):
    filled = Filled(export_workbook(evaluation=evaluation, by=by).content)
    clusters = [cluster.code for cluster in spec.clusters]
    assert filled.book.sheetnames == ["Petunjuk", *clusters, "_pilihan", "_kla"]
    assert len({code for code, _ in filled.cells}) == 274
    assert len(filled.cells) == 384
    assert [sheet.title for sheet in filled.book if sheet.sheet_state == "hidden"] == ["_pilihan", "_kla"]
    assert filled.book.security.lockStructure


def test_a_choice_is_a_list_of_its_labels(evaluation, spec):
    filled = small(evaluation)
    sheet = filled.book["K3"]
    rule = rule_of(sheet, filled.cell(CHOICE, "option"))
    assert (rule.type, rule.showErrorMessage) == ("list", True)
    assert listed(filled.book, rule) == [option.label for option in spec.by_code[CHOICE].rule.options]
    rule = rule_of(sheet, filled.cell(MATRIX, "rows.2"))
    assert listed(filled.book, rule) == [option.label for option in spec.by_code[MATRIX].rule.rows[2].options]


def test_a_number_cell_takes_whole_numbers(evaluation):
    filled = small(evaluation)
    for code, field in ((PERCENTAGE, "denominator"), (COUNT, "value")):
        rule = rule_of(filled.book["K3"], filled.cell(code, field))
        assert (rule.type, rule.formula1) == ("whole", "0")


def test_what_stands_in_the_portal_stands_in_its_cells(evaluation, by):
    for code, value, _ in ONE_OF_EACH.values():
        save(evaluation, code, value, by=by, note=f"Catatan {code}")
    filled = small(evaluation)
    assert filled.cell(PERCENTAGE, "numerator").value == 4120
    assert filled.cell(CHOICE, "option").value == "Peraturan Bupati/Wali Kota"
    assert filled.cell(MATRIX, "rows.0").value.startswith("Ada perjanjian tertulis dan")
    assert {filled.first(code, layout.NOTE).value for code in ALL_KINDS} == {
        f"Catatan {code}" for code in ALL_KINDS
    }
    assert {row[layout.VERSION - 1].value for row in filled.cells.values()} == {1}


def test_guidance_weight_and_estimates(evaluation, spec):
    filled, question = small(evaluation), spec.by_code[PERCENTAGE]
    assert filled.first(PERCENTAGE, layout.FILL).comment.text == question.guidance
    assert filled.first(PERCENTAGE, layout.WEIGHT).value == 3
    assert filled.first(PERCENTAGE, layout.RULES).value == "≥ 95%: 3; ≥ 85%: 2; ≥ 70%: 1; ≥ 0%: 0 (perkiraan)"
    assert question.text in filled.first(PERCENTAGE, layout.QUESTION).value
    assert "tidak dinilai" in small(evaluation, ["26.17"]).first("26.17", layout.RULES).value


def test_only_the_cells_to_fill_in_are_open(evaluation):
    filled = small(evaluation)
    sheet = filled.book["K3"]
    assert sheet.protection.sheet
    for (code, field), row in filled.cells.items():
        is_first = row is filled.cells[next(key for key in filled.cells if key[0] == code)]
        open_columns = {cell.column for cell in row if not cell.protection.locked}
        assert open_columns == ({layout.FILL, layout.NOTE} if is_first else {layout.FILL}), (code, field)
    hidden = {name for name, column in sheet.column_dimensions.items() if column.hidden}
    assert hidden == {"H", "I"}


def test_a_note_is_never_a_formula(evaluation, by):
    save(evaluation, PERCENTAGE, None, by=by, note=EVIL)
    cell = small(evaluation).first(PERCENTAGE, layout.NOTE)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (EVIL, "s", True)


def test_a_control_character_breaks_no_file(evaluation, by):
    save(evaluation, PERCENTAGE, None, by=by, note="a\x0bb\x07c")
    assert small(evaluation).first(PERCENTAGE, layout.NOTE).value == "abc"
