"""Word, Excel, PowerPoint: the words in reading order, rows as lines, within bounds."""

from __future__ import annotations

import zipfile

import pytest
from defusedxml import DefusedXmlException

from evaluations.files import reader_office
from evaluations.files.reader import tidy
from tests.evaluations.evidence import corpus
from tests.evaluations.files import papers
from tests.evaluations.files.papers import paragraph, table


def texts(data, kind, limit=100_000):
    found = reader_office.read(data, {"kind": kind, "text_limit": limit})
    assert found["thumbnail"] is None
    return [tidy(text) for text in found["texts"]]


def word(body, **more):
    (text,) = texts(papers.word(body, **more), "docx")
    return text


# Word


def test_runs_join_and_paragraphs_are_lines():
    assert (
        word(paragraph("KEPUTUSAN ", "BU", "PATI") + paragraph("Menetapkan"))
        == "KEPUTUSAN BUPATI\nMenetapkan"
    )


def test_rows_of_a_table_are_lines():
    body = paragraph("Daftar") + table(("No", "Nama Anak", "NIK"), ("1", "Ani", "63")) + paragraph("Selesai")
    assert word(body) == "Daftar\nNo Nama Anak NIK\n1 Ani 63\nSelesai"


def test_a_table_in_a_cell_stays_in_its_row():
    inner = "<w:tc>" + table(("a", "b"), ("c", "d")) + "</w:tc>"
    assert word(f"<w:tbl><w:tr>{inner}<w:tc>{paragraph('e')}</w:tc></w:tr></w:tbl>") == "a b c d e"


def test_breaks_tabs_and_hyphens():
    body = (
        "<w:p><w:r><w:t>Nomor</w:t><w:tab/><w:t>12</w:t><w:br/><w:t>anak</w:t><w:noBreakHyphen/>"
        "<w:t>anak</w:t></w:r></w:p>"
    )
    assert word(body) == "Nomor 12\nanak-anak"


def test_what_was_deleted_or_stands_twice_is_not_read():
    body = (
        "<w:p><w:del><w:r><w:delText>lama</w:delText></w:r></w:del><w:r><w:t>baru</w:t></w:r></w:p>"
        '<mc:AlternateContent xmlns:mc="x"><mc:Choice>' + paragraph("kotak") + "</mc:Choice>"
        "<mc:Fallback>" + paragraph("kotak") + "</mc:Fallback></mc:AlternateContent>"
    )
    assert word(body) == "baru\nkotak"


def test_the_package_says_where_the_document_lies():
    assert word(paragraph("di tempat lain"), part="word/document2.xml") == "di tempat lain"
    assert texts(corpus.office("docx"), "docx") == [""], "without relations, the usual place"


# Excel


def test_cells_of_a_row_stand_in_a_line():
    data = papers.workbook(
        Rekap=[["No", "Nama", None, "Nilai"], [1, "Ani", "", 92.5], ["dua\nbaris"]], Kosong=[]
    )
    assert texts(data, "xlsx") == ["No Nama Nilai\n1 Ani 92.5\ndua baris", ""]


def test_sheets_in_the_order_of_the_book():
    data = papers.workbook(B=[["pertama"]], A=[["kedua"]])
    assert texts(data, "xlsx") == ["pertama", "kedua"]


def test_strings_in_the_cell_itself_formulas_and_truth_values():
    rows = (
        '<row><c t="inlineStr"><is><r><t>di </t></r><r><t>dalam</t></r></is></c>'
        '<c t="str"><f>A1</f><v>hasil</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c/>'
        '<c t="s"><v>99</v></c><c><v>7</v></c></row>'
    )
    assert texts(papers.sheet(rows), "xlsx") == ["di dalam hasil 7"]


def test_rich_shared_strings_without_their_reading():
    strings = "<si><r><t>Anak</t></r><r><t> Agung</t></r></si><si><t>kata</t><rPh><t>baca</t></rPh></si>"
    rows = '<row><c t="s"><v>1</v></c><c t="s"><v/></c><c t="s"><v>0</v></c></row>'
    assert texts(papers.sheet(rows, strings), "xlsx") == ["kata Anak Agung"]


# PowerPoint


def test_slides_in_the_order_they_are_shown():
    assert texts(papers.slides("Pembuka", "Isi", "Penutup"), "pptx") == ["Pembuka", "Isi", "Penutup"]


def test_slides_beyond_the_limit_are_counted_but_not_read(monkeypatch):
    monkeypatch.setattr(reader_office, "PAGES_LIMIT", 2)
    data = papers.slides("satu", "dua", "tiga")
    assert reader_office.read(data, {"kind": "pptx", "text_limit": 99})["pages"] == 3
    assert texts(data, "pptx") == ["satu", "dua"]


# Bounds


def test_reading_stops_when_there_is_enough():
    (text,) = texts(papers.word(paragraph("kata ") * 5000), "docx", limit=100)
    assert 50 < len(text) < 120
    (text,) = texts(papers.workbook(A=[["kata"]] * 5000), "xlsx", limit=100)
    assert 50 < len(text) < 120


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:p xmlns:w="w"><w:t>&b;</w:t></w:p>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ],
)
def test_entities_and_foreign_definitions_are_refused(body):
    with pytest.raises(DefusedXmlException):
        texts(papers.zipped({"word/document.xml": body}), "docx")


def test_a_part_that_swells_is_not_read_to_its_end(monkeypatch):
    bomb = papers.zipped({"word/document.xml": "<x>" + " " * 3_000_000 + "</x>"})
    assert len(bomb) < 10_000
    assert texts(bomb, "docx") == [""]
    monkeypatch.setattr(reader_office, "PART_LIMIT", 1_000_000)
    with pytest.raises(ValueError, match="larger than 1000000 bytes"):
        texts(bomb, "docx")


@pytest.mark.parametrize(
    ("data", "kind", "fault"),
    [
        (corpus.zip_of(a=b"x"), "docx", KeyError),
        (corpus.office_declared_encrypted(), "docx", RuntimeError),
        (papers.zipped({"word/document.xml": "<x>"}), "docx", SyntaxError),
        (corpus.EXE, "pptx", zipfile.BadZipFile),
    ],
)
def test_what_is_broken_raises(data, kind, fault):
    with pytest.raises(fault):
        texts(data, kind)
