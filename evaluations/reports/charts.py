"""Charts as SVG text, for paper and for pages. Attributes carry plain numbers, texts Indonesian ones.

Colours come with a palette and shapes carry classes, so a page may colour them from its own style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evaluations.scoring.score import percent_of
from indicators.spec import Band
from kla_portal.indonesian import angka, persen, round_half_up

WIDTH = 640
"""Units of the view boxes; the style sheet decides the size on paper."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as SVG paints; ``bands`` from the lowest predikat to the best, (ground, word)."""

    ink: str
    quiet: str
    track: str
    fill: str
    font: str
    bands: tuple[tuple[str, str], ...]


PAPER = Palette(
    ink="#15211f",
    quiet="#4a5856",
    track="#e6ecea",
    fill="#0b5f64",
    font="Liberation Sans, Arimo, Arial, sans-serif",
    bands=(
        ("#e9e9e3", "#3d4b49"),
        ("#d9ecea", "#0a4347"),
        ("#aed6d3", "#073a3d"),
        ("#74b8b5", "#042a2c"),
        ("#1a7479", "#ffffff"),
        ("#073d41", "#ffffff"),
    ),
)


SCREEN = Palette(
    ink="var(--ink)",
    quiet="var(--ink-2)",
    track="var(--line)",
    fill="var(--accent)",
    font="inherit",
    bands=PAPER.bands,
)
"""The page's own colours, light and dark."""
NARROW = 400
"""Units of a chart that must be read on a phone."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A cluster in percent of its maximum, beside last edition and the province's median (``None``: not known)."""

    name: str
    percent: Fraction
    last: Fraction | None
    middle: Fraction | None


