"""What is posted for a question -> the raw value, or messages beside the fields and nothing lost."""

from __future__ import annotations

from random import Random

import pytest

from evaluations.domain.answers import NOTE_LIMIT
from evaluations.forms.answer import AnswerForm, typed_again
from evaluations.scoring.rules import answer_to_value, best_answer, read_answer
from tests.evaluations.domain.claims import ONE_OF_EACH, some_value


def form(spec, code: str, **data: str) -> AnswerForm:
    made = AnswerForm(spec.by_code[code], data)
    made.is_valid()
    return made


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_every_kind_is_read(spec, kind):
    code, value, _ = ONE_OF_EACH[kind]
    read = form(spec, code, **typed_again(value), version="4", note="catatan")
    assert (read.errors, read.value, read.version, read.note) == ({}, value, 4, "catatan")


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_empty_fields_are_no_answer(spec, kind):
    code, value, _ = ONE_OF_EACH[kind]
    assert form(spec, code).value is None
    assert form(spec, code, **dict.fromkeys(typed_again(value), " ")).value is None


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_clearing_wins_over_what_stands_in_the_fields(spec, kind):
    code, value, _ = ONE_OF_EACH[kind]
    cleared = form(spec, code, **typed_again(value), clear="1")
    assert (cleared.value, cleared.errors) == (None, {})


def test_typing_again_is_the_inverse_of_reading_for_every_question(spec):
    random = Random(7)
    for question in spec.questions():
        for value in (best_answer(question.rule), some_value(question, random)):
            if value is None:
                continue
            read = form(spec, question.code, **typed_again(value))
            assert read.errors == {}
            given = read_answer(question.rule, value)
            again = read_answer(question.rule, read.value)
            assert (again or given) == given
            if again is not None:
                assert answer_to_value(again) == answer_to_value(given)


def test_half_filled_numbers_keep_the_empty_part(spec):
    assert form(spec, "12.1", numerator="5").value == {"numerator": "5", "denominator": None}
    assert form(spec, "3.1a", **{"rows.1": "2"}).value == {"rows": [None, 2, None]}


def test_numbers_as_typed_become_plain(spec):
    assert form(spec, "12.1", numerator=" 1.204.120 ", denominator="1 204 508").value == {
        "numerator": "1204120",
        "denominator": "1204508",
    }


@pytest.mark.parametrize(
    ("code", "fields", "value"),
    [
        ("12.1", ("numerator", "denominator"), "percentage"),
        ("20.1", ("value",), "count"),
        ("12.4", ("previous", "current"), "change"),
    ],
)
@pytest.mark.parametrize(("typed", "plain"), [("1.234", "1234"), ("1,234", "1234"), ("1.234.567", "1234567")])
def test_a_group_of_three_digits_is_thousands_in_every_number(spec, code, fields, value, typed, plain):
    assert spec.by_code[code].rule.kind == value
    read = form(spec, code, **dict.fromkeys(fields, typed))
    assert (read.errors, read.value) == ({}, dict.fromkeys(fields, plain))


@pytest.mark.parametrize(
    "typed", ["1.23", "1,2345", "12,5", "1.234,5", "1.2340", "0.500", "1.234.56", "1.234,567"]
)
def test_what_is_no_whole_number_is_refused_and_stays_in_its_field(spec, typed):
    refused = form(spec, "12.1", numerator=typed, denominator="4508", note="tetap")
    assert set(refused.errors) == {"numerator"}
    assert refused.faults == [("numerator", refused.errors["numerator"])]
    assert refused.typed == {"numerator": typed, "denominator": "4508", "note": "tetap"}


@pytest.mark.parametrize(
    ("code", "data", "field", "words"),
    [
        ("12.1", {"numerator": "banyak", "denominator": "10"}, "numerator", "Tulis angka saja"),
        ("12.1", {"numerator": "12", "denominator": "10"}, "numerator", "(12 > 10)"),
        ("12.1", {"numerator": "1,5", "denominator": "10"}, "numerator", "harus bilangan bulat"),
        ("12.1", {"numerator": "1", "denominator": "-3"}, "denominator", "tidak boleh kurang dari 0 (−3)"),
        ("8.1", {"value": "9" * 40}, "value", "paling panjang 12 angka"),
        ("12.4", {"previous": "x", "current": "1"}, "previous", "Tulis angka saja"),
        ("1.1", {"option": "99"}, "option", "nomor 0 sampai"),
        ("1.1", {"option": "-1"}, "option", "Pilih salah satu"),
        ("1.1", {"option": "satu"}, "option", "Pilih salah satu"),
        ("1.1", {"option": "١"}, "option", "Pilih salah satu"),
        ("1.1", {"option": "1" * 5000}, "option", "Pilih salah satu"),
        ("3.1a", {"rows.0": "9"}, "rows.0", "nomor 0 sampai 3"),
        ("3.1a", {"rows.2": "1.5"}, "rows.2", "Pilih salah satu"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(spec, code, data, field, words):
    refused = form(spec, code, **data)
    assert list(refused.errors) == [field]
    assert words in refused.errors[field]
    assert refused.typed == data, "what was typed is still there"


def test_a_note_that_is_too_long_is_refused_whole(spec):
    refused = form(spec, "1.1", option="0", note="x" * (NOTE_LIMIT + 1))
    assert list(refused.errors) == ["note"]
    assert len(refused.typed["note"]) == NOTE_LIMIT + 1
    assert form(spec, "1.1", option="0", note="x\r\n" * (NOTE_LIMIT // 2)).errors == {}


def test_all_faults_are_said_together(spec):
    refused = form(spec, "12.1", numerator="a", denominator="b", note="x" * (NOTE_LIMIT + 1))
    assert set(refused.errors) == {"numerator", "denominator", "note"}


@pytest.mark.parametrize("text", ["", "-1", "abc", "1.0", "١", "9" * 9, "9" * 5000, " 1"])
def test_a_version_that_is_none_counts_as_never_saved(spec, text):
    assert AnswerForm(spec.by_code["1.1"], {"version": text}).version == 0


def test_neither_token_nor_version_is_typed(spec):
    read = form(spec, "1.1", option="0", version="3", csrfmiddlewaretoken="rahasia")
    assert read.typed == {"option": "0"}
