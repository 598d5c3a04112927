from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kla_portal import indonesian

WITA = ZoneInfo("Asia/Makassar")
CLOSING = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0, None, "0"),
        ("1234.50", None, "1.234,5"),
        (Decimal("1E+6"), None, "1.000.000"),
        ("1234.5", 2, "1.234,50"),
        ("880.385", 2, "880,39"),
        ("-880.385", 2, "−880,39"),
        ("-0.004", 2, "0,00"),
        (Fraction(1, 3), None, "0,33"),
        (Fraction(1, 8), None, "0,125"),
        (Fraction(3004, 100), None, "30,04"),
        (Fraction(2, 3), 4, "0,6667"),
        (999, 0, "999"),
        ("999.5", 0, "1.000"),
        ("12345678901234567890123456789012.345", 2, "12.345.678.901.234.567.890.123.456.789.012,35"),
    ],
)
def test_angka(value, places, text):
    assert indonesian.angka(value, places) == text


@pytest.mark.parametrize("function", [indonesian.angka, indonesian.persen])
def test_floats_are_refused(function):
    with pytest.raises(TypeError):
        function(0.1)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_angka_without_places_loses_nothing(value):
    text = indonesian.angka(value).replace(".", "").replace(",", ".").replace("−", "-")
    assert Decimal(text) == value


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(min_value=0, max_value=12))
@example(Decimal("-0.004"), 2)
@example(Decimal("0.5"), 0)
@example(Decimal("-2.675"), 2)
@example(Decimal("9" * 95 + ".995"), 2)
@example(Decimal("9" * 98 + ".995"), 2)
@example(Decimal("9" * 99 + ".5"), 0)
@example(Decimal("-0E+120"), 2)
@example(Decimal("1E-400"), 2)
def test_a_decimal_is_rounded_as_the_fraction_that_it_is(value, places):
    assert str(indonesian.round_half_up(value, places)) == str(
        indonesian.round_half_up(Fraction(value), places)
    )


@given(st.fractions(), st.integers(min_value=0, max_value=6))
def test_rounding_is_exact_half_up_and_symmetric(value, places):
    rounded = Fraction(indonesian.round_half_up(value, places))
    error = abs(value) - abs(rounded)
    half = Fraction(1, 2 * 10**places)
    assert -half <= error < half
    assert rounded == -Fraction(indonesian.round_half_up(-value, places))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(4120 * 100, 4508), "91,39%"),
        (Decimal("88.1"), "88,10%"),
        (95, "95,00%"),
        (Fraction(94998, 1000), "94,998%"),
        (Fraction(9499999, 100000), "94,99999%"),
        (Fraction(95001, 1000), "95,001%"),
        (0, "0,00%"),
    ],
)
def test_persen_never_shows_a_whole_number_that_only_rounding_made(value, text):
    assert indonesian.persen(value) == text


def test_persen_without_places_is_a_rough_whole_number():
    assert indonesian.persen(Decimal("94.6"), 0) == "95%"


def test_persen_of_a_hair_below_a_cutoff_stops_at_twelve_places():
    assert indonesian.persen(95 - Fraction(1, 10**30)) == "95,000000000000%"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 byte"),
        (999, "999 byte"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1,0 MB"),
        (1_234_567, "1,2 MB"),
        (20_000_000, "20,0 MB"),
        (999_949_999, "999,9 MB"),
        (999_950_000, "1,0 GB"),
    ],
)
def test_ukuran_never_shows_a_thousand_of_a_unit(size, text):
    assert indonesian.ukuran(size) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "30 Juni 2026 22.59 WIB"),
        ("Asia/Pontianak", "30 Juni 2026 22.59 WIB"),
        ("Asia/Makassar", "30 Juni 2026 23.59 WITA"),
        ("Asia/Jayapura", "1 Juli 2026 00.59 WIT"),
        ("Europe/Berlin", "30 Juni 2026 17.59 Europe/Berlin"),
    ],
)
def test_tanggal_jam_names_the_zone(zone, text):
    assert indonesian.tanggal_jam(CLOSING, ZoneInfo(zone)) == text


def test_tanggal_with_and_without_weekday():
    assert indonesian.tanggal(date(2026, 7, 23)) == "23 Juli 2026"
    assert indonesian.tanggal(date(2026, 7, 23), weekday=True) == "Kamis, 23 Juli 2026"


def test_jam():
    assert indonesian.jam(CLOSING, WITA) == "23.59 WITA"


@pytest.mark.parametrize("function", [indonesian.jam, indonesian.tanggal_jam])
def test_a_time_without_zone_is_refused(function):
    with pytest.raises(ValueError, match="zone"):
        function(datetime(2026, 6, 30, 15, 59), WITA)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=12, hours=23), "12 hari lagi"),
        (timedelta(days=1), "1 hari lagi"),
        (timedelta(hours=23, minutes=59), "23 jam lagi"),
        (timedelta(minutes=20, seconds=59), "20 menit lagi"),
        (timedelta(seconds=59), "kurang dari satu menit lagi"),
        (timedelta(microseconds=1), "kurang dari satu menit lagi"),
        (timedelta(0), "sudah lewat"),
        (timedelta(microseconds=-1), "sudah lewat"),
    ],
)
def test_sisa_waktu_rounds_down_and_ends_exactly_at_closing(left, text):
    assert indonesian.sisa_waktu(CLOSING, CLOSING - left) == text