class Measured(Protocol):
    """A cluster with its points, e.g. ``ClusterPoints``."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def points(self) -> Decimal: ...
    @property
    def weight(self) -> Decimal: ...


def cluster_chart_svg(clusters: Sequence[Measured], *, palette: Palette = PAPER) -> SafeString:
    """Horizontal bars, one per cluster, each against its own maximum."""
    row, bar_x, bar_width = 34, 0, WIDTH - 64
    bars = []
    for number, cluster in enumerate(clusters):
        percent = percent_of(cluster.points, cluster.weight)
        top = number * row
        label = f"{cluster.code} {cluster.name}"
        worth = f"{angka(cluster.points)} dari {angka(cluster.weight)}"
        bars.append(
            format_html(
                '<g class="cluster"><text x="{}" y="{}" font-size="11.5" fill="{}">{}</text>'
                '<text x="{}" y="{}" font-size="11.5" fill="{}" text-anchor="end">{}</text>'
                '<rect class="track" x="{}" y="{}" width="{}" height="9" fill="{}"/>'
                '<rect class="fill" x="{}" y="{}" width="{}" height="9" fill="{}"/>'
                '<text x="{}" y="{}" font-size="12" font-weight="bold" fill="{}" text-anchor="end">{}</text>'
                "</g>",
                *(bar_x, top + 12, palette.ink, label),
                *(bar_width, top + 12, palette.quiet, worth),
                *(bar_x, top + 17, bar_width, palette.track),
                *(bar_x, top + 17, number_text(percent * bar_width / 100), palette.fill),
                *(WIDTH, top + 25, palette.ink, persen(percent, 1)),
            )
        )
    spoken = "; ".join(
        f"{part.code} {angka(part.points)} dari {angka(part.weight)} poin "
        f"({persen(percent_of(part.points, part.weight), 1)})"
        for part in clusters
    )
    return _svg(len(clusters) * row, "Nilai per klaster terhadap nilai maksimum", spoken, bars, palette)


def predikat_scale_svg(
    total: Decimal, bands: Sequence[Band], *, maximum: Decimal = Decimal(1000), palette: Palette = PAPER
) -> SafeString:
    """A ruler from 0 to ``maximum`` with the predikat bands (best first) and a mark at ``total``."""
    parts: list[SafeString] = []
    upper = maximum
    for place, band in enumerate(bands):
        ground, word = _band_colours(len(bands) - 1 - place, len(bands), palette)
        left, right = _on_ruler(band.threshold, maximum), _on_ruler(upper, maximum)
        parts.append(
            format_html(
                '<g class="band band-{}"><rect x="{}" y="24" width="{}" height="22" fill="{}"/>'
                '<text x="{}" y="39" font-size="10.5" text-anchor="middle" fill="{}">{}</text>'
                '<text x="{}" y="60" font-size="9.5" text-anchor="{}" fill="{}">{}</text></g>',
                *(band.code, number_text(left), number_text(max(right - left - 1, Fraction(0))), ground),
                *(number_text((left + right) / 2), word, band.name),
                *(number_text(left), "middle" if left else "start", palette.quiet, angka(band.threshold)),
            )
        )
        upper = band.threshold
    mark = _on_ruler(total, maximum)
    anchor = "start" if mark < 40 else "end" if mark > WIDTH - 40 else "middle"
    parts.append(
        format_html(
            '<text x="{0}" y="60" font-size="9.5" text-anchor="end" fill="{1}">{2}</text>'
            '<g class="mark"><path d="M{3} 48v-30l-4 -5h8l-4 5" fill="{4}" stroke="{4}" stroke-width="1.6"/>'
            '<text x="{3}" y="10" font-size="12" font-weight="bold" text-anchor="{5}" fill="{4}">{6}</text>'
            "</g>",
            *(WIDTH, palette.quiet, angka(maximum), number_text(mark), palette.ink, anchor, angka(total, 2)),
        )
    )
    spoken = ", ".join(f"{band.name} mulai {angka(band.threshold)}" for band in reversed(bands))
    title = f"Nilai {angka(total, 2)} pada skala 0 sampai {angka(maximum)}"
    return _svg(64, title, spoken, parts, palette)


def comparison_chart_svg(
    rows: Sequence[Compared],
    *,
    last_name: str,
    middle_name: str,
    palette: Palette = PAPER,
    width: int = WIDTH,
) -> SafeString:
    """Bars in percent of each cluster's maximum; a line marks last edition, a diamond the province's median."""
    step, bar_width = 36, width - 56
    # Some 6.5 units a letter; the name in full is in the description and in the table beside it.
    letters = width * 2 // 13
    parts, spoken = [], []
    for number, row in enumerate(rows):
        top = number * step
        marks = [
            _mark(shape, share, top + 22, bar_width, palette)
            for shape, share in (("last", row.last), ("middle", row.middle))
            if share is not None
        ]
        parts.append(
            format_html(
                '<g class="cluster"><text x="0" y="{}" font-size="12" fill="{}">{}</text>'
                '<rect class="track" x="0" y="{}" width="{}" height="10" fill="{}"/>'
                '<rect class="fill" x="0" y="{}" width="{}" height="10" fill="{}"/>{}'
                '<text x="{}" y="{}" font-size="12" font-weight="bold" fill="{}" text-anchor="end">{}</text></g>',
                *(top + 12, palette.ink, _shortened(row.name, letters), top + 17, bar_width, palette.track),
                *(top + 17, number_text(row.percent * bar_width / 100), palette.fill),
                format_html_join("", "{}", ((mark,) for mark in marks)),
                *(width, top + 26, palette.ink, persen(row.percent, 1)),
            )
        )
        others = ((last_name, row.last), (middle_name, row.middle))
        beside = [f"{name} {persen(share, 1)}" for name, share in others if share is not None]
        spoken.append(", ".join([f"{row.name} {persen(row.percent, 1)}", *beside]))
    title = "Persentase nilai maksimum tiap klaster"
    return _svg(len(rows) * step, title, "; ".join(spoken), parts, palette, width)


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _mark(shape: str, share: Fraction, middle: int, bar_width: int, palette: Palette) -> SafeString:
    """Told apart by shape, not by colour: a line through the bar, or a hollow diamond on it."""
    x = number_text(share * bar_width / 100)
    path = f"M{x} {middle - 8}v16" if shape == "last" else f"M{x} {middle - 5}l5 5l-5 5l-5 -5z"
    inside = "none" if shape == "last" else palette.track
    return format_html(
        '<path class="{}" d="{}" fill="{}" stroke="{}" stroke-width="2"/>', shape, path, inside, palette.ink
    )


def number_text(value: Fraction | Decimal | int) -> str:
    """A plain number for an attribute: at most two digits after a point, never a comma or an exponent."""
    text = f"{round_half_up(value, 2):f}"
    return text.rstrip("0").rstrip(".")


def _on_ruler(value: Decimal, maximum: Decimal) -> Fraction:
    return Fraction(value) / Fraction(maximum) * WIDTH


def _band_colours(step: int, count: int, palette: Palette) -> tuple[str, str]:
    """Colours of band ``step`` of ``count``, lowest 0; the ramp is spread over as many bands as there are."""
    last = len(palette.bands) - 1
    return palette.bands[step * last // max(count - 1, 1)]


def _svg(
    height: int,
    title: str,
    spoken: str,
    parts: Sequence[SafeString],
    palette: Palette,
    width: int = WIDTH,
) -> SafeString:
    return format_html(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
        ' font-family="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        *(width, height, palette.font, title, spoken),
        format_html_join("", "{}", ((part,) for part in parts)),
    )
