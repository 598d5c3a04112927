"""Tiles and bars: every province has its own place, numbers stand beside colours, attributes are plain."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from evaluations.reports.tiles import PLACES, SHORT, STEPS, WIDTH, Tile, distribution_svg, tile_grid_svg
from kla_portal.regions.models import Province

NS = "{http://www.w3.org/2000/svg}"


def tile(code="63", districts=13, known=13, awarded=9, name="Kalimantan Selatan"):
    return Tile(code, name, districts, known, awarded, f"/analisis/2026/{code}/")


def test_every_province_has_a_place_of_its_own_and_a_short_name(db):
    codes = set(Province.objects.values_list("code", flat=True))
    assert set(PLACES) == set(SHORT) == codes
    assert len(set(PLACES.values())) == 38


@pytest.mark.parametrize(
    ("known", "awarded", "step"),
    [
        (0, 0, None),
        (13, 0, 0),
        (13, 1, 1),
        (13, 3, 1),
        (13, 4, 2),
        (13, 7, 3),
        (13, 10, 4),
        (13, 12, 4),
        (13, 13, 5),
    ],
)
def test_the_step_is_the_share_of_all_districts(known, awarded, step):
    assert tile(known=known, awarded=awarded).step == step


def test_words_and_numbers_stand_beside_the_colour():
    svg = ET.fromstring(tile_grid_svg([tile(), tile("62", 14, 0, 0, "Kalimantan Tengah")]))
    links = svg.findall(f"{NS}a")
    assert [link.get("href") for link in links] == ["/analisis/2026/63/", "/analisis/2026/62/"]
    assert [text.text for text in links[0].findall(f"{NS}text")] == ["Kalsel", "9/13"]
    assert links[0].find(f"{NS}title").text == "Kalimantan Selatan: 9 dari 13 kabupaten/kota berpredikat"
    assert min(int(text.get("font-size")) for text in svg.iter(f"{NS}text")) >= 12
    unknown = links[1].find(f"{NS}rect")
    assert (unknown.get("fill"), unknown.get("stroke-dasharray")) == ("none", "3 3")
    assert links[1].findall(f"{NS}text")[1].text == "–"
    assert "belum ada nilai" in svg.find(f"{NS}desc").text


def test_tiles_are_links_that_are_spoken_and_bars_are_one_picture(spec):
    """Inside an image nothing is spoken: a link there could be reached by Tab and would be silent."""
    svg = ET.fromstring(tile_grid_svg([tile()]))
    assert svg.get("role") == "group"
    assert [link.get("aria-label") for link in svg.findall(f"{NS}a")] == [tile().words]
    bars = ET.fromstring(distribution_svg([(band, 3) for band in spec.bands]))
    assert bars.get("role") == "img"
    assert bars.findall(f"{NS}a") == []


def test_names_are_text():
    svg = tile_grid_svg([tile(name='<script>"x"</script>')])
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


def test_bars_are_against_the_fullest_and_say_their_number(spec):
    counts = [(band, number) for band, number in zip(spec.bands, (0, 2, 4, 1, 0, 0), strict=True)]
    svg = ET.fromstring(distribution_svg(counts))
    widths = [int(rect.get("width")) for rect in svg.iter(f"{NS}rect")]
    assert widths[2] == max(widths)
    assert (widths[0], widths[1] * 2) == (0, widths[2])
    assert svg.find(f"{NS}desc").text.startswith("KLA 0 kabupaten/kota; Utama 2")
    numbers = [text.text for text in svg.iter(f"{NS}text")][1::2]
    assert numbers == ["0", "2", "4", "1", "0", "0"]
    assert int(svg.get("width")) == WIDTH


def test_without_any_district_there_are_empty_bars(spec):
    svg = ET.fromstring(distribution_svg([(band, 0) for band in spec.bands]))
    assert {rect.get("width") for rect in svg.iter(f"{NS}rect")} == {"0"}


def test_attributes_carry_plain_numbers_and_no_style(spec):
    svg = tile_grid_svg([tile()]) + distribution_svg([(band, 3) for band in spec.bands])
    assert not re.search(r'(?:x|y|width|height)="[^"]*,', svg)
    assert "style=" not in svg
    assert len(STEPS) == 6
