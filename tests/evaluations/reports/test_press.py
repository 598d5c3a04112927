"""What makes the press faster changes no byte, and leaves the process as it was."""

from __future__ import annotations

import gc
import threading

import pytest
from django.template.loader import render_to_string
from weasyprint import HTML

from evaluations.reports import pdf, press
from evaluations.reports.keys import template_folder
from tests.evaluations.reports import build

PAGE = (
    '<!doctype html><html lang="id"><title>Contoh</title><h1>Judul</h1><ol><li>satu<ul><li>dua</ul></ol>'
    '<p><a href="#x">ke x</a><table><thead><tr><th scope="col">A<tbody><tr><td>b</table><h2 id="x">X</h2>'
)


def plain(html):
    """The same by WeasyPrint alone."""
    document = HTML(string=html, url_fetcher=press._types().fetcher(pdf.assets()))
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True)


@pytest.fixture
def at_press(monkeypatch):
    """``at_press(deed)``: does it where a paper would be printed."""
    monkeypatch.setattr(press, "_printed", lambda deed, name, files: deed() or b"")
    return lambda deed: press.printed(deed, "contoh", {})


def test_every_element_is_printed_as_weasyprint_prints_it():
    assert press.printed(PAGE, "contoh", {}) == plain(PAGE)


def test_a_paper_is_printed_as_weasyprint_prints_it():
    html = render_to_string("evaluations/report/ranking.html", {"report": build.ranking_report()})
    assert press.printed(html, "ranking", pdf.assets()) == plain(html)


def test_styles_of_notes_and_direction_are_left_out_and_no_others():
    from weasyprint.html import UA

    left = press.UNUSED.findall(UA)
    assert len(left) >= 20
    assert all("note-" in line or "[dir" in line for line in left)
    kept = press.UNUSED.sub("", UA)
    for needed in ("::marker", "br::before", "bookmark-level", "table-header-group"):
        assert needed in kept


def test_no_paper_needs_what_is_left_out():
    for path in template_folder().iterdir():
        text = path.read_text(encoding="utf-8")
        assert " dir=" not in text, path.name
        assert "footnote" not in text and "note(" not in text, path.name


def test_the_collector_rests_while_a_paper_is_printed_and_only_then(at_press):
    seen = []
    at_press(lambda: seen.append(gc.isenabled()))
    assert seen == [False]
    assert gc.isenabled()


def test_the_collector_goes_on_after_a_paper_that_failed(at_press):
    def fail():
        raise press.ReportFailed("contoh")

    with pytest.raises(press.ReportFailed):
        at_press(fail)
    assert gc.isenabled()


def test_two_at_the_press_end_in_any_order(at_press):
    """The one that ends first does not wake it for the other."""
    inside, ended = threading.Event(), threading.Event()

    def long():
        inside.set()
        assert ended.wait(10)
        seen.append(gc.isenabled())

    seen = []
    other = threading.Thread(target=at_press, args=(long,))
    other.start()
    assert inside.wait(10)
    at_press(lambda: None)
    assert not gc.isenabled()
    ended.set()
    other.join(10)
    assert seen == [False]
    assert gc.isenabled()


def test_a_collector_that_someone_else_stopped_stays_stopped(at_press):
    gc.disable()
    try:
        at_press(lambda: None)
        assert not gc.isenabled()
    finally:
        gc.enable()
