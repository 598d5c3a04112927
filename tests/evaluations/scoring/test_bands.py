"""Total -> predikat: every edge, the gaps between the published bands, the way to the next predikat."""

from dataclasses import replace

import pytest

from evaluations.scoring.bands import entry_total, gap_note, next_band, points_to, predikat_for
from tests.evaluations.scoring.build import BANDS, d

EDGES = [
    ("0", "inisiasi"),
    ("0.01", "inisiasi"),
    ("499.00", "inisiasi"),
    ("499.99", "inisiasi"),
    ("500.00", "pratama"),
    ("500.01", "pratama"),
    ("500.99", "pratama"),
    ("599.99", "pratama"),
    ("600.00", "pratama"),
    ("600.01", "madya"),
    ("600.99", "madya"),
    ("601.00", "madya"),
    ("699.99", "madya"),
    ("700.00", "madya"),
    ("700.01", "nindya"),
    ("700.99", "nindya"),
    ("799.99", "nindya"),
    ("800.00", "nindya"),
    ("800.01", "utama"),
    ("800.99", "utama"),
    ("899.99", "utama"),
    ("900.00", "utama"),
    ("900.01", "kla"),
    ("900.99", "kla"),
    ("999.99", "kla"),
    ("1000.00", "kla"),
]


@pytest.mark.parametrize(("total", "code"), EDGES)
def test_band_edges(total, code):
    assert predikat_for(BANDS, d(total)).code == code


def test_no_band_below_them_all():
    with pytest.raises(ValueError, match=r"-0\.01"):
        predikat_for(BANDS, d("-0.01"))


@pytest.mark.parametrize(
    ("total", "lower", "upper", "read_as"),
    [
        ("600.01", "Pratama (500-600)", "Madya (601-700)", "Madya"),
        ("600.99", "Pratama (500-600)", "Madya (601-700)", "Madya"),
        ("700.50", "Madya (601-700)", "Nindya (701-800)", "Nindya"),
        ("800.01", "Nindya (701-800)", "Utama (801-900)", "Utama"),
        ("900.99", "Utama (801-900)", "KLA (901-1000)", "KLA"),
    ],
)
def test_a_gap_is_told(total, lower, upper, read_as):
    shown = total.replace(".", ",")
    assert gap_note(BANDS, d(total)) == (
        f"Nilai {shown} berada di antara rentang terbitan {lower} dan {upper}; "
        f"instrumen ini membacanya sebagai {read_as}."
    )


@pytest.mark.parametrize(
    "total", ["0", "467", "499.99", "500", "600", "601", "700.00", "701.00", "900", "901", "1000"]
)
def test_no_note_outside_the_gaps(total):
    assert gap_note(BANDS, d(total)) is None


def test_the_note_follows_the_instruments_own_thresholds():
    moved = tuple(replace(band, threshold=d(601)) if band.code == "madya" else band for band in BANDS)
    assert gap_note(moved, d("600.50")).endswith("sebagai Pratama.")


@pytest.mark.parametrize("published", [None, "", "di atas 600", "601"])
def test_bands_without_a_published_range_have_no_gap(published):
    silent = tuple(replace(band, published=published) for band in BANDS)
    assert gap_note(silent, d("600.50")) is None


def test_a_band_without_a_range_widens_the_gap():
    silent = tuple(replace(band, published=None) if band.code == "madya" else band for band in BANDS)
    assert "Pratama (500-600) dan Nindya (701-800)" in gap_note(silent, d("650"))


def test_ranges_may_be_printed_with_a_dash_and_decimals():
    printed = {"pratama": "500–600.99", "madya": "601 - 700"}
    bands = tuple(replace(band, published=printed.get(band.code, band.published)) for band in BANDS)
    assert gap_note(bands, d("600.50")) is None


@pytest.mark.parametrize(
    ("code", "entry"), [("kla", "900.01"), ("nindya", "700.01"), ("pratama", "500.00"), ("inisiasi", "0.00")]
)
def test_entry_totals(code, entry):
    band = next(band for band in BANDS if band.code == code)
    assert str(entry_total(band)) == entry
    assert predikat_for(BANDS, entry_total(band)) == band
    assert code == "inisiasi" or predikat_for(BANDS, entry_total(band) - d("0.01")) != band


def test_entry_totals_between_two_cents():
    band = BANDS[0]
    assert entry_total(replace(band, threshold=d("900.005"))) == d("900.01")
    assert entry_total(replace(band, threshold=d("900.005"), inclusive=True)) == d("900.01")


def test_the_band_above():
    assert next_band(BANDS, BANDS[5]).code == "pratama"
    assert next_band(BANDS, BANDS[1]).code == "kla"
    assert next_band(BANDS, BANDS[0]) is None


def test_points_to_a_band_end_where_it_is_entered():
    for band in BANDS[:-1]:
        lacking = points_to(band, d("12.34"))
        assert predikat_for(BANDS, d("12.34") + lacking) == band
        assert predikat_for(BANDS, d("12.34") + lacking - d("0.01")) != band
    assert points_to(next_band(BANDS, BANDS[0]), d("990")) is None
