"""Files made to harm: each works where nobody looks, and is refused here for its own reason."""

from __future__ import annotations

import io
import time
import tracemalloc
import unicodedata
import zipfile

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import weasyprint
from PIL import Image, ImageFile

from evaluations.files import images
from evaluations.files.inspection import FileRefused, clean_name, inspect, suffix_of
from tests.evaluations.evidence import corpus, hostile, hostile_pdf, test_files, working
from tests.evaluations.evidence.corpus import HTML, SVG

PROGRAM, PAGE, ARCHIVE = "isinya program", "skrip atau halaman web", "sekaligus sebuah arsip ZIP"
SCRIPT, LAUNCH, ATTACHED = "skrip (JavaScript)", "menjalankan program", "memuat berkas lain di dalamnya"
MACROS, HIDDEN, REMOTE = "memuat makro", "memuat berkas lain di dalamnya", "dari internet saat dibuka"
LOCKED, BROKEN, SWOLLEN = "kata sandi", "tidak dapat dibuka", "terlalu besar bila dibuka"


def both(*kinds):
    return lambda data: all(kind(data) for kind in kinds)


def macros_in(name):
    return lambda data: "_VBA_PROJECT" in working.streams(working.part(data, name))


NOL = "word/media/nol.bin"
INNER = "word/embeddings/lampiran"
EXTERNAL = "word/_rels/settings.xml.rels"
h, p, w = hostile, hostile_pdf, working

