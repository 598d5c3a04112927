"""A workbook of another instrument, edition or district is refused, and so is one whose rows are not what went out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluations.domain.workbooks.identity import must_be_of, seal
from evaluations.models import Evaluation
from evaluations.reports.workbook import layout
from evaluations.reports.workbook.reading import FilledBook, NotAWorkbook
from tests.cast import TABALONG
from tests.evaluations.workbooks.paper import COUNT, PERCENTAGE, read, small


def refusal(evaluation, book) -> str:
    with pytest.raises(NotAWorkbook) as refused:
        must_be_of(evaluation, book)
    assert "Unduh buku kerja" in str(refused.value)
    return str(refused.value)


def test_our_own_comes_back(evaluation):
    must_be_of(evaluation, read(small(evaluation).put(COUNT, "value", 3).content))


def test_another_districts(evaluation, neighbour_evaluation):
    assert "milik kabupaten/kota lain" in refusal(evaluation, read(small(neighbour_evaluation).content))


def test_another_editions(evaluation):
    earlier = Evaluation.objects.with_place().get(edition__code="2024", district=TABALONG)
    assert "dari periode 2024" in refusal(evaluation, read(small(earlier).content))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("schema", "kla-isian/0", "susunan yang lama"),
        ("schema", "lain", "bukan buku kerja isian"),
        ("instrument_digest", "0" * 64, "instrumen lain"),
        ("evaluation", "1", "evaluasi lain"),
        ("exported_at", "2020-01-01", "Susunan buku kerja ini berubah"),
        ("selection", "Dinas Lain", "Susunan buku kerja ini berubah"),
        ("seal", "", "Susunan buku kerja ini berubah"),
    ],
)
def test_what_it_says_of_itself_is_held_against_the_seal(evaluation, key, value, words):
    book = read(small(evaluation, [COUNT]).content)
    assert words in refusal(evaluation, FilledBook(book.meta | {key: value}, book.rows))


def test_a_forged_seal_needs_our_key(evaluation, settings):
    book = read(small(evaluation, [COUNT]).content)
    settings.SECRET_KEY = "kunci orang lain"
    forged = seal(book.meta, [row.key for row in book.rows])
    settings.SECRET_KEY = "kunci kita"
    assert "berubah" in refusal(evaluation, FilledBook(book.meta | {"seal": forged}, book.rows))


@pytest.mark.parametrize("column", [layout.CODE, layout.PART, layout.VERSION])
def test_a_changed_row(evaluation, column):
    filled = small(evaluation)
    filled.first(COUNT, column).value = {layout.CODE: "8.2", layout.PART: "option", layout.VERSION: 7}[column]
    assert "kolom tersembunyi" in refusal(evaluation, read(filled.content))


def test_a_row_missing_or_doubled(evaluation):
    book = read(small(evaluation).content)
    assert "dihapus" in refusal(evaluation, replace(book, rows=book.rows[1:]))
    assert "digandakan" in refusal(evaluation, replace(book, rows=(*book.rows, book.rows[0])))


def test_sorted_rows_are_the_same_rows(evaluation):
    book = read(small(evaluation, [PERCENTAGE, COUNT]).content)
    must_be_of(evaluation, replace(book, rows=tuple(reversed(book.rows))))


def test_a_workbook_outlives_a_change_of_the_key(evaluation, settings):
    settings.SECRET_KEY = "kunci kita yang lama"
    book = read(small(evaluation, [COUNT]).content)
    settings.SECRET_KEY = "kunci kita yang baru"
    assert "berubah" in refusal(evaluation, book)
    settings.SECRET_KEY_FALLBACKS = ["kunci lain", "kunci kita yang lama"]
    must_be_of(evaluation, book)
    settings.SECRET_KEY_FALLBACKS = ["kunci lain"]
    assert "berubah" in refusal(evaluation, book)
