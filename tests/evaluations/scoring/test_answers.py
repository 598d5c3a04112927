"""Reading raw values: what is an answer, what is half of one, what is refused and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.answers import (
    AnswerError,
    ChangeAnswer,
    ChoiceAnswer,
    CountAnswer,
    MatrixAnswer,
    PercentageAnswer,
    answer_to_value,
    is_blank,
    parts,
    read_answer,
)
from tests.evaluations.scoring.build import (
    BIRTHS,
    CHOICE,
    INFANT_DEATHS,
    INSTITUTIONS,
    PARTNERS,
    RULES,
    raw_answers,
)


def refusal(rule, raw, **kwargs):
    with pytest.raises(AnswerError) as caught:
        read_answer(rule, raw, **kwargs)
    return caught.value.errors


@pytest.mark.parametrize(
    ("rule", "raw", "expected"),
    [
        (CHOICE, {"option": 0}, ChoiceAnswer(0)),
        (CHOICE, {"option": 3}, ChoiceAnswer(3)),
        (BIRTHS, {"numerator": "950", "denominator": "1000"}, PercentageAnswer(950, 1000)),
        (BIRTHS, {"numerator": 950, "denominator": 1000}, PercentageAnswer(950, 1000)),
        (BIRTHS, {"numerator": "0", "denominator": "0"}, PercentageAnswer(0, 0)),
        (INSTITUTIONS, {"value": "6"}, CountAnswer(6)),
        (INSTITUTIONS, {"value": "007"}, CountAnswer(7)),
        (INSTITUTIONS, {"value": "-0"}, CountAnswer(0)),
        (INSTITUTIONS, {"value": "999999999999"}, CountAnswer(999_999_999_999)),
        (INFANT_DEATHS, {"previous": "12", "current": "10"}, ChangeAnswer(12, 10)),
        (PARTNERS, {"rows": [0, 1, 2]}, MatrixAnswer((0, 1, 2))),
        (PARTNERS, {"rows": (0, 1, None)}, MatrixAnswer((0, 1, None))),
    ],
)
def test_reads_every_kind(rule, raw, expected):
    assert read_answer(rule, raw, strict=True) == expected


@pytest.mark.parametrize("rule", [CHOICE, BIRTHS, INSTITUTIONS, INFANT_DEATHS, PARTNERS])
@pytest.mark.parametrize("raw", [None, {}])
def test_nothing_is_unanswered(rule, raw):
    assert read_answer(rule, raw) is None


@pytest.mark.parametrize(
    ("rule", "raw", "expected"),
    [
        (CHOICE, {"option": None}, ChoiceAnswer(None)),
        (CHOICE, {"option": "2"}, ChoiceAnswer(2)),
        (CHOICE, {"option": ""}, ChoiceAnswer(None)),
        (BIRTHS, {"numerator": "4"}, PercentageAnswer(4, None)),
        (BIRTHS, {"numerator": "", "denominator": "9"}, PercentageAnswer(None, 9)),
        (INSTITUTIONS, {"value": None}, CountAnswer(None)),
        (INFANT_DEATHS, {"current": "3"}, ChangeAnswer(None, 3)),
        (PARTNERS, {"rows": None}, MatrixAnswer((None, None, None))),
    ],
)
def test_half_typed_answers_are_legal(rule, raw, expected):
    assert read_answer(rule, raw) == expected


def test_blank_means_no_part_is_filled():
    assert is_blank(None)
    assert is_blank(PercentageAnswer(None, None))
    assert is_blank(MatrixAnswer((None, None)))
    assert not is_blank(CountAnswer(0))
    assert not is_blank(ChoiceAnswer(0))
    assert parts(MatrixAnswer((1, None))) == (1, None)
    assert parts(ChangeAnswer(12, None)) == (12, None)


@pytest.mark.parametrize(
    ("rule", "raw"),
    [
        (CHOICE, {}),
        (BIRTHS, {"numerator": "4"}),
        (INFANT_DEATHS, {"previous": "4"}),
        (CHOICE, {"option": "2"}),
        (INSTITUTIONS, {"value": ""}),
        (PARTNERS, {"rows": ["0", 1, 2]}),
    ],
)
def test_strict_refuses_what_a_form_may_send(rule, raw):
    read_answer(rule, raw)  # no refusal
    assert refusal(rule, raw, strict=True)


def test_strict_names_the_missing_key():
    assert refusal(BIRTHS, {"numerator": "4"}, strict=True) == {
        "": "Isi jawaban butir ini harus memuat numerator dan denominator; kurang: denominator."
    }


def test_strict_accepts_null_for_unanswered():
    assert read_answer(CHOICE, None, strict=True) is None
    assert read_answer(CHOICE, {"option": None}, strict=True) == ChoiceAnswer(None)


@pytest.mark.parametrize("strict", [True, False])
def test_wrong_kind_names_the_stranger(strict):
    errors = refusal(BIRTHS, {"option": 0, "value": "3"}, strict=strict)
    assert errors == {
        "": "Isi jawaban butir ini hanya numerator dan denominator; tidak dikenal: option, value."
    }


@pytest.mark.parametrize("raw", [[], "", 0, False, "0", 3, [0, 1], True])
def test_anything_but_a_mapping_is_refused(raw):
    assert refusal(CHOICE, raw) == {"": "Isi jawaban butir ini harus memuat option."}


def test_part_larger_than_the_whole():
    assert refusal(BIRTHS, {"numerator": "4620", "denominator": "4508"}) == {
        "numerator": "Pembilang tidak boleh lebih besar dari penyebut (4.620 > 4.508)."
    }
    assert refusal(BIRTHS, {"numerator": "1", "denominator": "0"})["numerator"].endswith("(1 > 0).")


@pytest.mark.parametrize("value", ["-5", -5])
def test_negative_numbers_have_their_own_message(value):
    assert refusal(INSTITUTIONS, {"value": value}) == {"value": "Jumlah tidak boleh kurang dari 0 (−5)."}


@pytest.mark.parametrize("value", ["950.5", "950,5", "1.000", "-0.5"])
def test_fractions_are_refused_where_things_are_counted(value):
    assert refusal(INSTITUTIONS, {"value": value}) == {
        "value": "Jumlah harus bilangan bulat; pecahan seperti 12,5 tidak diterima."
    }


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "NaN",
        "Infinity",
        "1e9",
        " 6",
        "6\n",
        "+6",
        "٦",
        "６",
        "0x10",
        "1_000",
        "--1",
        "-",
        6.0,
        True,
        [6],
        {},
    ],
)
def test_what_is_no_number_is_refused(value):
    assert refusal(INSTITUTIONS, {"value": value}) == {
        "value": "Jumlah harus bilangan bulat, ditulis dengan angka saja."
    }


@pytest.mark.parametrize(
    "value",
    ["1000000000000", 10**12, -(10**12), "9" * 6000, pytest.param(10**6000, id="6001 digits"), "0" * 13],
)
def test_numbers_have_at_most_twelve_digits(value):
    assert refusal(INSTITUTIONS, {"value": value}) == {"value": "Jumlah paling panjang 12 angka."}


def test_every_faulty_field_is_named():
    errors = refusal(INFANT_DEATHS, {"previous": "-1", "current": "x"})
    assert set(errors) == {"previous", "current"}
    assert errors["previous"].startswith("Angka tahun lalu")
    assert errors["current"].startswith("Angka tahun ini")


@pytest.mark.parametrize("option", [4, -1, pytest.param(10**5000, id="5001 digits")])
def test_option_out_of_range(option):
    assert refusal(CHOICE, {"option": option}) == {"option": "Pilihan harus nomor 0 sampai 3."}


@pytest.mark.parametrize("option", [True, 1.0, "satu", [0], "-1", "0.0"])
def test_option_of_another_kind(option):
    assert refusal(CHOICE, {"option": option}) == {
        "option": "Pilihan harus nomor pilihan, bilangan bulat mulai dari 0."
    }


@pytest.mark.parametrize("rows", [[0, 1], [0, 1, 1, 0], "012", {"0": 1}, 3, []])
def test_matrix_of_another_length_or_kind(rows):
    assert refusal(PARTNERS, {"rows": rows}) == {"rows": "Baris harus berupa daftar 3 nomor pilihan."}


def test_matrix_rows_are_named_one_by_one():
    assert refusal(PARTNERS, {"rows": [9, 0, "x"]}) == {
        "rows.0": "Pilihan “Lembaga masyarakat” harus nomor 0 sampai 3.",
        "rows.2": "Pilihan “Media massa” harus nomor pilihan, bilangan bulat mulai dari 0.",
    }


def test_the_error_reads_as_its_messages():
    error = AnswerError({"numerator": "Satu.", "denominator": "Dua."})
    assert str(error) == "Satu. Dua."


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (ChoiceAnswer(2), {"option": 2}),
        (PercentageAnswer(950, None), {"numerator": "950", "denominator": None}),
        (CountAnswer(0), {"value": "0"}),
        (ChangeAnswer(12, 10), {"previous": "12", "current": "10"}),
        (MatrixAnswer((0, None)), {"rows": [0, None]}),
    ],
)
def test_canonical_value(answer, value):
    assert answer_to_value(answer) == value


@given(st.data())
def test_canonical_value_reads_back(data):
    rule = data.draw(RULES)
    answer = read_answer(rule, data.draw(raw_answers(rule)), strict=True)
    assert read_answer(rule, answer_to_value(answer), strict=True) == answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=15),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELD = st.sampled_from(["option", "numerator", "denominator", "value", "previous", "current", "rows"])


@given(RULES, JSON | st.dictionaries(FIELD, JSON, max_size=3), st.booleans())
def test_any_json_is_an_answer_or_refused_in_words(rule, raw, strict):
    try:
        answer = read_answer(rule, raw, strict=strict)
    except AnswerError as error:
        assert error.errors
        assert all(text.endswith(".") for text in error.errors.values())
    else:
        assert answer is None or all(part is None or 0 <= part < 10**12 for part in parts(answer))
