"""Which cells a question has, and what its options are called."""

from __future__ import annotations

from decimal import Decimal

from evaluations.reports.workbook.layout import choices_of, keys_of, note_text, parts_of, plain_label
from evaluations.scoring.answers import FIELDS
from indicators.spec import ChoiceRule, CountRule, MatrixRow, MatrixRule, Option, PercentageRule

YES, NO = Option("Ada", Decimal(1)), Option("Tidak ada", Decimal(0))


def test_a_cell_per_part_of_the_answer():
    assert [part.field for part in parts_of(ChoiceRule((YES, NO)))] == ["option"]
    percentage = parts_of(PercentageRule("bayi diimunisasi", "seluruh bayi", "higher", ()))
    assert [part.field for part in percentage] == list(FIELDS["percentage"])
    assert [part.asked for part in percentage] == ["Pembilang: bayi diimunisasi", "Penyebut: seluruh bayi"]
    (count,) = parts_of(CountRule("bidang", "higher", ()))
    assert (count.field, count.asked, count.choices) == ("value", "Jumlah (bidang)", ())


def test_a_matrix_has_a_cell_per_row_with_its_own_list():
    rule = MatrixRule((MatrixRow("Media", (YES, NO)), MatrixRow("Usaha", (NO, YES))))
    first, second = parts_of(rule)
    assert (first.field, first.asked, first.choices) == ("rows.0", "Media", ("Ada", "Tidak ada"))
    assert (second.field, second.choices) == ("rows.1", ("Tidak ada", "Ada"))


def test_options_that_read_alike_are_numbered():
    assert choices_of((YES, NO)) == ("Ada", "Tidak ada")
    assert choices_of((YES, Option(" ada ", Decimal(0)))) == ("1. Ada", "2.  ada ")
    assert plain_label(" Tidak   ADA") == plain_label("tidak ada")


def test_every_option_of_the_instrument_is_found_again(spec):
    for question in spec.questions():
        for part in parts_of(question.rule):
            assert len({plain_label(choice) for choice in part.choices}) == len(part.choices), question.code


def test_a_key_per_cell_with_the_version():
    keys = list(keys_of("12.1", PercentageRule("a", "b", "higher", ()), 3))
    assert [(key.code, key.field, key.version) for key in keys] == [
        ("12.1", "numerator", 3),
        ("12.1", "denominator", 3),
    ]


def test_a_note_as_its_cell_holds_it():
    assert note_text(" satu\r\ndua\ttiga\x0b\u202e ") == "satu\ndua tiga"
