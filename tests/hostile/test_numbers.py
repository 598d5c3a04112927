"""What a person means by a typed number, said a second time and on its own: accepted is right, or it is refused."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluations.domain.actions.rupiah import MOST, NotRupiah, read_rupiah
from evaluations.forms.documents import years_in
from evaluations.forms.numbers import Ambiguous, NotANumber, read_typed, read_whole
from evaluations.scoring.rules import AnswerError, read_answer
from kla_portal.accounts.sheets import _cell_text
from tests.indicators.small import small

FUZZ = settings(max_examples=400, deadline=None)

MARKS = " .,-+−%_'eExX\u00a0\u202f\u2009\u200b\u00b7٫٬"
DIGITS = "0123456789٠١٢٣٩०१１２３²½"
WORDS = [
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "1e9",
    "1E-3",
    "0x10",
    "1_000",
    "+5",
    "5 %",
    "½",
    "Ⅳ",
    "一",
    "(5)",
    "1.000",
    "0.500",
]
TYPED = (
    st.text(st.sampled_from(DIGITS[:10] + " .,-"), max_size=16)
    | st.text(st.sampled_from(DIGITS + MARKS), max_size=16)
    | st.sampled_from(WORDS)
    | st.text(max_size=10)
    | st.text(st.sampled_from("0123456789"), min_size=35, max_size=45)
)
INDONESIAN = re.compile(r"-?(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?")
ENGLISH = re.compile(r"-?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
SPACED = re.compile(r"-?[1-9][0-9]{0,2}(?: [0-9]{3})+")


def readings(text: str) -> set[Decimal]:
    """Every number that somebody here could mean by the text: as written in Jakarta, in London, or with spaces."""
    text = re.sub("[\u00a0\u202f]", " ", text).replace("−", "-").strip()
    found = set()
    if INDONESIAN.fullmatch(text):
        found.add(Decimal(text.replace(".", "").replace(",", ".")))
    if ENGLISH.fullmatch(text):
        found.add(Decimal(text.replace(",", "")))
    if SPACED.fullmatch(text):
        found.add(Decimal(text.replace(" ", "")))
    return found


@FUZZ
@given(TYPED)
@example("0.500.000")
@example("0 500")
@example("0.500,5")
@example("1.000")
@example("0,500")
@example("-0")
def test_accepted_is_the_one_number_that_is_meant(text):
    try:
        value = read_typed(text)
    except Ambiguous as asked:
        assert {Decimal(choice) for choice in asked.choices} == readings(text)
        assert len(asked.choices) == 2
    except NotANumber as refused:
        assert str(refused)
    else:
        assert value is None or isinstance(value, str)
        assert readings(text) == (set() if value is None else {Decimal(value)}), text
        assert (
            value is not None
            or not text.strip("\u00a0\u202f \t\r\n\v\f\x1c\x1d\x1e\x1f\x85")
            or text.isspace()
        )


@FUZZ
@given(TYPED)
@example("1.000")
@example("1,000")
@example("0.500")
@example("1.234,567")
def test_a_whole_number_is_the_only_one_that_is_meant(text):
    """Where things are counted, of the two readings one is possible; a text without a whole reading stays a fraction."""
    try:
        value = read_whole(text)
    except NotANumber as refused:
        assert not isinstance(refused, Ambiguous)
        return
    meant = readings(text)
    whole = {number for number in meant if number == number.to_integral_value()}
    if value is None:
        assert meant == set()
    elif len(meant) == 1:
        assert {Decimal(value)} == meant
    else:
        assert Decimal(value) == max(whole, key=abs)
        assert re.fullmatch("-?[0-9]+", value)


@FUZZ
@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from(["", ".", ",", " ", "\u00a0", "\u202f"]),
    st.sampled_from("-−"),
)
def test_a_whole_number_in_any_grouping_is_itself(number, mark, minus):
    text = f"{abs(number):,}".replace(",", mark)
    try:
        value = read_typed(minus + text if number < 0 else text)
    except Ambiguous as asked:
        assert Decimal(number) in map(Decimal, asked.choices)
        assert 1000 <= abs(number) < 1_000_000
    else:
        assert Decimal(value) == number


@pytest.mark.parametrize(
    "text",
    ["١٢", "१२", "１２", "NaN", "inf", "1e9", "+5", "5 %", "1_000", "1\u2009000", "²", "½", "Ⅳ", "1\u200b2"],
)
def test_what_a_computer_would_read_but_nobody_types_is_refused(text):
    with pytest.raises(NotANumber, match="Tulis angka saja"):
        read_typed(text)


@FUZZ
@given(TYPED | st.floats() | st.booleans() | st.integers() | st.decimals())
@example("9" * 5000)
@example(10**5000)
@example("-0")
@example(True)
@example(1.0)
def test_an_answer_holds_a_whole_number_or_says_why_not(value):
    rule = small().by_code["2.1b"].rule
    try:
        answer = read_answer(rule, {"value": value})
    except AnswerError as refused:
        assert refused.errors["value"]
    else:
        assert answer.value is None or type(answer.value) is int
        if value != "":
            assert not isinstance(value, float | bool | Decimal)
            assert answer.value == int(value)
            assert 0 <= answer.value < 10**12


RUPIAH = st.text(st.sampled_from("0123456789., -Rrp"), max_size=18) | TYPED
WHOLE_RUPIAH = re.compile(r"(?:[1-9][0-9]{0,2}(?:[. ][0-9]{3})+|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}|[0-9]+)")


@FUZZ
@given(RUPIAH)
@example("0.500")
@example("1,250,000,00")
@example("1.250.000,00")
@example("9" * 5000)
@example("Rp 1.000,-")
def test_rupiah_are_whole_and_those_meant(text):
    try:
        amount = read_rupiah(text)
    except NotRupiah as refused:
        assert str(refused)
        return
    if amount is None:
        assert not re.sub(r"^\s*rp\.?", "", text, flags=re.IGNORECASE).strip()
        return
    assert type(amount) is int
    assert 0 <= amount <= MOST
    bare = re.sub(r"^rp\.?\s*", "", " ".join(text.split()), flags=re.IGNORECASE)
    bare = re.sub(r"(?:[.,]-|,0{1,2})$", "", bare)
    assert WHOLE_RUPIAH.fullmatch(bare), text
    assert amount == int(re.sub(r"[., ]", "", bare))


@pytest.mark.parametrize(
    ("text", "thousand"), [("1.500 juta", "1.500.000."), ("1,500 miliar", "1.500.000.000.")]
)
def test_rupiah_in_words_that_read_two_ways_propose_nothing(text, thousand):
    """A ``1.500 juta`` is mostly one and a half milliard: no proposal at all is better than a thousandth of it."""
    with pytest.raises(NotRupiah) as refused:
        read_rupiah(text)
    assert thousand not in str(refused.value)


@FUZZ
@given(TYPED | st.text(st.sampled_from("0123456789-–,; dansmpi٢０_+"), max_size=20))
@example("2021-2023, 2025")
@example("-2024")
@example("2_024")
@example("٢٠٢٤")
@example("9" * 5000)
def test_years_are_years(text):
    try:
        years = years_in(text)
    except ValueError:
        return
    assert all(0 <= year <= 9999 for year in years)
    for year in years:
        low, high = min(years), max(years)
        assert low <= year <= high
    written = set(re.findall(r"[0-9]+", text))
    assert not years or {str(min(years)), str(max(years))} <= {str(int(word)) for word in written}
    assert re.fullmatch(r"[0-9\s,;.–a-zA-Z-]*", text), text


@FUZZ
@given(st.floats() | st.integers())
@example(63.09)
@example(63.1)
@example(63.094)
@example(63.096)
def test_a_place_that_a_spreadsheet_holds_as_a_number_is_no_other_place(value):
    """63.1 is 63.10 that lost its zero; 63.096 is nobody's and must not become a neighbour's 63.10."""
    text = _cell_text(value)
    if re.fullmatch(r"[0-9]{2}\.[0-9]{2}", text):
        assert Decimal(text) == Decimal(repr(value))