ATTACKS = {
    # Renamed programs
    "program as pdf": ("laporan.pdf", h.program, w.runs, PROGRAM),
    "program as picture": ("foto.jpg", h.program, w.runs, PROGRAM),
    "program as docx": ("sk.docx", h.program, w.runs, PROGRAM),
    "windows program as pdf": ("laporan.pdf", h.windows_program, w.is_windows_program, PROGRAM),
    "windows program as docx": ("sk.docx", h.windows_program, w.is_windows_program, PROGRAM),
    "mac program as jpg": ("foto.jpg", h.mac_program, w.is_mac_program, PROGRAM),
    "mac program of 32 bits": ("a.pdf", lambda: h.mac_program(0xFEEDFACE), w.is_mac_program, PROGRAM),
    "script as xlsx": ("data.xlsx", lambda: h.SHELL, w.runs, "isinya skrip"),
    "script as pdf": ("data.pdf", lambda: h.SHELL, w.runs, "isinya skrip"),
    # Pages as pictures
    "svg as png": ("gambar.png", lambda: SVG, w.is_drawing_with_script, "isinya gambar SVG"),
    "html as jpg": ("foto.jpg", lambda: HTML, w.is_page_with_script, "isinya halaman web (HTML)"),
    "html as pdf": ("sk.pdf", lambda: HTML, w.is_page_with_script, "isinya halaman web (HTML)"),
    # Two kinds in one
    "pdf and zip": ("sk.pdf", corpus.pdf_and_zip, both(w.is_pdf, w.is_zip), ARCHIVE),
    "jpeg and zip": ("a.jpg", corpus.jpeg_and_zip, both(w.is_picture, w.is_zip), ARCHIVE),
    "png and zip": ("a.png", lambda: h.with_archive(corpus.picture()), both(w.is_picture, w.is_zip), ARCHIVE),
    "webp and zip": (
        "a.webp", lambda: h.with_archive(corpus.picture("WEBP")), both(w.is_picture, w.is_zip), ARCHIVE,
    ),
    "pdf and page": ("sk.pdf", corpus.pdf_and_web_page, both(w.is_pdf, w.is_page_with_script), "halaman web"),
    "page then pdf": ("sk.pdf", h.page_then_pdf, both(w.is_pdf, w.is_page_with_script), "isinya halaman web"),
    "pdf then page": ("sk.pdf", h.pdf_then_page, both(w.is_pdf, w.is_page_with_script), "halaman web"),
    "jpeg and page": ("a.jpg", h.jpeg_and_page, both(w.is_picture, w.is_page_with_script), PAGE),
    "png and page": ("a.png", corpus.png_with_markup, both(w.is_picture, w.is_page_with_script), PAGE),
    "jpeg and pdf": ("a.jpg", h.jpeg_and_pdf, both(w.is_picture, w.is_pdf), PAGE),
    "jpeg and script": ("a.jpg", h.jpeg_and_script, both(w.is_picture, w.is_script), PAGE),
    "webp and script": ("a.webp", h.webp_and_script, both(w.is_picture, w.is_script), PAGE),
    "gif and script": ("a.gif", h.gif_and_script, both(w.is_picture, w.is_script), "Berkas .gif tidak diterima"),
    "gif and script as png": ("a.png", h.gif_and_script, both(w.is_picture, w.is_script), "isinya gambar GIF"),
    # Office files with macros, or with more than they show
    "docm as docx": ("sk.docx", h.docm, macros_in("word/vbaProject.bin"), MACROS),
    "xlsm as xlsx": ("data.xlsx", h.xlsm, macros_in("xl/vbaProject.bin"), MACROS),
    "macros named picture": (
        "sk.docx", h.docx_with_macros_named_picture, macros_in("word/media/image1.bin"), MACROS,
    ),
    "macro sheet": ("a.xlsx", h.xlsx_with_macro_sheet, lambda d: b"EXEC(" in w.part(d, "xl/a.xml"), MACROS),
    "workbook with macros inside": (
        "sk.docx", lambda: h.docx_with(f"{INNER}.xlsx", h.xlsm()),
        lambda d: macros_in("xl/vbaProject.bin")(w.part(d, f"{INNER}.xlsx")), MACROS,
    ),
    "xlsm inside": (
        "sk.docx", lambda: h.docx_with(f"{INNER}.xlsm", h.xlsm()),
        lambda d: macros_in("xl/vbaProject.bin")(w.part(d, f"{INNER}.xlsm")), MACROS,
    ),
    "remote template": ("sk.docx", h.docx_with_remote_template, lambda d: w.fetches(d, EXTERNAL), REMOTE),
    "remote object": (
        "sk.docx", lambda: h.docx_with_remote_template("mhtml:https://a.example/x.html!x", "oleObject"),
        lambda d: w.fetches(d, EXTERNAL), REMOTE,
    ),
    "package": (
        "sk.docx", lambda: h.docx_with(f"{INNER}.bin", h.package()),
        lambda d: "\x01Ole10Native" in w.streams(w.part(d, f"{INNER}.bin")), HIDDEN,
    ),
    "program inside": (
        "sk.docx", lambda: h.docx_with("word/media/image1.png", h.windows_program()),
        lambda d: w.is_windows_program(w.part(d, "word/media/image1.png")), HIDDEN,
    ),
    "archive inside": (
        "sk.docx", lambda: h.docx_with(f"{INNER}.bin", corpus.zip_of(a=b"x")),
        lambda d: w.is_zip(w.part(d, f"{INNER}.bin")), HIDDEN,
    ),
    "rar inside": ("sk.docx", lambda: h.docx_with(f"{INNER}.bin", corpus.RAR), w.is_zip, HIDDEN),
    "document in document in document": (
        "sk.docx", lambda: h.docx_with(f"{INNER}.docx", h.docx_with(f"{INNER}.docx", corpus.office())),
        lambda d: w.is_zip(w.part(w.part(d, f"{INNER}.docx"), f"{INNER}.docx")), HIDDEN,
    ),
    "office, locked": ("sk.docx", h.locked_office, lambda d: "EncryptedPackage" in w.streams(d), LOCKED),
    # Bombs
    "huge ratio": ("sk.docx", h.honest_bomb, lambda d: w.swells_to(d, NOL) > 500 * len(d), SWOLLEN),
    "lying sizes": (
        "sk.docx", h.lying_bomb,
        lambda d: w.is_zip(d) and w.declared(d, NOL) == 1000 and w.swells_to(d, NOL) > 500 * len(d), SWOLLEN,
    ),
    "zip within": (
        "sk.docx", h.nested_bomb,
        lambda d: w.swells_to(w.part(d, f"{INNER}.zip"), "0.txt") > 100 * len(d), HIDDEN,
    ),
    "overlapping": ("sk.docx", h.overlapping_bomb, lambda d: w.holds_more_than_itself(d, 40), BROKEN),
    "endless list of members": (
        "sk.docx", h.endless_directory, lambda d: len(zipfile.ZipFile(io.BytesIO(d)).infolist()) > 60_000, SWOLLEN,
    ),
    # Members that would be written elsewhere
    "climbing member": (
        "sk.docx", lambda: h.docx_climbing("../../etc/cron.d/x"), lambda d: w.part(d, "../../etc/cron.d/x"), BROKEN,
    ),
    "climbing the windows way": (
        "sk.docx", lambda: h.docx_climbing("word\\..\\..\\x.exe"), lambda d: w.part(d, "word\\..\\..\\x.exe"), BROKEN,
    ),
    "member on a drive": (
        "sk.docx", lambda: h.docx_climbing("C:\\x.exe"), lambda d: w.part(d, "C:\\x.exe"), BROKEN,
    ),
    "member with a second name": (
        "sk.docx", h.docx_with_nul_in_a_name, lambda d: "word/a.txt" in zipfile.ZipFile(io.BytesIO(d)).namelist(),
        BROKEN,
    ),
    # PDF that acts
    "script on opening": ("sk.pdf", p.on_open, lambda d: w.acts(d, "/OpenAction"), SCRIPT),
    "script on leaving": ("sk.pdf", p.on_leaving, lambda d: w.acts(d, "/AA", "/WC"), SCRIPT),
    "script on a page": ("sk.pdf", p.on_turning, lambda d: w.acts(d, "/Pages", "/Kids", 0, "/AA", "/O"), SCRIPT),
    "script in the names": ("sk.pdf", p.in_the_names, w.scripts, SCRIPT),
    "script in branches": ("sk.pdf", p.in_branches_of_the_names, w.scripts, SCRIPT),
    "script spelled out": ("sk.pdf", p.spelled_out, w.scripts, SCRIPT),
    "script said twice": ("sk.pdf", p.said_twice, both(w.scripts, w.says_twice), SCRIPT),
    "script packed": ("sk.pdf", p.packed_script, both(w.scripts, lambda d: b"JavaScript" not in d), SCRIPT),
    "script packed and said twice": ("sk.pdf", p.packed_and_said_twice, both(w.scripts, w.says_twice), SCRIPT),
    "script in an address": (
        "sk.pdf", lambda: p.link(b"<< /S /URI /URI (JavaScript:alert\\(1\\)) >>"),
        lambda d: w.does_on_click(d, w.URI), SCRIPT,
    ),
    "form of xml": ("sk.pdf", p.form, w.form_with_script, SCRIPT),
    "launch": ("sk.pdf", lambda: p.link(p.LAUNCH), lambda d: w.does_on_click(d, w.LAUNCH), LAUNCH),
    "launch said twice": (
        "sk.pdf", lambda: p.link(b"<< /S /GoTo /S /Launch /F (cmd.exe) >>"),
        lambda d: w.does_on_click(d, w.LAUNCH), LAUNCH,
    ),
    "attachment in the names": ("sk.pdf", p.attachment_in_the_names, w.attachments, ATTACHED),
    "attachment on the page": ("sk.pdf", p.attachment_on_the_page, w.file_on_the_page, ATTACHED),
    "attachment said twice": ("sk.pdf", p.attachment_said_twice, both(w.attachments, w.says_twice), ATTACHED),
    # PDF that cannot be read
    "user password": ("sk.pdf", lambda: p.encrypted("AES-256"), lambda d: w.opens_only_with("rahasia", d), LOCKED),
    "user password of 1999": (
        "sk.pdf", lambda: p.encrypted("RC4-40"), lambda d: w.opens_only_with("rahasia", d), LOCKED,
    ),
    "owner password": ("sk.pdf", lambda: p.encrypted("AES-128", user=""), lambda d: w.opens_only_with("", d), LOCKED),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTACKS)
