"""PDF pages: their text, how finely they were scanned, and what they look like."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from evaluations.files import reader_pdf
from evaluations.files.reader import tidy
from tests.evaluations.evidence import corpus
from tests.evaluations.files import papers

JOB = {"text_pages": 500, "thumbnail_side": 240}
A4 = (0, 0, 595, 842)


def read(data):
    return reader_pdf.read(data, JOB)


def dpi(data):
    return read(data)["lowest_dpi"]


def drawn(data, page=1, width=240):
    return Image.open(io.BytesIO(reader_pdf.picture(data, {"page": page, "width": width}))).convert("RGB")


def test_text_keeps_its_lines_and_its_broken_words():
    (text,) = read(papers.letter())["texts"]
    assert tidy(text) == papers.DECREE


def test_text_of_a_page_that_lies_on_its_side_keeps_its_lines():
    """A wide table, drawn turned and shown turned back, as office programs print it."""
    (text,) = read(papers.letter(sideways=True))["texts"]
    assert tidy(text) == papers.DECREE


def test_text_set_by_a_typesetter():
    from weasyprint import HTML

    page = "<html lang=id><style>p{width:50mm;hyphens:auto}</style><p>Pembentukan gugus tugas penyelenggaraan</p>"
    (text,) = read(HTML(string=page).write_pdf())["texts"]
    assert tidy(text).replace("‐\n", "").replace("\n", " ") == "Pembentukan gugus tugas penyelenggaraan"


def test_one_text_for_each_page():
    found = read(papers.letter("satu", "", "tiga"))
    assert found["pages"] == 3
    assert [tidy(text) for text in found["texts"]] == ["satu", "", "tiga"]


def test_one_broken_page_does_not_hide_the_others():
    found = read(papers.letter("satu", "dua", "tiga").replace(b"/Type /Page\n", b"/Type /Pagx\n", 1))
    assert found["pages"] == 3
    assert [tidy(text) for text in found["texts"]] == ["", "dua", "tiga"]


def test_no_pages_at_all():
    with pytest.raises(pypdfium2.PdfiumError):
        read(corpus.pdf_without_pages())
    with pytest.raises(pypdfium2.PdfiumError, match="no page opens"):
        read(papers.letter("satu").replace(b"/Type /Page\n", b"/Type /Pagx\n", 1))


@pytest.mark.parametrize("resolution", [50, 72, 150, 300])
def test_the_resolution_of_a_scan(resolution):
    found = read(papers.scan(resolution, pages=2))
    assert found["pages"] == 2
    assert found["texts"] == ["", ""]
    assert found["lowest_dpi"] == resolution


def test_the_lowest_resolution_counts_of_several_pages():
    both = papers.joined(papers.scan(200), papers.letter("di antaranya"), papers.scan(96))
    assert dpi(both) == 96


SCANS = {
    "a scan": (papers.placed(A4, pixels=(827, 1170)), 100),
    "with margins": (papers.placed((20, 30, 555, 782), pixels=(771, 1086)), 100),
    "larger than the page": (papers.placed((-100, -100, 795, 1042), pixels=(1104, 1447)), 100),
    "drawn from above": (papers.placed((0, 842, 595, -842), pixels=(827, 1170)), 100),
    "in strips": (papers.placed(*[(0, y * 84.2, 595, 84.2) for y in range(10)], pixels=(827, 117)), 100),
    "in a coarse layer and a fine one": (papers.placed((0, 0, 1190, 1684), A4, pixels=(827, 1170)), 100),
    "with another beside the page": (papers.placed(A4, (2000, 0, 595, 842), pixels=(827, 1170)), 100),
    "with notes drawn on it": (papers.placed(A4, pixels=(827, 1170), strokes=500), 100),
    "in a form": (papers.scan_in_a_form((827, 1170)), 100),
    "squeezed": (papers.placed(A4, pixels=(827, 585)), 50),
    "with the stamp of e-signing": (
        papers.placed(A4, pixels=(827, 1170), text="Ditandatangani elektronik"),
        100,
    ),
}
NO_SCANS = {
    "text": papers.letter(),
    "a blank page": corpus.pdf(),
    "a letterhead's crest": papers.placed((60, 760, 60, 60), pixels=(200, 200), text=papers.DECREE),
    "half a page": papers.placed((0, 0, 595, 421), pixels=(827, 585)),
    "six photos on a page": papers.placed(
        *[(x * 200, y * 421, 195, 421) for x in range(3) for y in range(2)], pixels=(300, 400)
    ),
    "a colour behind": papers.placed(A4, pixels=(2, 2)),
    "a picture behind much text": papers.placed(A4, pixels=(300, 400), text="\n".join([papers.DECREE] * 3)),
    "mostly beside the page": papers.placed((-400, 0, 595, 842), pixels=(827, 1170)),
    "a map drawn on a picture": papers.placed(A4, pixels=(827, 1170), strokes=2500),
    "outside the page": papers.placed((2000, 2000, 595, 842), pixels=(827, 1170)),
}


@pytest.mark.parametrize("name", SCANS)
def test_what_is_a_scan(name):
    data, resolution = SCANS[name]
    assert dpi(data) == resolution


@pytest.mark.parametrize("name", NO_SCANS)
def test_what_is_no_scan(name):
    assert dpi(NO_SCANS[name]) is None


def test_the_signature_is_drawn():
    """What e-signing shows is a form field; without the form's environment PDFium leaves it out."""
    page = drawn(papers.signed("Surat"), width=595)
    assert page.getpixel((300, 542)) == (0, 0, 0)
    assert page.getpixel((50, 50)) == (255, 255, 255)


def test_a_turned_page_is_drawn_as_it_is_shown():
    assert drawn(papers.letter(rotated=90), width=842).size == (842, 595)
    thumbnail = Image.open(io.BytesIO(read(papers.letter(rotated=90))["thumbnail"]))
    assert thumbnail.size == (240, 170)


def test_a_page_as_long_as_a_street_stays_within_bounds():
    assert drawn(papers.letter("kecil", size=(72, 7200)), width=500).size == (20, 2000)


def test_pages_are_drawn_by_number():
    data = papers.joined(papers.scan(72), papers.letter("dua"))
    assert drawn(data, 1).getpixel((3, 3)) != (255, 255, 255)
    assert drawn(data, 2).getpixel((3, 3)) == (255, 255, 255)
    assert reader_pdf.picture(data, {"page": 3, "width": 100}) is None
