"""HTML with holes: every text where it belongs, escaped once."""

from __future__ import annotations

import pytest
from django.utils.safestring import mark_safe

from evaluations.views.holes import ANY_PK, fill, hole, split


def test_each_hole_gets_its_text_as_often_as_it_stands_there():
    parts = split(f'<a href="/evaluasi/{ANY_PK}/">{hole("name")}</a> {hole("saved_day")}, {hole("name")}')
    assert (
        fill(parts, {"pk": "7", "name": "A", "saved_day": "1 Juni"})
        == '<a href="/evaluasi/7/">A</a> 1 Juni, A'
    )
    assert fill(parts, {"pk": "8", "name": "B", "saved_day": ""}) == '<a href="/evaluasi/8/">B</a> , B'


def test_text_is_escaped_and_html_is_not():
    parts = split(f"{hole('note')}{hole('bars')}")
    filled = fill(parts, {"note": "<b>&", "bars": mark_safe("<svg>")})
    assert filled == "&lt;b&gt;&amp;<svg>"
    assert filled.__html__() == filled


def test_a_hole_without_a_text_is_no_silent_gap():
    with pytest.raises(KeyError):
        fill(split(hole("note")), {})