def test_each_works_where_nobody_looks_and_is_refused_here(case):
    name, build, works, reason = ATTACKS[case]
    data = build()
    assert works(data)
    with pytest.raises(FileRefused) as refused:
        inspect(name, io.BytesIO(data))
    assert reason in str(refused.value)


def test_the_same_builders_without_the_attack_are_accepted():
    """Else the cases above could be refused for being badly made."""
    plain = hostile_pdf.built(b"/Names 4 0 R", hostile_pdf.NOTHING)
    link = hostile_pdf.link(b"<< /S /URI /URI (https://kla.example/) >>")
    inner = corpus.office("xlsx", members={"xl/media/a.bin": b"x"})
    local = hostile.docx_with_remote_template("file:///C:/Templat/Normal.dotm")
    address = hostile.docx_with_remote_template("https://kla.example/", "hyperlink")
    old_object = hostile.docx_with("word/embeddings/oleObject1.bin", hostile.ole({"Equation Native": b"x"}))
    drawing = hostile.docx_with("word/media/image1.emz", b"\x1f\x8b\x08" + bytes(50))
    for data in (plain, link, hostile_pdf.packed(b"/Names 4 0 R", hostile_pdf.NOTHING)):
        assert working.is_pdf(data)
        assert inspect("sk.pdf", io.BytesIO(data)).extension == "pdf"
    chart = hostile.docx_with("word/embeddings/Microsoft_Excel_Sheet1.xlsx", inner)
    for data in (chart, local, address, old_object, drawing):
        assert inspect("sk.docx", io.BytesIO(data)).extension == "docx"
    assert inspect("a.webp", io.BytesIO(corpus.picture("WEBP"))).extension == "webp"


