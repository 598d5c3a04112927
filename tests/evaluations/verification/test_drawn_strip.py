"""The strip's kept items are, letter by letter, those that the template draws."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.template.loader import render_to_string

from evaluations.views import drawn_strip
from evaluations.views.desk_page import MARKS, StripItem
from tests.evaluations.views.common import PROBE, main_of, signed_in, url

PLAIN = StripItem("1.1", "Peraturan daerah", "open", "/evaluasi/7/meja/va/1.1/", here=False)


@pytest.fixture(autouse=True)
def nothing_kept():
    drawn_strip._drawn.cache_clear()


def as_template(item):
    return render_to_string("evaluations/verification/_strip_item.html", {"item": item})


@pytest.mark.parametrize("mark", MARKS)
def test_as_the_template_draws_it(mark):
    items = [replace(PLAIN, mark=mark, here=here) for here in (False, True)]
    for _ in range(2):
        assert drawn_strip.draw_strip(items) == "".join(map(as_template, items))
    assert MARKS[mark][1] in drawn_strip.draw_strip(items)
    assert drawn_strip._drawn.cache_info().currsize == 2


def test_another_evaluations_strip_keeps_nothing_of_the_first():
    drawn_strip.draw_strip([PLAIN])
    other = drawn_strip.draw_strip([replace(PLAIN, url="/evaluasi/8/meja/vl/1.1/?baca=2&x=<")])
    assert "/evaluasi/8/meja/vl/1.1/?baca=2&amp;x=&lt;" in other
    assert "/evaluasi/7/" not in other
    assert drawn_strip._drawn.cache_info().currsize == 1


def test_what_is_shown_is_in_the_key():
    changed = [replace(PLAIN, title=PROBE), replace(PLAIN, mark="stale"), replace(PLAIN, here=True)]
    html = [drawn_strip.draw_strip([item]) for item in (PLAIN, *changed)]
    assert len(set(html)) == 4
    assert PROBE not in html[1]
    assert "&lt;script&gt;" in html[1]


def test_the_desk_leads_to_every_question_of_the_cluster(submitted, cast, spec):
    client = signed_in(cast.verifier_kalsel)
    for code, query in (("1.1", ""), ("12.1", "?baca=2")):
        page = main_of(client.get(url("desk", submitted.pk, "va", code) + query))
        cluster = spec.cluster_of[spec.indicator_of[code].number]
        for question in cluster.questions():
            assert f'href="{url("desk", submitted.pk, "va", question.code)}{query}" title=' in page
        assert page.count('aria-current="true"') == 1
