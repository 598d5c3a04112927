"""The districts that the demo fills, and the totals they reached in its past edition."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

KALSEL, KALTENG = "63", "62"
TABALONG, TANAH_BUMBU = "63.09", "63.10"


@dataclass(frozen=True)
class Place:
    """``people``: the population, rounded; it only gives invented numbers a believable size.

    ``total``: the past edition's self-assessment. Tabalong's 955,25 (2024, first in Kalimantan Selatan) was
    published; every other total is a demo value.
    """

    code: str
    slug: str
    name: str
    people: int
    total: Decimal


def _place(code: str, name: str, people: int, total: str) -> Place:
    return Place(code, name.replace(" ", "").lower(), name, people, Decimal(total))


# One below 500 (no predikat), one between two published bands (600,50), and two that share a rank.
PLACES = (
    _place("63.09", "Tabalong", 262_000, "955.25"),
    _place("63.72", "Banjarbaru", 272_000, "921.40"),
    _place("63.71", "Banjarmasin", 675_000, "903.15"),
    _place("63.03", "Banjar", 578_000, "868.75"),
    _place("63.06", "Hulu Sungai Selatan", 232_000, "842.30"),
    _place("63.01", "Tanah Laut", 358_000, "811.05"),
    _place("63.08", "Hulu Sungai Utara", 231_000, "765.90"),
    _place("63.10", "Tanah Bumbu", 334_000, "748.60"),
    _place("63.11", "Balangan", 134_000, "712.35"),
    _place("63.05", "Tapin", 196_000, "684.50"),
    _place("63.04", "Barito Kuala", 318_000, "684.50"),
    _place("63.07", "Hulu Sungai Tengah", 263_000, "600.50"),
    _place("63.02", "Kotabaru", 331_000, "468.30"),
    _place("62.10", "Gunung Mas", 138_000, "573.85"),
)
BY_CODE = {place.code: place for place in PLACES}
