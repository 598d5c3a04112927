"""The workbook out and in: exact both ways, refused when foreign, all of it or nothing."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from evaluations.domain.actions import editing, workbook
from evaluations.models import PlannedAction
from evaluations.reports.action_reader import NotAPlanBook, read_actions
from evaluations.reports.action_xlsx import HEAD_ROW, LETTERS, ORIGIN, SHEET, actions_xlsx
from kla_portal.accounts.access import Refused
from kla_portal.accounts.roles import Role
from kla_portal.events.models import Event, EventAction
from tests.cast import TABALONG, agency, person
from tests.evaluations.actions.conftest import add, content
from tests.evaluations.views.common import main_of, text_of, url

FIRST, SECOND = HEAD_ROW + 1, HEAD_ROW + 2


def made(evaluation, by, **cells) -> bytes:
    """The plan's workbook with cells changed by address, origin's by name."""
    book = load_workbook(BytesIO(actions_xlsx(workbook.book_of(evaluation, by=by))))
    for address, value in cells.items():
        if address in {"periode", "bentuk", "kota"}:
            row = {"bentuk": 1, "kota": 2, "periode": 3}[address]
            book[ORIGIN].cell(row, 2).value = value
        else:
            book[SHEET][address] = value
    return saved(book)


def saved(book) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def compared(evaluation, by, **cells):
    return workbook.compare(evaluation, read_actions(made(evaluation, by, **cells)), by=by)


def at(name, row=FIRST) -> str:
    return f"{LETTERS[name]}{row}"


def test_what_goes_out_comes_back_the_same(evaluation, action, coordinator):
    add(evaluation, coordinator, title="=1+1", output="-x; @y", codes=(), starts_on=date(2027, 1, 1))
    preview = compared(evaluation, coordinator)
    assert [line.kind for line in preview.lines] == ["same", "same"]
    assert not preview.applicable


def test_cells_are_typed_and_the_key_is_locked(evaluation, action, coordinator):
    sheet = load_workbook(BytesIO(made(evaluation, coordinator)))[SHEET]
    assert sheet[at("key")].value == f"{action.pk}-1"
    assert sheet[at("key")].protection.locked
    assert not sheet[at("title")].protection.locked
    assert sheet.protection.sheet
    assert (sheet[at("budget")].value, sheet[at("due_on")].value.date()) == (1_250_000_000, date(2027, 6, 30))
    assert sheet[at("codes")].number_format == "@"
    assert {str(choice.sqref)[0] for choice in sheet.data_validations.dataValidation} == {"E", "K"}


def test_a_contributors_workbook_has_only_their_actions(evaluation, action, cast):
    add(evaluation, cast.coordinator_tabalong, title="Rahasia", agency=agency(TABALONG, "dukcapil"))
    assert b"Rahasia" in _texts(made(evaluation, cast.coordinator_tabalong))
    own = _texts(made(evaluation, cast.contributor_health_tabalong))
    assert b"Rahasia" not in own
    assert b"Persalinan" in own


def _texts(content: bytes) -> bytes:
    rows = load_workbook(BytesIO(content))[SHEET].iter_rows(values_only=True)
    return " ".join(str(value) for row in rows for value in row if value).encode()


def test_new_and_changed_rows_are_applied_by_the_verbs(evaluation, action, coordinator):
    data = made(
        evaluation,
        coordinator,
        **{
            at("title"): "Judul baru",
            at("status"): "Berjalan",
            at("due_on"): "31/12/2027",
            at("title", SECOND): "Aksi kedua",
            at("codes", SECOND): "12.2; 12.3",
            at("agency", SECOND): "dinas  kesehatan",
            at("budget", SECOND): "Rp75.000.000",
            at("starts_on", SECOND): date(2027, 3, 1),
        },
    )
    book = read_actions(data)
    preview = workbook.compare(evaluation, book, by=coordinator)
    assert [(line.kind, line.changes) for line in preview.lines] == [
        ("changed", ("aksi", "tenggat", "status")),
        ("new", ()),
    ]
    assert PlannedAction.objects.count() == 1
    assert workbook.apply(evaluation=evaluation, book=book, by=coordinator) == (1, 1)
    first, second = PlannedAction.objects.order_by("pk")
    assert (first.title, first.status, first.due_on) == ("Judul baru", "running", date(2027, 12, 31))
    assert first.notes.get().text == workbook.NOTE
    assert (second.budget, second.agency.code, second.questions.count()) == (75_000_000, "kesehatan", 2)
    assert Event.objects.filter(action=EventAction.ACTION_SAVED).count() == 3
    with pytest.raises(Refused, match="sesudah pratinjau"):
        workbook.apply(evaluation=evaluation, book=book, by=coordinator)
    assert PlannedAction.objects.count() == 2, "sent twice, added once"


def test_only_the_coordinator_applies(evaluation, action, cast):
    book = read_actions(made(evaluation, cast.coordinator_tabalong, **{at("title", SECOND): "Dua"}))
    with pytest.raises(Refused, match="Koordinator"):
        workbook.apply(evaluation=evaluation, book=book, by=cast.contributor_health_tabalong)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("agency", "Dinas Khayalan", "Tidak ada perangkat daerah “Dinas Khayalan”"),
        ("supporting", "Dinas Kesehatan; Dinas X", "“Dinas X”"),
        ("budget", "1,25 miliar", "berarti Rp1.250.000.000?"),
        ("budget", 12.5, "rupiah penuh"),
        ("due_on", "besok", "Tulis tanggalnya lengkap"),
        ("status", "Hampir", "Pilih salah satu"),
        ("codes", "12.1, 99.9", "Tidak ada pertanyaan 99.9"),
        ("title", None, "Tulis aksinya"),
        ("key", "salah", "tidak ada di rencana"),
        ("key", "999999-1", "tidak ada di rencana"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_cell(evaluation, action, coordinator, name, value, reason):
    (line,) = compared(evaluation, coordinator, **{at(name): value}).lines
    assert line.kind == "rejected"
    assert line.faults[0].cell == at(name)
    assert reason in line.faults[0].reason


@pytest.mark.parametrize("typed", [123.456, 1250.5, -5])
def test_a_number_that_is_no_whole_rupiah_is_not_taken_for_thousands(evaluation, action, coordinator, typed):
    """A cell with 123.456 holds a hundred rupiah and a part, not the text 123.456."""
    (line,) = compared(evaluation, coordinator, **{at("budget"): typed}).lines
    assert line.faults[0].cell == at("budget")
    assert "rupiah penuh" in line.faults[0].reason


def test_a_number_that_lost_its_zero_is_asked_about(evaluation, action, coordinator, spec):
    """Excel makes 12.10 a 12.1; where both exist nobody can tell which was meant."""
    (code,) = [code for code in spec.by_code if f"{code}0" in spec.by_code][:1]
    (line,) = compared(evaluation, coordinator, **{at("codes"): float(code)}).lines
    assert line.faults[0].cell == at("codes")
    assert "tanda petik" in line.faults[0].reason


def test_the_same_key_twice_is_refused(evaluation, action, coordinator):
    cells = {at("key", SECOND): f"{action.pk}-1", at("title", SECOND): "Salinan"}
    assert [line.kind for line in compared(evaluation, coordinator, **cells).lines] == ["same", "rejected"]


def test_one_bad_row_and_nothing_is_written(evaluation, action, coordinator):
    cells = {at("title"): "Baru", at("title", SECOND): "Dua", at("budget", SECOND): "banyak"}
    book = read_actions(made(evaluation, coordinator, **cells))
    assert not workbook.compare(evaluation, book, by=coordinator).applicable
    with pytest.raises(Refused):
        workbook.apply(evaluation=evaluation, book=book, by=coordinator)
    assert PlannedAction.objects.get().title != "Baru"


def test_who_changed_it_meanwhile_wins(evaluation, action, coordinator):
    book = read_actions(made(evaluation, coordinator, **{at("title"): "Dari Excel"}))
    editing.change(action=action, content=content(title="Dari portal"), version=1, by=coordinator)
    (line,) = workbook.compare(evaluation, book, by=coordinator).lines
    assert (line.kind, "aksi" in line.changes) == ("conflict", True)


@pytest.mark.parametrize(("cell", "named"), [("periode", "periode"), ("kota", "kabupaten/kota")])
def test_a_foreign_workbook_is_refused(evaluation, action, coordinator, cell, named):
    book = read_actions(made(evaluation, coordinator, **{cell: "lain"}))
    with pytest.raises(Refused, match=f"dari {named} lain"):
        workbook.compare(evaluation, book, by=coordinator)


def test_what_is_no_plan_at_all(evaluation, action, coordinator):
    good = made(evaluation, coordinator)
    for data in (b"", b"PK\x03\x04", b"%PDF-1.7", good[:2000], saved(Workbook())):
        with pytest.raises(NotAPlanBook):
            read_actions(data)
    with pytest.raises(NotAPlanBook, match="bukan buku kerja"):
        read_actions(made(evaluation, coordinator, bentuk="kla-rad-2"))
    with pytest.raises(NotAPlanBook, match="Judul kolom"):
        read_actions(made(evaluation, coordinator, **{f"B{HEAD_ROW}": "Judul"}))


# Pages


def upload(content: bytes, name="rencana.xlsx"):
    return {"file": SimpleUploadedFile(name, content)}


def test_upload_preview_apply(sign_in, evaluation, action, coordinator):
    client = sign_in(coordinator)
    path = url("actions_read", evaluation.pk)
    out = client.get(url("actions_xlsx", evaluation.pk))
    assert 'filename="Rencana aksi KLA 2026 Kabupaten Tabalong.xlsx"' in out["Content-Disposition"]
    content = out.content
    assert read_actions(content).rows
    response = client.post(path, upload(made(evaluation, coordinator, **{at("title"): "Judul baru"})))
    assert "Belum ada yang disimpan." in text_of(response)
    assert PlannedAction.objects.get().title != "Judul baru"
    rows = response.context["rows"]
    done = client.post(path, {"rows": rows}, follow=True)
    assert "0 aksi ditambahkan, 1 diubah" in text_of(done)
    assert PlannedAction.objects.get().title == "Judul baru"
    again = client.post(path, {"rows": rows})
    assert again.status_code == 409
    assert "Tidak ada yang disimpan" in text_of(again)


def test_the_preview_names_cells_and_offers_no_button(sign_in, evaluation, action, coordinator):
    response = sign_in(coordinator).post(
        url("actions_read", evaluation.pk), upload(made(evaluation, coordinator, **{at("budget"): "banyak"}))
    )
    assert f"{at('budget')} : Tulis rupiah penuh" in text_of(response)
    assert "Simpan ke rencana" not in main_of(response)


@pytest.mark.parametrize("sent", [{}, {"file": SimpleUploadedFile("x.xlsx", b"bukan")}, {"rows": "palsu"}])
def test_what_cannot_be_read_is_said(sign_in, evaluation, coordinator, sent):
    response = sign_in(coordinator).post(url("actions_read", evaluation.pk), sent)
    assert response.status_code in {409, 422}
    assert any(
        words in text_of(response) for words in ("Pilih berkasnya", "bukan buku kerja", "terlalu lama")
    )


def test_rows_signed_for_one_evaluation_are_none_for_another(
    sign_in, evaluation, neighbour_evaluation, action, cast
):
    by = cast.coordinator_tabalong
    client = sign_in(by)
    changed = made(evaluation, by, **{at("title"): "Judul baru"})
    rows = client.post(url("actions_read", evaluation.pk), upload(changed)).context["rows"]
    other = sign_in(cast.coordinator_tanahbumbu)
    assert other.post(url("actions_read", neighbour_evaluation.pk), {"rows": rows}).status_code == 409


def test_rows_signed_for_one_person_are_none_for_another(sign_in, evaluation, action, cast, coordinator):
    changed = made(evaluation, coordinator, **{at("title"): "Judul baru"})
    rows = sign_in(coordinator).post(url("actions_read", evaluation.pk), upload(changed)).context["rows"]
    second = person("koor2.tabalong", "Koordinator kedua", Role.COORDINATOR, district_id=TABALONG)
    assert sign_in(second).post(url("actions_read", evaluation.pk), {"rows": rows}).status_code == 409
    assert PlannedAction.objects.get().title == action.title
