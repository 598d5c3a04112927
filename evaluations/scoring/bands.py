"""Total -> predikat, by the bands of the instrument, and the gaps between the published bands.

Published: Pratama 500-600, Madya 601-700 and so on (Permen PPPA 12/2022). Nobody says what 600.5 is, so the
instrument's own thresholds decide and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from indicators.spec import Band
from kla_portal.indonesian import angka

CENT = Decimal("0.01")

_PUBLISHED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)\s*")


def predikat_for(bands: Sequence[Band], total: Decimal) -> Band:
    """The best band that holds ``total`` (rounded). ``bands`` best first; ``ValueError`` below them all."""
    for band in bands:
        if total >= band.threshold if band.inclusive else total > band.threshold:
            return band
    raise ValueError(f"no predikat band holds {total}")


def next_band(bands: Sequence[Band], band: Band) -> Band | None:
    """The band above ``band``; ``None`` above the best."""
    place = bands.index(band)
    return bands[place - 1] if place else None


def entry_total(band: Band) -> Decimal:
    """The smallest two-decimal total that the band holds: 700.01 for "above 700", 500.00 for "from 500"."""
    if band.inclusive:
        return band.threshold.quantize(CENT, rounding=ROUND_CEILING)
    return band.threshold.quantize(CENT, rounding=ROUND_FLOOR) + CENT


def points_to(band: Band | None, total: Decimal) -> Decimal | None:
    """What ``total`` lacks to enter a better band; ``None`` where there is none."""
    return None if band is None else entry_total(band) - total


def gap_note(bands: Sequence[Band], total: Decimal) -> str | None:
    """The note for a total between two published bands; ``None`` inside a band and outside them all."""
    ranges = [(*limits, band) for band in bands if (limits := _published(band))]
    below = [(high, band) for _, high, band in ranges if high < total]
    above = [(low, band) for low, _, band in ranges if low > total]
    if not below or not above or any(low <= total <= high for low, high, _ in ranges):
        return None
    lower = max(below, key=lambda pair: pair[0])[1]
    upper = min(above, key=lambda pair: pair[0])[1]
    return (
        f"Nilai {angka(total, 2)} berada di antara rentang terbitan {lower.name} ({lower.published}) "
        f"dan {upper.name} ({upper.published}); instrumen ini membacanya sebagai "
        f"{predikat_for(bands, total).name}."
    )


def _published(band: Band) -> tuple[Decimal, Decimal] | None:
    match = _PUBLISHED.fullmatch(band.published or "")
    return (Decimal(match[1]), Decimal(match[2])) if match else None
