"""The seal: a code that cannot be guessed, readable by people and by cameras, on every paper."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
import segno
from pypdf import PdfReader

from evaluations.reports.pdf import receipt_pdf
from evaluations.reports.seal import Seal, new_code, read_code
from tests.evaluations.reports import build
from tests.evaluations.reports.test_pdf import squeeze

CODE = "ABCDEFGHIJKLMNOPQRSTUVWX27"
ADDRESS = f"https://kla.example.go.id/periksa-laporan/{CODE}/"
SEAL = Seal("KLA/2026/63.09/TANDA-TERIMA/0003", CODE, ADDRESS)


@pytest.fixture(scope="module")
def receipt():
    return receipt_pdf(build.district_report(), SEAL)


def test_codes_have_130_random_bits():
    codes = {new_code() for _ in range(300)}
    assert len(codes) == 300
    assert all(read_code(code) == code and len(code) == 26 for code in codes)
    assert set("".join(codes)) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "ABCDE-FGHIJ-KLMNO-PQRST-UVWX27",
        " abcde fghij klmno pqrst uvwx27 ",
        "ABCDEFGH1JKLMN0PQRSTUVWX27",
        "A8CDEFGHIJKLMNOPQRSTUVWX27",
        ADDRESS,
    ],
)
def test_a_code_is_read_as_people_write_it(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "A", "9" * 26, CODE[:-1] + "é", "/", "../" * 9])
def test_what_cannot_be_a_code_is_none(typed):
    assert read_code(typed) == ""


def test_the_code_in_groups_is_the_code():
    assert SEAL.grouped == "ABCDE-FGHIJ-KLMNO-PQRST-UVWX27"
    assert read_code(SEAL.grouped) == CODE


def test_number_code_and_address_stand_on_the_paper(receipt):
    text = squeeze("".join(page.extract_text() for page in PdfReader(BytesIO(receipt)).pages))
    for part in (SEAL.number, SEAL.grouped, "kla.example.go.id/periksa-laporan/"):
        assert squeeze(part) in text
    assert "Belumditandatanganisecaraelektronik" in text
    assert text.count(SEAL.number) == 2, "at the end, and in the foot of the page"


def test_a_sealed_receipt_is_still_one_page(receipt):
    assert len(PdfReader(BytesIO(receipt)).pages) == 1


def test_signer_and_draft_are_said():
    signed = Seal(SEAL.number, CODE, ADDRESS, signer="Dinas P3A <b>")
    text = squeeze(PdfReader(BytesIO(receipt_pdf(build.district_report(), signed))).pages[0].extract_text())
    assert squeeze("Ditandatangani secara elektronik oleh Dinas P3A <b>.") in text
    assert "Belumditandatangani" not in text
    draft = Seal(SEAL.number, CODE, ADDRESS, draft=True)
    text = squeeze(PdfReader(BytesIO(receipt_pdf(build.district_report(), draft))).pages[0].extract_text())
    assert squeeze("KONSEP, bukan laporan resmi") in text


def test_the_printed_picture_is_the_qr_code_of_the_address(receipt):
    """Each module of the code is sampled in the page as it prints."""
    modules = [list(row) for row in segno.make(ADDRESS, error="m", micro=False).matrix]
    scale = 8
    with pypdfium2.PdfDocument(receipt) as document:
        picture = document[0].render(scale=scale).to_pil().convert("L")
    side = 24 / 25.4 * 72 * scale  # 24 mm
    step = side / (len(modules) + 4)  # a quiet zone of two modules on each side
    left = 24 / 25.4 * 72 * scale
    first = int(left + 2.5 * step)
    finder = range(0, int(7 * step) - 1, 8)  # the corner's dark edge: no letter is that tall
    top = next(
        y for y in range(picture.height // 2, picture.height)
        if all(picture.getpixel((first, y + down)) < 90 for down in finder)
    )  # fmt: skip
    wrong = [
        (row, column)
        for row, line in enumerate(modules)
        for column, dark in enumerate(line)
        if (picture.getpixel((int(left + (column + 2.5) * step), int(top + (row + 0.5) * step))) < 128)
        != bool(dark)
    ]
    assert len(modules) >= 37
    assert wrong == []