@pytest.mark.parametrize(
    "case", ["huge ratio", "lying sizes", "zip within", "overlapping", "endless list of members"]
)
def test_a_bomb_is_refused_without_being_unpacked(case):
    name, build, _, _ = ATTACKS[case]
    file = io.BytesIO(build())
    with pytest.raises(FileRefused):
        inspect(name, file)
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(FileRefused):
        inspect(name, file)
    took, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000, f"{peak:,} bytes"
    assert took < 1


def test_packed_objects_that_unpack_without_end_are_not_read(monkeypatch):
    data = hostile_pdf.packed(b"/Names 4 0 R", hostile_pdf.NOTHING)
    assert inspect("sk.pdf", io.BytesIO(data)).extension == "pdf"
    monkeypatch.setattr("evaluations.files.pdf.MAX_OBJECT_TEXT", 50)
    with pytest.raises(FileRefused, match="terlalu rumit"):
        inspect("sk.pdf", io.BytesIO(data))


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("name", test_files.GOOD)
def test_a_file_that_did_not_arrive_whole_is_refused(name, part):
    data = test_files.GOOD[name][0]()
    cut = data[: int(len(data) * part)]
    with pytest.raises(FileRefused, match=r"kosong|rusak atau terpotong|tetapi isinya"):
        inspect(name, io.BytesIO(cut))


def test_a_library_that_lets_cut_pictures_pass_changes_nothing():
    """WeasyPrint tells Pillow so when it is imported, for the whole process."""
    cut = corpus.picture("JPEG", (400, 300))[:9000]
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with Image.open(io.BytesIO(cut)) as picture:
        picture.load()
    with pytest.raises(FileRefused, match="rusak atau terpotong"):
        images.check("jpg", io.BytesIO(cut))


# Four letters by chance


def test_letters_in_the_pixels_that_happen_to_look_like_a_tag_are_no_page():
    """``<svg`` stands in one of some 130 photos of 4 MB."""
    harmless = hostile.with_comment(
        corpus.picture("JPEG"), b"\x9c<svg\x81\x02\xfa <html\xff <?php\x90 <script\x07"
    )
    images.check("jpg", io.BytesIO(harmless))
    for mark in (
        b"<svg onload=alert(1)>",
        b"<SVG/onload=alert(1)>",
        b"<html><body>",
        b"<?php eval",
        b"<script src=x>",
    ):
        with pytest.raises(FileRefused, match=PAGE):
            images.check("jpg", io.BytesIO(hostile.with_comment(corpus.picture("JPEG"), mark)))


