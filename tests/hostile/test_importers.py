"""Files that nobody's programs made: each importer takes them or refuses in words, and stores nothing by halves."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from evaluations.domain.actions import workbook as plans
from evaluations.domain.units.books import make_book, plan_book
from evaluations.domain.workbooks.identity import must_be_of
from evaluations.files.faults import FileRefused
from evaluations.forms.workbooks import read_entries
from evaluations.models import Answer, PlannedAction, UnitAnswer
from evaluations.reports.action_reader import NotAPlanBook, read_actions
from evaluations.reports.action_xlsx import HEAD_ROW, actions_xlsx
from evaluations.reports.unit_sheet import read_units
from evaluations.reports.workbook.reading import NotAWorkbook, read_workbook
from indicators.domain.importing import InstrumentErrors, load_instrument, parse_instrument
from indicators.domain.spec import loaded
from indicators.models import Instrument, Question
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import User
from kla_portal.accounts.sheets import COLUMNS, SheetRefused, read_accounts
from tests.conftest import INSTRUMENT
from tests.evaluations.workbooks.paper import small as small_book
from tests.indicators.small import SMALL

FUZZ = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FEW = settings(FUZZ, max_examples=25)
PIECES = [
    "&a", "*a", "!!python/object:os.system", "!!binary aGk=", "<<: *x", "---", "...", "%YAML 1.1", "? [a]", "{{7*7}}", "\t", "\x07",
    "\ud800", "\ufeff", "\u2028", "null", "~", ".nan", ".inf", "-.inf", "1e400", "0x1F", "0o17", "1_000", "1:30:00", "2026-01-01", "yes",
    "'", '"', '"\\x00"', '"\\u202e"', "[" * 60, "{a: " * 60, "- " * 60, "x" * 400, "9" * 5000, "-1", "0.1", "12.", "|\n  x", ">-", "#", ":", "@", "`",
]  # fmt: skip


@st.composite
def spoiled(draw, text: str = SMALL) -> str:
    """The small instrument with a few lines dropped, doubled, moved or overwritten."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        if not lines:
            break
        at = draw(st.integers(0, len(lines) - 1))
        deed = draw(st.sampled_from(["drop", "double", "value", "swap", "indent", "cut", "insert"]))
        if deed == "drop":
            del lines[at]
        elif deed == "double":
            lines.insert(at, lines[at])
        elif deed == "value":
            lines[at] = lines[at].split(":")[0] + ": " + draw(st.sampled_from(PIECES) | st.text(max_size=12))
        elif deed == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif deed == "indent":
            lines[at] = " " * draw(st.integers(1, 9)) + lines[at].lstrip()
        elif deed == "insert":
            lines.insert(at, draw(st.sampled_from(PIECES)))
        else:
            lines = lines[: at + 1]
    return "\n".join(lines)


def refused_well(text: str, name: str = "uji.yaml") -> bool:
    """Whether it was refused, as an instrument file is: each fault with its line and reason."""
    try:
        spec = parse_instrument(text, name=name)
    except InstrumentErrors as refused:
        assert refused.errors
        for error in refused.errors:
            assert error.message
            assert error.line is None or 1 <= error.line <= text.count("\n") + 2
        assert name in str(refused)
        return True
    assert sum(question.weight for question in spec.questions()) == spec.total
    return False


@FUZZ
@given(spoiled())
def test_an_instrument_file_is_read_whole_or_refused_by_line(text):
    refused_well(text)


@FUZZ
@given(
    st.text(max_size=300)
    | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1"))
    | st.sampled_from(PIECES)
)
def test_any_text_at_all_is_refused(text):
    assert refused_well(text)


def test_the_real_instrument_spoiled_anywhere_is_refused_or_whole():
    """Lines drawn anew in every run; a large file, so a few only."""
    lines = INSTRUMENT.read_text(encoding="utf-8").splitlines()
    for _ in range(4):
        spoilt = lines.copy()
        at = random.randrange(len(spoilt))
        spoilt[at] = spoilt[at].split(":")[0] + ": " + random.choice(PIECES)
        refused_well("\n".join(spoilt))


