"""Pictures of many districts as SVG text: how many hold each predikat, and a tile for every province.

Colours are the page's own tokens, as presentation attributes; each shape also says its number. Attributes carry plain
numbers. The tiles stand roughly where the provinces lie: no boundary set is needed, and a small province is as visible
as a large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from indicators.spec import Band

WIDTH = 272
"""Of the bars, in pixels: a phone shows them without scrolling."""

PLACES = {
    "11": (0, 0), "21": (3, 0), "65": (6, 0), "71": (9, 0), "82": (10, 0),
    "12": (1, 1), "14": (2, 1), "61": (5, 1), "64": (6, 1), "75": (8, 1),
    "96": (11, 1), "92": (12, 1), "91": (13, 1),
    "13": (1, 2), "15": (2, 2), "19": (3, 2), "62": (5, 2), "63": (6, 2), "72": (8, 2), "81": (10, 2),
    "94": (12, 2), "95": (13, 2),
    "17": (1, 3), "16": (2, 3), "76": (7, 3), "73": (8, 3), "74": (9, 3), "93": (13, 3),
    "18": (2, 4),
    "36": (2, 5), "31": (3, 5), "32": (4, 5), "33": (5, 5), "35": (6, 5), "51": (7, 5), "52": (8, 5), "53": (9, 5),
    "34": (5, 6),
}  # fmt: skip
"""Province code -> column and row."""

SHORT = {
    "11": "Aceh", "12": "Sumut", "13": "Sumbar", "14": "Riau", "15": "Jambi", "16": "Sumsel", "17": "Bengkulu",
    "18": "Lampung", "19": "Babel", "21": "Kepri", "31": "DKI", "32": "Jabar", "33": "Jateng", "34": "DIY",
    "35": "Jatim", "36": "Banten", "51": "Bali", "52": "NTB", "53": "NTT", "61": "Kalbar", "62": "Kalteng",
    "63": "Kalsel", "64": "Kaltim", "65": "Kaltara", "71": "Sulut", "72": "Sulteng", "73": "Sulsel",
    "74": "Sultra", "75": "Gorontalo", "76": "Sulbar", "81": "Maluku", "82": "Malut", "91": "Papua",
    "92": "P. Barat", "93": "P. Selatan", "94": "P. Tengah", "95": "P. Peg.", "96": "PBD",
}  # fmt: skip

STEPS = ("0%", "1–24%", "25–49%", "50–74%", "75–99%", "100%")
"""Share of a province's districts that hold a predikat; step n has the colour of the n-th band."""

TILE_WIDTH, TILE_HEIGHT, GAP = 62, 40, 4


def distribution_svg(counts: Sequence[tuple[Band, int]], *, unit: str = "kabupaten/kota") -> SafeString:
    """Bars, the best band first, each against the fullest. The table beside it says the same."""
    row, left, room = 44, 76, WIDTH - 76 - 32
    fullest = max((count for _, count in counts), default=0) or 1
    bars = [
        format_html(
            '<text x="0" y="{}" font-size="14" fill="var(--ink)">{}</text>'
            '<rect x="{}" y="{}" width="{}" height="18" fill="{}" stroke="var(--line-strong)"/>'
            '<text x="{}" y="{}" font-size="14" fill="var(--ink)">{}</text>',
            *(place * row + 18, band.name, left, place * row + 4, count * room // fullest),
            *(_ground(len(counts) - 1 - place), left + count * room // fullest + 6, place * row + 18, count),
        )
        for place, (band, count) in enumerate(counts)
    ]
    spoken = "; ".join(f"{band.name} {count} {unit}" for band, count in counts)
    return _svg(WIDTH, len(counts) * row, "Sebaran predikat", spoken, bars)


@dataclass(frozen=True, slots=True)
class Tile:
    """``awarded`` of ``districts`` hold a predikat; ``known`` have a total at all. ``url``: where the tile leads."""

    code: str
    name: str
    districts: int
    known: int
    awarded: int
    url: str

    @property
    def step(self) -> int | None:
        """Which of ``STEPS``; ``None`` without any total."""
        if not self.known or not self.districts:
            return None
        if self.awarded >= self.districts:
            return len(STEPS) - 1
        return 0 if not self.awarded else 1 + self.awarded * 4 // self.districts

    @property
    def words(self) -> str:
        if not self.known:
            return f"{self.name}: belum ada nilai, {self.districts} kabupaten/kota"
        return f"{self.name}: {self.awarded} dari {self.districts} kabupaten/kota berpredikat"


def tile_grid_svg(tiles: Sequence[Tile]) -> SafeString:
    """One tile per province with its short name and "9/13". Provinces without a place in the grid are left out."""
    drawn = [_tile(tile, *PLACES[tile.code]) for tile in tiles if tile.code in PLACES]
    columns, rows = (max(place[axis] for place in PLACES.values()) + 1 for axis in (0, 1))
    spoken = "; ".join(tile.words for tile in tiles)
    width, height = columns * (TILE_WIDTH + GAP), rows * (TILE_HEIGHT + GAP)
    title = "Petak provinsi menurut bagian yang berpredikat"
    # As an image the links in it could be reached by Tab but would not be spoken.
    return _svg(width, height, title, spoken, drawn, role="group")


def _tile(tile: Tile, column: int, row: int) -> SafeString:
    x, y = column * (TILE_WIDTH + GAP) + 1, row * (TILE_HEIGHT + GAP) + 1
    step = tile.step
    ground = "none" if step is None else _ground(step)
    ink = "var(--ink-3)" if step is None else f"var(--band-{step}-ink)"
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4" fill="{}"'
        ' stroke="var(--line-strong)"{}/><text x="{}" y="{}" font-size="12" text-anchor="middle" fill="{}">{}</text>'
        '<text x="{}" y="{}" font-size="13" font-weight="bold" text-anchor="middle" fill="{}">{}</text></a>',
        *(tile.url, tile.words, tile.words, x, y, TILE_WIDTH - 1, TILE_HEIGHT - 1, ground),
        SafeString(' stroke-dasharray="3 3"') if step is None else SafeString(""),
        *(x + TILE_WIDTH // 2, y + 15, ink, SHORT.get(tile.code, tile.name[:9])),
        *(x + TILE_WIDTH // 2, y + 31, ink, "–" if step is None else f"{tile.awarded}/{tile.districts}"),
    )


def _ground(step: int) -> str:
    return f"var(--band-{min(step, len(STEPS) - 1)})"


def _svg(
    width: int, height: int, title: str, spoken: str, parts: Sequence[SafeString], *, role: str = "img"
) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="{5}">'
        "<title>{2}</title><desc>{3}</desc>{4}</svg>",
        *(width, height, title, spoken),
        format_html_join("", "{}", ((part,) for part in parts)),
        role,
    )