@pytest.mark.parametrize("at", range(-24, 3, 2))
def test_a_tag_astride_two_pieces_is_seen(at, monkeypatch):
    monkeypatch.setattr(images, "CHUNK", 4096)
    comment = bytes(4096 - 6 + at) + b"<svg onload=alert(1)>"
    with pytest.raises(FileRefused, match=PAGE):
        images.check("jpg", io.BytesIO(hostile.with_comment(corpus.picture("JPEG"), comment)))


# Names


def shown_as(name: str) -> str:
    """The letters of a name from left to right, as a page shows it."""
    page = weasyprint.HTML(string=f"<p style='font-family:Liberation Sans'>{name}</p>").write_pdf()
    document = pypdfium2.PdfDocument(page)
    text = document[0].get_textpage()
    letters = [
        (text.get_charbox(i)[0], chr(pdfium.FPDFText_GetUnicode(text, i))) for i in range(text.count_chars())
    ]
    document.close()
    return "".join(letter for _, letter in sorted(letters) if letter.isprintable()).strip()


@pytest.mark.parametrize("mark", ["\u202e", "\u2067\u202e"])
def test_a_name_that_reads_backwards_is_shown_as_it_is(mark):
    name = f"laporan{mark}fdp.exe"
    assert shown_as(name).endswith("exe.pdf"), "so the person would be fooled"
    assert suffix_of(name) == "exe"
    assert shown_as(clean_name(name)) == clean_name(name) == "laporanfdp.exe"
    with pytest.raises(FileRefused, match=r"Berkas \.exe tidak diterima"):
        inspect(name, io.BytesIO(corpus.pdf()))


def test_letters_written_from_right_to_left_stay():
    assert clean_name("تقرير.pdf") == "تقرير.pdf"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\Windows\\sk.pdf", "sk.pdf"),
        ("C:\\sk.pdf", "sk.pdf"),
        ("C:sk.pdf", "C_sk.pdf"),
        ("\\\\server\\bagi\\sk.pdf", "sk.pdf"),
        ("sk.exe\x00.pdf", "sk.exe.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("...pdf", "pdf"),
        ("sk.pdf. . .", "sk.pdf"),
        ("  sk .pdf  ", "sk.pdf"),
        ("sk.pdf:tersembunyi", "sk.pdf_tersem"),
        ("sk.pdf::$DATA", "sk.pdf__$DATA"),
        ("CON.pdf", "_CON.pdf"),
        ("con", "_con"),
        ("Aux.laporan.pdf", "_Aux.laporan.pdf"),
        ("COM1.pdf", "_COM1.pdf"),
        ("lpt9 .pdf", "_lpt9.pdf"),
        ("COM¹.pdf", "_COM¹.pdf"),
        ("NUL .pdf", "_NUL.pdf"),
        ("console.pdf", "console.pdf"),
        ("COM10.pdf", "COM10.pdf"),
        ("prn/sk.pdf", "sk.pdf"),
    ],
)
def test_tricks_with_paths(given, kept):
    assert clean_name(given) == kept
    assert clean_name(kept) == kept
    assert not any(unicodedata.category(c)[0] == "C" for c in kept)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sk.pdf:tersembunyi", "tidak diterima"),
        ("sk.pdf\x00.exe", "Berkas .exe tidak diterima"),
        ("sk.pdf/x.exe", "Berkas .exe tidak diterima"),
        ("sk.pdf.", None),
        ("CON.pdf", None),
        ("é" * 300 + ".pdf", None),
        ("e\u0301" * 300 + ".pdf", None),
        ("x" * 300, "tidak berakhiran jenisnya"),
        ("sk." + "x" * 300, "tidak diterima"),
    ],
)
def test_the_extension_is_that_of_the_name_that_is_kept(name, reason):
    file = io.BytesIO(corpus.pdf())
    if reason is None:
        assert inspect(name, file).extension == "pdf"
        assert clean_name(name).endswith(".pdf")
        assert len(clean_name(name)) <= 120
    else:
        with pytest.raises(FileRefused, match=reason):
            inspect(name, file)
