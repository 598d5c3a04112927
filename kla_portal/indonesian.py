"""Numbers, dates and time zones the Indonesian way. Standard library only: scoring builds on it too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
"""The three Indonesian zones by IANA name; printed with every time of day."""

NATIONAL_ZONE = ZoneInfo("Asia/Jakarta")
"""Zone for national pages, where no province sets one."""


_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


def round_half_up(value: Decimal | Fraction | int | str, places: int) -> Decimal:
    """The value rounded half away from zero, exactly, with ``places`` digits after the comma."""
    if isinstance(value, float):
        raise TypeError("numbers are Decimal or Fraction, never float")
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() + places < _WIDE.prec - 2:
        # What nearly every number takes, six times as fast; no digit is cut off, since all of them have room.
        rounded = value.quantize(Decimal((0, (1,), -places)), context=_WIDE)
        return rounded if rounded else rounded.copy_abs()
    exact = Fraction(value)
    units, rest = divmod(abs(exact) * 10**places, 1)
    digits = str(int(units) + (1 if 2 * rest >= 1 else 0))
    # Built from digits, not by arithmetic: a Decimal context would cut off beyond 28 digits.
    sign = "-" if exact < 0 and digits != "0" else ""
    return Decimal(f"{sign}{digits}E-{places}") if places else Decimal(f"{sign}{digits}")


def _terminating(value: Fraction) -> int | None:
    """How many digits after the comma write ``value`` exactly; None when no number of digits does."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _as_it_stands(value: Decimal | int) -> str:
    """All digits, without an exponent or trailing zeros. The common case, and six times as fast."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def angka(value: Decimal | Fraction | int | str, places: int | None = None) -> str:
    """``Decimal("1234.5")`` -> ``1.234,5``; with ``places=2`` -> ``1.234,50`` (rounded half up).

    Without ``places`` the number is written exactly, trailing zeros of the fraction dropped; a fraction that
    no decimal writes exactly (1/3) gets two places. Floats raise TypeError: they are never exact.
    """
    if isinstance(value, float):
        raise TypeError("numbers are Decimal or Fraction, never float")
    if places is None and isinstance(value, int | Decimal):
        text = _as_it_stands(value)
    else:
        exact = Fraction(value)
        needed = _terminating(exact) if places is None else places
        text = f"{round_half_up(exact, 2 if needed is None else needed):f}"
    sign = "−" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("-").partition(".")
    groups = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{groups},{fraction}" if fraction else f"{sign}{groups}"


def persen(value: Decimal | Fraction | int | str, places: int = 2) -> str:
    """A percentage as people read it: ``91,39%``; 95 -> ``95,00%``.

    Cut-offs are whole numbers and the percentage is compared unrounded. A rounded ``95,00%`` that misses
    95 would read as a mistake, so a value that only rounding makes whole gets more places: ``94,998%``.
    With ``places=0`` a rough whole number is what was asked for.
    """
    if isinstance(value, float):
        raise TypeError("numbers are Decimal or Fraction, never float")
    exact = Fraction(value)
    shown = round_half_up(exact, places)
    while 0 < places < 12 and exact.denominator != 1 and Fraction(shown).denominator == 1:
        places += 1
        shown = round_half_up(exact, places)
    return f"{angka(shown, places)}%"


def zone_name(zone: ZoneInfo) -> str:
    """WIB, WITA or WIT; any other zone by its IANA name."""
    return ZONE_NAMES.get(zone.key, zone.key)


def tanggal(value: date | datetime, *, weekday: bool = False) -> str:
    """``30 Juni 2026``, or ``Selasa, 30 Juni 2026``. A datetime is taken as it stands: convert it first."""
    text = f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{DAYS[value.weekday()]}, {text}" if weekday else text


def _must_be_aware(value: datetime) -> None:
    """A naive time would silently be read in the server's own zone."""
    if value.tzinfo is None:
        raise ValueError("a time of day needs its zone")


def jam(value: datetime, zone: ZoneInfo) -> str:
    """``14.02 WITA`` in the given zone. ``value`` must be aware."""
    _must_be_aware(value)
    return f"{value.astimezone(zone):%H.%M} {zone_name(zone)}"


def tanggal_jam(value: datetime, zone: ZoneInfo) -> str:
    """``30 Juni 2026 23.59 WITA`` in the given zone. ``value`` must be aware."""
    _must_be_aware(value)
    local = value.astimezone(zone)
    return f"{tanggal(local)} {local:%H.%M} {zone_name(zone)}"


def sisa_waktu(until: datetime, now: datetime) -> str:
    """``12 hari lagi``, ``5 jam lagi``, ``20 menit lagi`` or ``sudah lewat``; always rounded down."""
    left = until - now
    if left <= timedelta(0):
        return "sudah lewat"
    seconds = left // timedelta(seconds=1)
    for size, word in ((86400, "hari"), (3600, "jam"), (60, "menit")):
        if seconds >= size:
            return f"{seconds // size} {word} lagi"
    return "kurang dari satu menit lagi"


def ukuran(size: int) -> str:
    """A file size in bytes as people read it: ``870 byte``, ``12 kB``, ``1,2 MB`` (decimal units)."""
    if size < 1000:
        return f"{size} byte"
    # Each unit ends where its rounded number would reach 1.000.
    for limit, divisor, places, unit in ((999_500, 10**3, 0, "kB"), (999_950_000, 10**6, 1, "MB")):
        if size < limit:
            return f"{angka(Fraction(size, divisor), places)} {unit}"
    return f"{angka(Fraction(size, 10**9), 1)} GB"
