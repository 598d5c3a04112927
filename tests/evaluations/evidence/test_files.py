"""File checks: what is accepted, and each refusal for its own reason."""

from __future__ import annotations

import hashlib
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.files.inspection import TYPES, FileRefused, clean_name, inspect, sha256_of, suffix_of
from tests.evaluations.evidence import corpus

GOOD = {
    "laporan.pdf": (corpus.pdf, "application/pdf"),
    "LAPORAN.PDF": (lambda: corpus.pdf(12), "application/pdf"),
    "bertanda-tangan.pdf": (corpus.pdf_with_signature, "application/pdf"),
    "foto.jpg": (lambda: corpus.picture("JPEG"), "image/jpeg"),
    "foto.jpeg": (lambda: corpus.picture("JPEG", (900, 700)), "image/jpeg"),
    "layar.png": (corpus.picture, "image/png"),
    "foto.webp": (lambda: corpus.picture("WEBP"), "image/webp"),
    "sk.docx": (corpus.office, TYPES["docx"].content_type),
    "data.xlsx": (corpus.workbook, TYPES["xlsx"].content_type),
    "paparan.pptx": (lambda: corpus.office("pptx"), TYPES["pptx"].content_type),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_accepted(name):
    build, content_type = GOOD[name]
    file = io.BytesIO(build())
    found = inspect(name, file)
    assert found.content_type == content_type
    assert file.tell() == 0, "the next reader starts at the beginning"
    assert hashlib.sha256(file.read()).hexdigest() == sha256_of(file)


VBA_TYPE = '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
BAD = {
    "empty": ("kosong.pdf", lambda: b"", "kosong (0 byte)"),
    "no extension": ("laporan", corpus.pdf, "tidak berakhiran jenisnya"),
    "unknown extension": ("video.mp4", lambda: b"\x00\x00\x00\x18ftypmp42", "pasang tautannya"),
    "exe": ("program.exe", lambda: corpus.EXE, "Berkas .exe tidak diterima"),
    "exe behind a direction override": ("laporan\u202efdp.exe", lambda: corpus.EXE, "Berkas .exe"),
    "svg": ("gambar.svg", lambda: corpus.SVG, "Berkas .svg tidak diterima"),
    "html": ("halaman.html", lambda: corpus.HTML, "Berkas .html tidak diterima"),
    "archive": ("semua.zip", lambda: corpus.zip_of(a=b"x"), "Keluarkan isinya"),
    "old word": ("sk.doc", corpus.office_old, "Simpan dahulu sebagai .docx"),
    "macro extension": ("sk.docm", corpus.office, "tanpa makro"),
    "renamed exe": ("laporan.pdf", lambda: corpus.EXE, "berakhiran .pdf, tetapi isinya program"),
    "renamed elf": ("foto.jpg", lambda: corpus.ELF, "berakhiran .jpg, tetapi isinya program"),
    "shell script": ("data.xlsx", lambda: b"#!/bin/sh\nrm -rf /\n", "isinya skrip"),
    "svg as png": ("gambar.png", lambda: corpus.SVG, "berakhiran .png, tetapi isinya gambar SVG"),
    "html as jpeg": ("foto.jpeg", lambda: corpus.HTML, "isinya halaman web (HTML)"),
    "html after blanks": ("foto.jpeg", lambda: b"\xef\xbb\xbf \n" + corpus.HTML, "isinya halaman web"),
    "png as pdf": ("sk.pdf", corpus.picture, "berakhiran .pdf, tetapi isinya gambar PNG"),
    "pdf as docx": ("sk.docx", corpus.pdf, "berakhiran .docx, tetapi isinya dokumen PDF"),
    "xlsx as docx": ("sk.docx", corpus.workbook, "tetapi isinya lembar kerja Excel"),
    "docx as pdf": ("sk.pdf", corpus.office, "tetapi isinya dokumen Word"),
    "zip as docx": ("sk.docx", lambda: corpus.zip_of(a=b"x"), "isinya arsip ZIP"),
    "rar as pdf": ("sk.pdf", lambda: corpus.RAR, "isinya arsip"),
    "old word as docx": ("sk.docx", corpus.office_old, "Office format lama"),
    "text as pdf": ("sk.pdf", lambda: b"hanya teks biasa, tanpa apa-apa", "tidak dikenali"),
    "encrypted pdf": ("sk.pdf", corpus.pdf_encrypted, "kata sandi"),
    "owner-locked pdf": ("sk.pdf", lambda: corpus.pdf_encrypted(""), "kata sandi"),
    "pdf javascript": ("sk.pdf", corpus.pdf_with_javascript, "JavaScript"),
    "pdf javascript action": ("sk.pdf", lambda: corpus.pdf_with_action("/JavaScript"), "JavaScript"),
    "pdf spelled out": ("sk.pdf", corpus.pdf_with_spelled_out_name, "JavaScript"),
    "pdf field script": ("sk.pdf", corpus.pdf_with_field_script, "JavaScript"),
    "pdf xfa": ("sk.pdf", corpus.pdf_with_xfa, "JavaScript"),
    "pdf launch": ("sk.pdf", lambda: corpus.pdf_with_action("/Launch"), "menjalankan program"),
    "pdf attachment": ("sk.pdf", corpus.pdf_with_attachment, "memuat berkas lain"),
    "pdf without pages": ("sk.pdf", corpus.pdf_without_pages, "tidak dapat dibuka"),
    "pdf cut": ("sk.pdf", lambda: corpus.pdf(30)[:-400], "tidak dapat dibuka"),
    "pdf head only": ("sk.pdf", lambda: b"%PDF-1.7\n%%EOF\n", "tidak dapat dibuka"),
    "pdf and web page": ("sk.pdf", corpus.pdf_and_web_page, "halaman web"),
    "pdf and zip": ("sk.pdf", corpus.pdf_and_zip, "arsip ZIP"),
    "jpeg and zip": ("foto.jpg", corpus.jpeg_and_zip, "arsip ZIP"),
    "picture with markup": ("foto.png", corpus.png_with_markup, "skrip atau halaman web"),
    "jpeg cut": ("foto.jpg", lambda: corpus.picture("JPEG", (400, 300))[:9000], "rusak atau terpotong"),
    "png cut": ("foto.png", lambda: corpus.picture("PNG", (400, 300))[:9000], "rusak atau terpotong"),
    "webp cut": ("foto.webp", lambda: corpus.picture("WEBP", (400, 300))[:3000], "rusak atau terpotong"),
    "picture bomb": ("foto.png", lambda: corpus.png_claiming(60_000, 60_000), "64 megapiksel"),
    "picture over the limit": ("foto.png", lambda: corpus.png_claiming(9_000, 9_000), "64 megapiksel"),
    "docx with macros": (
        "sk.docx",
        lambda: corpus.office(members={"word/vbaProject.bin": b"x"}),
        "memuat makro",
    ),
    "docx with macro type": ("sk.docx", lambda: corpus.office(main_type=MACRO_MAIN), "memuat makro"),
    "docx with vba part": ("sk.docx", lambda: corpus.office(overrides=VBA_TYPE), "memuat makro"),
    "docx with activex": (
        "sk.docx",
        lambda: corpus.office(members={"word/activeX/activeX1.bin": b"x"}),
        "memuat makro",
    ),
    "docx without its body": ("sk.docx", lambda: corpus.office(with_main=False), "tidak dapat dibuka"),
    "docx cut": (
        "sk.docx",
        lambda: corpus.office(members={"word/media/a.bin": bytes(5000)})[:-100],
        "tidak dapat dibuka",
    ),
    "docx locked": ("sk.docx", corpus.office_locked, "dikunci kata sandi"),
    "docx zip-encrypted": ("sk.docx", corpus.office_declared_encrypted, "dikunci kata sandi"),
    "docx entity bomb": ("sk.docx", corpus.office_with_entity_bomb, "tidak dapat dibuka"),
    "docx climbing out": (
        "sk.docx",
        lambda: corpus.office(members={"../../etc/cron.d/x": b"x"}),
        "tidak dapat dibuka",
    ),
    "zip bomb": (
        "sk.docx",
        lambda: corpus.office(members={"word/media/nol.bin": bytes(60_000_000)}),
        "terlalu besar bila dibuka",
    ),
    "crowd of members": (
        "sk.xlsx",
        lambda: corpus.office("xlsx", members={f"xl/x{i}": b"" for i in range(5_001)}),
        "terlalu besar bila dibuka",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_for_their_reason(case):
    name, build, reason = BAD[case]
    with pytest.raises(FileRefused) as refused:
        inspect(name, io.BytesIO(build()))
    assert reason in str(refused.value)


def test_the_limit_is_a_setting_and_is_named(settings):
    data = corpus.pdf()
    settings.EVIDENCE_MAX_BYTES = len(data)
    assert inspect("sk.pdf", io.BytesIO(data)).extension == "pdf"
    settings.EVIDENCE_MAX_BYTES = len(data) - 1
    with pytest.raises(FileRefused, match="lebih besar dari"):
        inspect("sk.pdf", io.BytesIO(data))


def test_a_pdf_of_too_many_objects_is_refused_and_not_walked_for_ever(monkeypatch):
    monkeypatch.setattr("evaluations.files.pdf.MAX_OBJECTS", 20)
    with pytest.raises(FileRefused, match="terlalu rumit"):
        inspect("sk.pdf", io.BytesIO(corpus.pdf(30)))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("laporan.pdf", "laporan.pdf"),
        ("C:\\Users\\a\\Laporan Akhir.PDF", "Laporan Akhir.PDF"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("sk\r\nSet-Cookie: a=b.pdf", "skSet-Cookie_ a=b.pdf"),
        ("laporan\u202efdp.exe", "laporanfdp.exe"),
        ("a\x00b.pdf", "ab.pdf"),
        ('kutip".pdf', "kutip_.pdf"),
        (".pdf", "pdf"),
        ("   .docx", "docx"),
        ("tanpa akhiran", "tanpa akhiran"),
        ("", "berkas"),
        ("data   dukung .xlsx", "data dukung.xlsx"),
    ],
)
def test_names_are_cleaned(given_name, kept):
    assert clean_name(given_name) == kept


def test_a_name_of_300_characters_keeps_its_extension():
    name = clean_name("é" * 300 + ".docx")
    assert len(name) == 120
    assert name.endswith("é.docx")
    assert suffix_of(name) == "docx"


@given(st.text(max_size=400))
def test_no_name_escapes(name):
    kept = clean_name(name)
    assert kept
    assert len(kept) <= 120
    assert "/" not in kept
    assert "\\" not in kept
    assert not any(unicodedata.category(c).startswith("C") for c in kept)
    assert clean_name(kept) == kept
