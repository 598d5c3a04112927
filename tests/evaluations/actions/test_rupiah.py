"""Whole rupiah as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.domain.actions.rupiah import MOST, NotRupiah, read_rupiah, rupiah


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("", None), ("  ", None), ("Rp", None), ("0", 0), ("1250000000", 1_250_000_000),
        ("1.250.000.000", 1_250_000_000), ("Rp1.250.000.000", 1_250_000_000),
        ("Rp 1.250.000.000,00", 1_250_000_000), ("rp. 500.000,-", 500_000), ("1.000", 1000),
        ("1 250 000", 1_250_000), ("1\u00a0250\u00a0000", 1_250_000), ("1,250,000", 1_250_000),
    ],
)  # fmt: skip
def test_what_people_type(text, amount):
    assert read_rupiah(text) == amount


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("1,25 miliar", "Rp1.250.000.000"), ("Rp 1.25 M", "Rp1.250.000.000"), ("500 juta", "Rp500.000.000"),
        ("75rb", "Rp75.000"), ("2 T", "Rp2.000.000.000.000"),
    ],
)  # fmt: skip
def test_words_are_asked_about_and_never_guessed(text, asked):
    with pytest.raises(NotRupiah, match=f"berarti {asked}"):
        read_rupiah(text)


@pytest.mark.parametrize(
    "text", ["12,5", "1,000", "1.00", "-5", "12x", "1.2500.000", "0,0001 ribu", "½", "١٢"]
)
def test_what_cannot_be_read_says_how_to_write_it(text):
    with pytest.raises(NotRupiah, match="rupiah penuh"):
        read_rupiah(text)


def test_too_many_zeros():
    assert read_rupiah(str(MOST)) == MOST
    with pytest.raises(NotRupiah, match="jumlah nolnya"):
        read_rupiah(str(MOST + 1))


@given(st.integers(0, MOST))
def test_what_is_shown_is_read_back(amount):
    assert read_rupiah(rupiah(amount)) == amount
