"""Cells as answers: what people type, and the address and reason of what cannot be one."""

from __future__ import annotations

from datetime import date

import pytest

from evaluations.forms.workbooks import pack, unpack
from tests.evaluations.domain.claims import ONE_OF_EACH
from tests.evaluations.workbooks.paper import (
    ALL_KINDS,
    CHOICE,
    COUNT,
    MATRIX,
    PERCENTAGE,
    entries,
    reasons,
    small,
)


def by_code(found) -> dict:
    return {entry.code: entry for entry in found}


def test_every_kind_as_it_is_chosen_and_typed(evaluation, spec):
    filled = small(evaluation)
    for code, value, _ in ONE_OF_EACH.values():
        filled.write(spec.by_code[code], value)
    good, bad = entries(evaluation, filled)
    assert bad == []
    assert {e.code: e.value for e in good} == {code: value for code, value, _ in ONE_OF_EACH.values()}
    assert [e.code for e in good] == [q.code for q in spec.questions() if q.code in ALL_KINDS]


def test_empty_cells_are_no_answer(evaluation):
    good, bad = entries(evaluation, small(evaluation))
    assert bad == []
    assert {(e.value, e.note, e.version) for e in good} == {(None, "", 0)}


@pytest.mark.parametrize("typed", [4120, 4120.0, "4120", " 4120 ", "4.120.000", "4 120", "4.120", "4,120"])
def test_numbers_as_people_type_them(evaluation, typed):
    good, _ = entries(evaluation, small(evaluation, [COUNT]).put(COUNT, "value", typed))
    assert good[0].value == {"value": "4120000" if typed == "4.120.000" else "4120"}


@pytest.mark.parametrize("typed", ["surat edaran", "  SURAT   EDARAN "])
def test_a_label_typed_by_hand(evaluation, typed):
    good, _ = entries(evaluation, small(evaluation, [CHOICE]).put(CHOICE, "option", typed))
    assert good[0].value == {"option": 3}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            4.508,
            "Sel berisi pecahan 4,508; yang diminta bilangan bulat. Bila maksudnya 4.508, tulis 4508 tanpa",
        ),
        (12.5, "bilangan bulat; pecahan seperti 12,5 tidak diterima"),
        ("12,5", "bilangan bulat; pecahan seperti 12,5 tidak diterima"),
        (-3, "tidak boleh kurang dari 0"),
        ("banyak", "Tulis angka saja"),
        (date(2026, 4, 3), "Sel berisi tanggal (3 April 2026)"),
        (True, "benar/salah"),
        ("#DIV/0!", "kesalahan rumus #DIV/0!"),
        ("=1+1", "rumus tanpa hasil"),
    ],
)
def test_what_is_no_number_is_told_with_its_cell(evaluation, typed, words):
    filled = small(evaluation, [PERCENTAGE, COUNT]).put(COUNT, "value", typed).put(PERCENTAGE, "numerator", 1)
    good, bad = entries(evaluation, filled)
    assert list(reasons(bad)) == ["K3!D7"]
    assert words in bad[0].reason
    assert list(by_code(good)) == [PERCENTAGE]


def test_one_bad_cell_holds_its_whole_question_back(evaluation):
    filled = small(evaluation, [MATRIX]).put(MATRIX, "rows.0", "Tidak ada, atau hanya sumbangan sesaat")
    filled.put(MATRIX, "rows.2", "Mungkin " * 20)
    good, bad = entries(evaluation, filled)
    assert good == []
    assert list(reasons(bad)) == ["K3!D7"]
    assert "... tidak ada dalam daftar" in bad[0].reason.replace("”", "")


def test_the_rules_own_word(evaluation):
    filled = small(evaluation, [PERCENTAGE]).put(PERCENTAGE, "numerator", 4620)
    filled.put(PERCENTAGE, "denominator", 4508)
    _, bad = entries(evaluation, filled)
    assert reasons(bad) == {"K3!D5": "Pembilang tidak boleh lebih besar dari penyebut (4.620 > 4.508)."}


def test_notes(evaluation):
    filled = small(evaluation).note(CHOICE, "baris satu\r\nbaris dua ").note(COUNT, 2025)
    filled.note(MATRIX, date(2026, 4, 3)).note(PERCENTAGE, "=A1")
    good, bad = entries(evaluation, filled)
    notes = {code: entry.note for code, entry in by_code(good).items()}
    assert (notes[CHOICE], notes[COUNT], notes[MATRIX]) == ("baris satu\nbaris dua", "2025", "3 April 2026")
    assert list(reasons(bad)) == ["K3!E6"]


def test_a_note_that_is_too_long(evaluation):
    _, bad = entries(evaluation, small(evaluation, [COUNT]).note(COUNT, "x" * 4001))
    assert reasons(bad)["K3!E5"].startswith("Catatan paling panjang 4.000 huruf")


def test_what_was_looked_at_is_of_one_person_and_one_evaluation(evaluation, neighbour_evaluation, cast, rows):
    user = cast.coordinator_tabalong
    text = pack(rows, evaluation=evaluation, user=user)
    assert unpack(text, evaluation=evaluation, user=user) == rows
    assert unpack(text, evaluation=neighbour_evaluation, user=user) is None
    assert unpack(text, evaluation=evaluation, user=cast.leader_tabalong) is None
    assert unpack(f"{text}x", evaluation=evaluation, user=user) is None
    assert unpack("", evaluation=evaluation, user=user) is None