@pytest.mark.django_db
def test_nothing_of_a_refused_instrument_is_stored(cast, sign_in):
    client = sign_in(cast.admin_national)
    before = Instrument.objects.count(), Question.objects.count()
    for piece in ("&a x", "[[[[", '"\\x00"', "9" * 5000, "{}"):
        text = SMALL.replace("weight: 6", f"weight: {piece}", 1)
        page = client.post("/instrumen/muat/", {"text": text, "name": "uji.yaml", "load": "1"})
        assert page.status_code == 200
        assert "baris" in page.content.decode().lower()
    assert (Instrument.objects.count(), Question.objects.count()) == before
    load_instrument(parse_instrument(SMALL, name="kecil.yaml"), by=None)
    assert Instrument.objects.count() == before[0] + 1


# XLSX

CELLS = [
    "", " ", "=1+1", '=HYPERLINK("http://jahat.contoh")', "=cmd|' /C calc'!A0", "+1", "@x", "\u202ex", "x" * 3000, "<b>", "1.000", "１２", "-0",
    0, -1, 1.5, 1e308, -1e-9, 10**20, True, date(2026, 1, 1), datetime(1900, 1, 1, 1), time(8), "NaN", "#REF!", "31/02/2026", "12.1", "63.09",
]  # fmt: skip


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def scribbled(content: bytes, draw) -> bytes:
    """Cells overwritten anywhere, cells merged, a sheet dropped, renamed or moved, rows far down."""
    book = load_workbook(io.BytesIO(content))
    for _ in range(draw(st.integers(1, 6))):
        sheet = book[draw(st.sampled_from(book.sheetnames))]
        row, column = (
            draw(st.integers(1, min(sheet.max_row, 300) + 2)),
            draw(st.integers(1, sheet.max_column + 1)),
        )
        deed = draw(st.sampled_from(["cell", "cell", "cell", "merge", "drop", "rename", "far", "delete"]))
        if deed == "cell":
            cell = sheet.cell(row, column)
            if type(cell).__name__ == "Cell":
                cell.value = draw(st.sampled_from(CELLS))
        elif deed == "merge":
            sheet.merge_cells(start_row=row, end_row=row + 2, start_column=column, end_column=column + 1)
        elif deed == "drop" and len(book.sheetnames) > 1:
            book.remove(sheet)
            book[book.sheetnames[0]].sheet_state = "visible"
        elif deed == "rename":
            sheet.title = draw(st.sampled_from(["Lain", "_kla", "K1", "x" * 31]))
        elif deed == "far":
            sheet.cell(draw(st.sampled_from([900, 6000, 1_048_576])), column).value = "x"
        elif sheet.max_row < 500:
            sheet.delete_rows(row, 2)
    book[book.sheetnames[0]].sheet_state = "visible"
    return saved(book)


def repacked(content: bytes, part: str = "", new: bytes = b"", *, drop: str = "") -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in old.namelist():
            if name != drop:
                packed.writestr(name, new if name == part else old.read(name))
    return out.getvalue()


BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
)
FIRST = "xl/worksheets/sheet1.xml"


