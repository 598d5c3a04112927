"""The demo's files are real ones: the checks for uploads accept them, and their readers read them."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from evaluations.files import inspection
from kla_portal.web.demo.files import CONTENT_TYPES, MARK, upload_of
from kla_portal.web.demo.papers import Paper, paper_for
from tests.evaluations.checks.read import kla_2023

PLACE = "Kabupaten Tabalong"


def papers(*, city: bool = False) -> dict[Paper, list[tuple[str, int]]]:
    found: dict[Paper, list[tuple[str, int]]] = {}
    for question in kla_2023().questions():
        for slot in question.slots:
            if slot.required:
                paper = paper_for(kla_2023(), question, slot, year=2023, city=city)
                found.setdefault(paper, []).append((question.code, slot.number))
    return found


@pytest.mark.parametrize("extension", sorted(CONTENT_TYPES))
def test_the_upload_checks_accept_every_kind(extension):
    upload = upload_of(Paper("SK Gugus (Tugas) & <KLA> 2023", extension), PLACE)
    assert inspection.inspect(upload.name, upload).extension == extension
    assert 0 < upload.size < 20_000


def test_the_pdf_opens_without_mending_and_says_what_it_is():
    upload = upload_of(Paper(r"SK (Gugus) \ Tugas 2023", "pdf"), PLACE)
    (page,) = PdfReader(upload, strict=True).pages
    assert page.extract_text().split("\n") == [r"SK (Gugus) \ Tugas 2023", PLACE, MARK]


def test_the_workbook_and_the_picture_open():
    sheet = load_workbook(upload_of(Paper("Data <anak> & ibu", "xlsx"), PLACE)).active
    assert [row[0] for row in sheet.values] == ["Data <anak> & ibu", PLACE, MARK]
    assert Image.open(upload_of(Paper("Foto", "jpg"), PLACE)).size == (800, 450)


def test_the_same_paper_has_the_same_bytes_and_another_district_others():
    paper = Paper("Rekapitulasi cakupan imunisasi 2023", "xlsx")
    assert upload_of(paper, PLACE).read() == upload_of(paper, PLACE).read()
    assert upload_of(paper, PLACE).read() != upload_of(paper, "Kabupaten Banjar").read()


def test_40_to_80_documents_prove_405_slots():
    found = papers()
    assert sum(map(len, found.values())) == 405
    assert 40 <= len(found) <= 80
    assert len({paper.filename for paper in found}) == len(found)
    assert {paper.extension for paper in found} == set(CONTENT_TYPES)


def test_a_city_has_a_mayor():
    titles = {paper.title for paper in papers(city=True)}
    assert "Peraturan Wali Kota tentang Pencegahan Perkawinan Anak 2023" in titles
    assert not any("Bupati" in title for title in titles)
