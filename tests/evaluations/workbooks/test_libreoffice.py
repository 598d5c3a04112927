"""LibreOffice opens what goes out without complaint, and what it saves comes back whole."""

from __future__ import annotations

from evaluations.domain.workbooks.export import export_workbook
from evaluations.reports.workbook import layout
from tests.evaluations.domain.claims import ONE_OF_EACH, best, fill
from tests.evaluations.workbooks.libreoffice import converted
from tests.evaluations.workbooks.paper import CHOICE, COUNT, PERCENTAGE, Filled, looked_at, read


def test_through_libreoffice_and_back(evaluation, by, spec, tmp_path):
    """All questions answered, some changed by a person, one with a formula that only LibreOffice computes."""
    evaluation = fill(evaluation, best(spec), by=by, note="=1+1\nData per 31 Desember 2025.")
    sent = Filled(export_workbook(evaluation=evaluation, by=by).content)
    sent.put(PERCENTAGE, "numerator", 4120).put(PERCENTAGE, "denominator", "=4500+8").put(
        COUNT, "value", "=1/0"
    )
    for code, value, _ in ONE_OF_EACH.values():
        if code not in {PERCENTAGE, COUNT}:
            sent.write(spec.by_code[code], value)
    content = converted(sent.content, tmp_path)

    found = looked_at(evaluation, content, by)
    changes = {change.question.code: change.entry.value for change in found.changed}
    assert changes == {code: value for code, value, _ in ONE_OF_EACH.values() if code != COUNT}
    assert len(found.same) == 274 - len(ONE_OF_EACH)
    assert [one.code for one in found.rejected] == [COUNT]
    assert "#DIV/0!" in found.rejected[0].reason

    before, after = read(sent.content), read(content)
    assert after.meta == before.meta
    assert [(row.key, row.note) for row in after.rows] == [(row.key, row.note) for row in before.rows]
    _keeps_its_shape(Filled(content), sent)


def rule_at(filled: Filled, code, field) -> list[tuple[str, str]]:
    """What may be written into a cell."""
    cell = filled.cell(code, field)
    return [
        (rule.type, rule.formula1.replace("'", ""))
        for rule in cell.parent.data_validations.dataValidation
        if cell.coordinate in rule.sqref
    ]


def _keeps_its_shape(saved: Filled, sent: Filled) -> None:
    """Lists, locks, comments and hidden parts survive."""
    assert saved.book.sheetnames == sent.book.sheetnames
    for sheet, old in zip(saved.book, sent.book, strict=True):
        assert (sheet.protection.sheet, sheet.sheet_state) == (old.protection.sheet, old.sheet_state)
    assert {len(rule_at(sent, *key)) for key in sent.cells} == {1}
    for key in sent.cells:
        assert rule_at(saved, *key) == rule_at(sent, *key), key
    assert not saved.cell(CHOICE, "option").protection.locked
    assert saved.first(CHOICE, layout.CODE).protection.locked
    assert saved.first(CHOICE, layout.FILL).comment.text == sent.first(CHOICE, layout.FILL).comment.text
    assert all(saved.book["K0"].column_dimensions[name].hidden for name in "HI")
