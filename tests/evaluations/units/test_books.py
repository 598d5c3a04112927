"""The workbook of rows: out, filled in, compared, written."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from evaluations.domain.units.books import apply_book, make_book, plan_book
from evaluations.domain.units.rows import Conflict, cells_of
from evaluations.files.faults import FileRefused
from evaluations.models import UnitAnswer
from evaluations.reports.unit_sheet import FIRST_COLUMN, FIRST_ROW, META, read_units
from evaluations.reports.workbook.reading import NotAWorkbook
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event, EventAction
from tests.cast import MURUNG_PUDAK, UPAU
from tests.evaluations.units.cells import cell, put, submitted


def filled(content: bytes, **cells: str) -> bytes:
    """The workbook with these cells typed over: ``Desa_D5="Ya"``."""
    book = load_workbook(BytesIO(content))
    for name, text in cells.items():
        sheet, address = name.rsplit("_", 1)
        book[sheet][address] = text
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes):
    return read_units(BytesIO(content), name="baris.xlsx", size=len(content))


def planned(evaluation, by, content: bytes):
    return plan_book(evaluation, by, *read(content))


def test_one_sheet_per_level_with_what_stands(cast, evaluation, villages):
    officer, village = cast.officer_kecamatan, villages[MURUNG_PUDAK][0]
    put(evaluation, officer, cell("25.2"), cell("26.2", village, False))
    book = load_workbook(BytesIO(make_book(evaluation, officer, {MURUNG_PUDAK})))
    assert book.sheetnames == ["Kecamatan", "Desa", META]
    assert book[META].sheet_state == "hidden"
    sheet = book["Desa"]
    assert [sheet.cell(4, column).value for column in (1, 4, 23)] == ["Kode", "26.2", "26.18"]
    assert [sheet.cell(5, column).value for column in (1, 3, 4, 5)] == [
        village,
        "Murung Pudak",
        "Tidak",
        None,
    ]
    assert sheet.max_row == FIRST_ROW - 1 + 10
    assert book["Kecamatan"]["D5"].value == "Ya"
    assert (sheet["A5"].protection.locked, sheet["D5"].protection.locked) == (True, False)
    assert sheet.protection.sheet
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"Ya,Tidak"', "D5:W14")


def test_an_agency_gets_its_columns_for_the_whole_district(cast, evaluation, villages):
    book = load_workbook(BytesIO(make_book(evaluation, cast.contributor_health_tabalong)))
    heads = [cell.value for cell in book["Kecamatan"][4]][FIRST_COLUMN - 1 :]
    assert heads == ["25.7a", "25.7b", "25.7c", "25.7d"]
    assert book["Desa"].max_row == FIRST_ROW - 1 + 131


def test_untouched_it_changes_nothing(cast, evaluation, villages):
    put(evaluation, cast.officer_kecamatan, cell("25.2"), cell("26.2", villages[MURUNG_PUDAK][0], False))
    plan = planned(evaluation, cast.coordinator_tabalong, make_book(evaluation, cast.coordinator_tabalong))
    assert (plan.lines, plan.changes) == ((), ())


def test_there_and_back_exactly(cast, evaluation, villages):
    officer = cast.officer_kecamatan
    put(evaluation, officer, cell("25.2"))
    content = filled(
        make_book(evaluation, officer, {MURUNG_PUDAK}), Kecamatan_D5="", Kecamatan_E5="tidak", Desa_D6=" YA "
    )
    plan = planned(evaluation, officer, content)
    assert [(line.address, line.before, line.after, line.reason) for line in plan.lines] == [
        ("Kecamatan!D5", "ya", "belum", ""),
        ("Kecamatan!E5", "belum", "tidak", ""),
        ("Desa!D6", "belum", "ya", ""),
    ]
    assert apply_book(evaluation=evaluation, changes=plan.changes, by=officer) == 3
    assert cells_of(evaluation) == {("25.3", MURUNG_PUDAK): False, ("26.2", villages[MURUNG_PUDAK][1]): True}


def test_one_event_per_kecamatan_and_all_or_none(cast, evaluation, villages):
    by = cast.coordinator_tabalong
    content = filled(make_book(evaluation, by), Kecamatan_D5="Ya", Kecamatan_D6="Ya")
    plan = planned(evaluation, by, content)
    first, second = plan.changes
    put(evaluation, by, cell("25.2", second.place, False), kecamatan=second.place)
    with pytest.raises(Conflict):
        apply_book(evaluation=evaluation, changes=plan.changes, by=by)
    assert ("25.2", first.place) not in cells_of(evaluation)
    UnitAnswer.objects.all().delete()
    before = Event.objects.filter(action=EventAction.UNITS_SAVED).count()
    assert apply_book(evaluation=evaluation, changes=plan.changes, by=by) == 2
    assert Event.objects.filter(action=EventAction.UNITS_SAVED).count() == before + 2


def test_what_cannot_be_read_or_changed_is_left_out_with_its_cell(cast, evaluation, villages):
    officer = cast.officer_kecamatan
    content = filled(
        make_book(evaluation, officer, {MURUNG_PUDAK}),
        Kecamatan_D5="mungkin",
        Kecamatan_E5="Ya",
        Kecamatan_F5="=1",
    )
    put(evaluation, cast.coordinator_tabalong, cell("25.3", holds=False))
    plan = planned(evaluation, officer, content)
    assert plan.changes == ()
    assert {line.address: line.reason for line in plan.lines} == {
        "Kecamatan!D5": "Hanya Ya, Tidak, atau kosong yang terbaca.",
        "Kecamatan!E5": 'Sudah diubah orang lain menjadi "tidak" sejak buku kerja diunduh; ubah di halamannya.',
        "Kecamatan!F5": "Hanya Ya, Tidak, atau kosong yang terbaca.",
    }


def test_rows_of_others_are_refused_and_not_told(cast, evaluation, villages):
    """The coordinator's book in an officer's hands: what stands elsewhere by now does not show."""
    content = filled(make_book(evaluation, cast.coordinator_tabalong), Kecamatan_D14="Ya")
    put(evaluation, cast.officer_kecamatan_other, cell("25.2", UPAU, False), kecamatan=UPAU)
    (line,) = planned(evaluation, cast.officer_kecamatan, content).lines
    assert (line.place, line.reason) == ("Kecamatan Upau", "Anda hanya mengisi baris kecamatan Anda sendiri.")
    submitted(evaluation, cast.coordinator_tabalong)
    evaluation.refresh_from_db()
    (line,) = planned(evaluation, cast.coordinator_tabalong, content).lines
    assert "terkunci" in line.reason


def test_cells_that_did_not_go_out(cast, evaluation, villages):
    officer = cast.officer_kecamatan
    content = filled(make_book(evaluation, officer, {MURUNG_PUDAK}), Kecamatan_A5=UPAU, Kecamatan_D5="Ya")
    (line,) = planned(evaluation, officer, content).lines
    assert line.reason == "Sel ini tidak ada di buku kerja yang diunduh."
    with pytest.raises(Refused, match="Daftar tempat berubah"):
        apply_book(evaluation=evaluation, changes=[cell("25.2", "99.99.99")], by=officer)


def test_a_book_of_elsewhere_is_refused(cast, evaluation, neighbour_evaluation, villages):
    content = make_book(neighbour_evaluation, cast.coordinator_tanahbumbu)
    with pytest.raises(NotAWorkbook, match="bukan Kabupaten Tabalong"):
        planned(evaluation, cast.coordinator_tabalong, content)
    with pytest.raises(NotAWorkbook, match="berubah di luar sel isiannya"):
        planned(evaluation, cast.coordinator_tabalong, filled(content, _kla_B1="x"))
    with pytest.raises(NotAWorkbook, match="Ini bukan buku kerja baris"):
        read(filled(content, _kla_A1="lain"))


@pytest.mark.parametrize("name", ["baris.xlsx", "baris.pdf"])
def test_no_workbook_at_all(name):
    with pytest.raises((NotAWorkbook, FileRefused)):
        read_units(BytesIO(_plain()), name=name, size=10)


def _plain() -> bytes:
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


def test_a_place_written_twice_is_taken_once_or_not_at_all(cast, evaluation, villages):
    """A copied row: where both say the same it counts once, where they differ nobody guesses."""
    officer, (first, *_) = cast.officer_kecamatan, villages[MURUNG_PUDAK]
    content = make_book(evaluation, officer, {MURUNG_PUDAK})
    cells = {"Desa_A15": first, "Desa_D5": "Ya", "Desa_D15": "Ya", "Desa_E5": "Ya", "Desa_E15": "Tidak"}
    plan = planned(evaluation, officer, filled(content, **cells, Desa_F15="Ya"))
    assert [(change.code, change.place, change.holds) for change in plan.changes] == [("26.2", first, True)]
    refused = [(line.address, line.reason.split(";")[0]) for line in plan.lines if line.reason]
    words = "Tempat ini tertulis lebih dari sekali"
    assert refused == [("Desa!E5", words), ("Desa!E15", words), ("Desa!F15", words)]
    assert apply_book(evaluation=evaluation, changes=plan.changes, by=officer) == 1