def broken(content: bytes) -> dict[str, bytes]:
    """Workbooks that no program writes."""
    return {
        "empty": b"",
        "text": b"bukan zip",
        "cut": content[: len(content) // 2],
        "head only": content[:4],
        "a flipped byte": content[:200] + bytes([content[200] ^ 255]) + content[201:],
        "without its book": repacked(content, drop="xl/workbook.xml"),
        "without a sheet": repacked(content, drop=FIRST),
        "without types": repacked(content, drop="[Content_Types].xml"),
        "no xml": repacked(content, FIRST, b"\x00\xff<"),
        "entities": repacked(content, FIRST, BILLION),
        "a foreign entity": repacked(content, FIRST, OUTSIDE),
        "deep": repacked(content, FIRST, b"<a>" * 20_000),
        "a bomb": repacked(content, FIRST, b" " * 60_000_000),
        "wide": repacked(content, FIRST, b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'),
        "odd cells": repacked(content, FIRST, b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="x"><c r="1A" t="s"><v>999999</v></c><c t="d"><v>no</v></c><c t="n"><v>1e999</v></c></row></sheetData></worksheet>'),
    }  # fmt: skip


TAKES_OR_REFUSES = (NotAWorkbook, NotAPlanBook, FileRefused, SheetRefused, Refused)


def attempt(read, content: bytes) -> str:
    """The words of the refusal; empty when it was taken."""
    try:
        read(content)
    except TAKES_OR_REFUSES as refused:
        assert str(refused)
        return str(refused)
    return ""


def accounts(content: bytes):
    return read_accounts(io.BytesIO(content), filename="akun.xlsx", size=len(content))


def account_book() -> bytes:
    book = Workbook()
    book.active.append(COLUMNS)
    book.active.append(["a.satu", "Satu", "", "koordinator", "63.09", ""])
    return saved(book)


@pytest.fixture
def importers(cast, evaluation):
    """Name -> (a sound file, what reads and compares it). Each reads as far as the page that shows the plan."""
    by = cast.coordinator_tabalong
    spec = loaded(evaluation.edition.instrument).spec

    def answers(content):
        book = read_workbook(io.BytesIO(content), name="isian.xlsx", size=len(content))
        must_be_of(evaluation, book)
        read_entries(book, spec)

    def units(content):
        plan_book(evaluation, by, *read_units(io.BytesIO(content), name="baris.xlsx", size=len(content)))

    def actions(content):
        plans.compare(evaluation, read_actions(content), by=by)

    return {
        "accounts": (account_book(), accounts),
        "answers": (small_book(evaluation).content, answers),
        "units": (make_book(evaluation, by), units),
        "actions": (actions_xlsx(plans.book_of(evaluation, by=by)), actions),
    }


NAMES = ["accounts", "answers", "units", "actions"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_file_is_taken_and_no_broken_one(importers, name):
    content, read = importers[name]
    assert attempt(read, content) == ""
    for what, damaged in broken(content).items():
        words = attempt(read, damaged)
        # What is not there changes nothing: a workbook without one of its sheets is like one that nobody filled in.
        assert words or what in {"a flipped byte", "wide", "odd cells", "without a sheet"}, what
        assert "passwd" not in words
        assert "root:" not in words
    assert not (Answer.objects.exists() or UnitAnswer.objects.exists() or PlannedAction.objects.exists())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_scribbled_in_is_compared_or_refused(importers, name):
    content, read = importers[name]

    @FEW
    @given(st.data())
    def scribble(data):
        attempt(read, scribbled(content, data.draw))

    people = User.objects.count()
    scribble()
    assert User.objects.count() == people
    assert not (Answer.objects.exists() or UnitAnswer.objects.exists() or PlannedAction.objects.exists())


def test_a_plan_with_a_row_far_below_is_read_within_bounds(importers):
    content, read = importers["actions"]
    book = load_workbook(io.BytesIO(content))
    book.active.cell(HEAD_ROW + 3000, 2).value = "x"
    attempt(read, saved(book))


@FUZZ
@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(lambda text: (";".join(COLUMNS) + "\n" + text).encode("utf-8", "replace"))
)
def test_any_csv_is_a_list_or_refused(content):
    try:
        rows = read_accounts(io.BytesIO(content), filename="akun.csv", size=len(content))
    except SheetRefused as refused:
        assert str(refused)
    else:
        assert rows
        assert all(len(row.name) <= 300 for row in rows)
