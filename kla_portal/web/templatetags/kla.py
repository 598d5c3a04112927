"""Numbers, dates, icons and small pictures for every template. Registered as builtins: no ``{% load %}``.

Filters write for people (Indonesian separators). Inside attributes, SVG and ``value=`` use ``mentah``, which
writes a plain machine-readable number whatever the active locale. All of them are exact and refuse floats.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kla_portal import indonesian

register = template.Library()

EMPTY = "–"
"""What stands where there is no value."""

STATES = ("ok", "warn", "block", "info", "quiet")
BANDS = ("inisiasi", "pratama", "madya", "nindya", "utama", "kla")

Number = Decimal | Fraction | int


def _number(value: object) -> Number | None:
    """The exact number, or None for what is not one (empty, text a person typed). Floats raise TypeError."""
    if isinstance(value, float):
        raise TypeError("templates show Decimal or Fraction, never float")
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, (int, Fraction)):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _absent(value: object) -> bool:
    return value is None or value == ""


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if not zone:
        return indonesian.NATIONAL_ZONE
    return ZoneInfo(zone) if isinstance(zone, str) else zone


# Numbers


@register.filter
def angka(value: object, places: int | None = None) -> str:
    """``{{ points|angka }}`` -> 1.234,5; ``{{ total|angka:2 }}`` -> 1.234,50. None -> –."""
    if _absent(value):
        return EMPTY
    number = _number(value)
    return str(value) if number is None else indonesian.angka(number, places)


@register.filter
def persen(value: object, places: int = 2) -> str:
    """``{{ percentage|persen }}`` -> 91,39%. The value is a percentage (91.39), not a share (0.9139)."""
    if _absent(value):
        return EMPTY
    number = _number(value)
    return str(value) if number is None else indonesian.persen(number, places)


@register.filter
def mentah(value: object, places: int = 6) -> str:
    """A plain number for attributes: ``value="{{ points|mentah }}"`` -> 12.5. Not a number -> empty."""
    number = None if _absent(value) else _number(value)
    if number is None:
        return ""
    text = f"{indonesian.round_half_up(number, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def ukuran(value: int | None) -> str:
    """``{{ file.size|ukuran }}`` -> 1,2 MB. Bytes in."""
    return EMPTY if _absent(value) else indonesian.ukuran(int(value or 0))


# Dates and times


@register.filter(expects_localtime=True)
def tanggal(value: date | datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """``{{ day|tanggal }}`` -> 30 Juni 2026. A time is taken in ``zone``, else in the active time zone."""
    if _absent(value) or value is None:
        return EMPTY
    if zone and isinstance(value, datetime):
        value = value.astimezone(_zone(zone))
    return indonesian.tanggal(value)


@register.filter
def tanggal_jam(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """``{{ closes_at|tanggal_jam:zone }}`` -> 30 Juni 2026 23.59 WITA. Without a zone: WIB."""
    return EMPTY if not value else indonesian.tanggal_jam(value, _zone(zone))


@register.filter
def jam(value: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """``{{ saved_at|jam:zone }}`` -> 14.02 WITA. Without a zone: WIB."""
    return EMPTY if not value else indonesian.jam(value, _zone(zone))


@register.filter
def sisa_waktu(until: datetime | None) -> str:
    """``{{ closes_at|sisa_waktu }}`` -> 12 hari lagi, or "sudah lewat"."""
    return EMPTY if not until else indonesian.sisa_waktu(until, timezone.now())


# What is the same on every page


@lru_cache
def _same(template_name: str) -> SafeString:
    return render_to_string(template_name)


@register.simple_tag
def once(template_name: str) -> SafeString:
    """``{% once "_partials/footer.html" %}``: what takes nothing from the page, drawn once per process.

    While developing it is drawn every time, so that a change shows.
    """
    return render_to_string(template_name) if settings.DEBUG else _same(template_name)


# Icons and badges


@lru_cache
def _sprite() -> str:
    return static("icons/sprite.svg")


@register.simple_tag
@lru_cache(maxsize=500)
def ikon(name: str, label: str = "") -> SafeString:
    """``{% ikon "check" %}``: a symbol of the sprite. With a label it speaks, else it is decoration."""
    target = f"{_sprite()}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, target
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', target)


@register.simple_tag
def predikat(code: str | None, name: str = "") -> SafeString:
    """``{% predikat "nindya" "Nindya" %}``: the badge, an icon and the word. No code -> –.

    Bands are data of the instrument: a code the ramp does not know gets the neutral badge with its own name.
    """
    if not code:
        return SafeString(EMPTY)
    known = code if code in BANDS else "inisiasi"
    word = name or ("KLA" if code == "kla" else code.capitalize())
    return format_html(
        '<span class="predikat predikat-{}">{}{}</span>', known, ikon(f"predikat-{known}"), word
    )


@register.simple_tag
def state(kind: str, text: object, icon: str = "") -> SafeString:
    """``{% state "ok" "Tersimpan" "check" %}``: a state as icon and word.

    Without an icon the style sheet draws the kind's own one, which keeps long pages light. An unknown kind is
    a mistake in the template: ValueError.
    """
    if kind not in STATES:
        raise ValueError(f"unknown state {kind!r}; one of {', '.join(STATES)}")
    return format_html('<span class="state state-{}">{}{}</span>', kind, ikon(icon) if icon else "", text)


# Small pictures


def _get(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, dict) else getattr(row, name, None)


def _share(points: object, weight: object) -> Fraction:
    """points / weight between 0 and 1; 0 where either is missing or the weight is 0."""
    part, whole = _number(points), _number(weight)
    if part is None or not whole or whole < 0:
        return Fraction(0)
    return min(max(Fraction(part) / Fraction(whole), Fraction(0)), Fraction(1))


@register.simple_tag
def bar(value: object, maximum: object, label: str = "") -> SafeString:
    """``{% bar points weight "K0 Kelembagaan" %}``: a <progress> with plain numbers in its attributes."""
    return format_html(
        '<progress class="bar" value="{}" max="{}" aria-label="{}">{}</progress>',
        mentah(value) or "0",
        mentah(maximum) or "1",
        label,
        indonesian.persen(_share(value, maximum) * 100, 0),
    )


@register.simple_tag
def cluster_bars(clusters: Iterable[Any]) -> SafeString:
    """Thin upright bars, one per cluster, of points against the maximum, as an inline SVG.

    ``clusters``: objects or dicts with ``code``, ``points`` (or None) and ``weight``. Each bar has its title.
    """
    height, step = 24, 10
    tracks, bars, spoken = [], [], []
    for index, cluster in enumerate(clusters):
        code, points, weight = (_get(cluster, name) for name in ("code", "points", "weight"))
        share = _share(points, weight)
        x = index * step + 3
        tracks.append(f"M{x} 0v{height}")
        title = f"{code} {angka(points, 2)} / {angka(weight)}"
        if share:
            top = mentah(height - share * height, 1)
            bars.append((x, height, top, title))
        spoken.append(title)
    if not spoken:
        return SafeString(EMPTY)
    width = len(spoken) * step - 4
    drawn = format_html_join("", '<path d="M{} {}V{}"><title>{}</title></path>', bars)
    return format_html(
        '<svg class="cluster-bars" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<path class="track" d="{}"/>{}</svg>',
        width, height, width, height, "; ".join(spoken), "".join(tracks), drawn,
    )  # fmt: skip


@register.inclusion_tag("_partials/score_scale.html")
def score_scale(
    score: object, bands: Iterable[Any], total: object = 1000, safe: object = None
) -> dict[str, Any]:
    """The scale 0 to ``total`` with the predikat bands and a mark at the score (and at the safe score).

    ``bands``: objects with ``code``, ``name``, ``threshold``, best first as in the instrument.
    """
    whole = Fraction(_number(total) or 1000)
    width = 360
    parts, upper = [], whole
    for band in bands:
        lower = Fraction(_number(_get(band, "threshold")) or 0)
        code = _get(band, "code")
        parts.append(
            {
                "code": code if code in BANDS else "inisiasi",
                "name": _get(band, "name"),
                "threshold": lower,
                "x": mentah(lower / whole * width, 1),
                "middle": mentah((lower + upper) / 2 / whole * width, 1),
                "width": mentah(max((upper - lower) / whole * width - 1, Fraction(0)), 1),
            }
        )
        upper = lower
    marks = {
        name: mentah(_share(value, whole) * width, 1)
        for name, value in (("score_x", score), ("safe_x", safe))
        if not _absent(value)
    }
    return {"parts": parts[::-1], "score": score, "safe": safe, "total": whole, **marks}
