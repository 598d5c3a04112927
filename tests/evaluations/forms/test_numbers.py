"""Numbers as people type them: read rightly, asked about, or refused; never read wrongly."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evaluations.forms.numbers import Ambiguous, NotANumber, read_typed, read_whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("   ", None),
        ("\u00a0", None),
        ("\t\r\n", None),
        ("0", "0"),
        ("-0", "-0"),
        ("007", "007"),
        ("4120", "4120"),
        ("  4120\n", "4120"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("1.000.000", "1000000"),
        ("1,000,000", "1000000"),
        ("1 000", "1000"),
        ("1\u00a0000\u00a0000", "1000000"),
        ("12\u202f345", "12345"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567,89", "1234567.89"),
        ("0,500", "0.500"),
        ("0.500", "0.500"),
        ("1000,5", "1000.5"),
        ("1234.567", "1234.567"),
        ("1,0000", "1.0000"),
        ("9" * 40, "9" * 40),
    ],
)
def test_what_reads_one_way(text, value):
    assert read_typed(text) == value


@pytest.mark.parametrize(
    ("text", "choices", "shown"),
    [
        ("1.000", ["1000", "1"], "1.000 atau 1."),
        ("1,000", ["1000", "1"], "1.000 atau 1."),
        ("100.000", ["100000", "100"], "100.000 atau 100."),
        ("4.120", ["4120", "4.12"], "4.120 atau 4,12."),
        ("1,234", ["1234", "1.2340"], "1.234 atau 1,234."),
        ("-2.500", ["-2500", "-2.5"], "−2.500 atau −2,5."),
    ],
)
def test_what_reads_two_ways_is_asked_about(text, choices, shown):
    with pytest.raises(Ambiguous) as asked:
        read_typed(text)
    assert asked.value.choices == choices
    assert str(asked.value) == f"{text} dapat berarti {shown} Yang mana yang Anda maksud?"


@pytest.mark.parametrize(
    "text",
    [
        "dua belas",
        "NaN",
        "inf",
        "1e9",
        "1E3",
        "0x1f",
        "1_000",
        "+5",
        "--5",
        "-",
        ".",
        ",5",
        "5,",
        "1.00.0",
        "1.00.000",
        "1,2,3",
        "1.000,000,000",
        "1.000.00",
        "1 00",
        "1  000",
        "1 000,5",
        "1.000 000",
        "12 orang",
        "95%",
        "١٢",
        "१२",
        "１２",
        "½",
        "²",
        "1\u200b2",
        "1\x002",
        "1;2",
        "<b>1</b>",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber) as refused:
        read_typed(text)
    assert not isinstance(refused.value, Ambiguous)
    assert str(refused.value) == "Tulis angka saja, misalnya 4120."


TYPED = st.text(st.sampled_from("0123456789.,  \u00a0-−"), max_size=14) | st.text(max_size=8)


@given(TYPED)
@example("1.000")
def test_a_number_is_plain_and_its_digits_are_those_typed(text):
    try:
        value = read_typed(text)
    except NotANumber:
        return
    if value is None:
        assert not text.strip()
        return
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value)
    assert re.sub(r"[^0-9]", "", value) == re.sub(r"[^0-9]", "", text)
    assert value.startswith("-") == text.strip().startswith(("-", "−"))
    Decimal(value)


@given(TYPED)
@example("1.000")
@example("9,999")
def test_a_choice_sent_back_is_not_asked_about_again(text):
    try:
        read_typed(text)
    except Ambiguous as asked:
        large, small = asked.choices
        assert read_typed(large) == large
        assert read_typed(small) == small
        assert Decimal(large) == 1000 * Decimal(small)
    except NotANumber:
        pass


@given(st.integers(-(10**12), 10**12))
def test_the_indonesian_spelling_of_a_number_is_read_back_or_asked_about(number):
    grouped = f"{number:,}".replace(",", ".")
    try:
        assert int(read_typed(grouped)) == number
    except Ambiguous as asked:
        assert 1000 <= abs(number) < 1_000_000
        assert int(asked.choices[0]) == number


# Where only whole numbers are possible


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("1.234", "1234"),
        ("1,234", "1234"),
        (" 100.000\u00a0", "100000"),
        ("−2.500", "-2500"),
        ("1.234.567", "1234567"),
        ("4120", "4120"),
        ("12,5", "12.5"),
        ("1.23", "1.23"),
        ("1,2345", "1.2345"),
        ("0.500", "0.500"),
        ("1.234,567", "1234.567"),
    ],
)
def test_one_group_of_three_is_thousands_where_only_whole_numbers_are_possible(text, value):
    assert read_whole(text) == value


@pytest.mark.parametrize("text", ["1.23.456", "1.234.56", "1,234,56", "12.34,5.6", "1.234 567", "satu"])
def test_a_mixture_is_no_whole_number_either(text):
    with pytest.raises(NotANumber):
        read_whole(text)
